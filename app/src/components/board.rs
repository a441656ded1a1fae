use super::{SquareButton, SquareLook};
use crate::{
    api::FormAction,
    game::{Board as Marks, Line, Square},
    ids::GameId,
    part::IntoPart,
};
use leptos::prelude::*;

/// What a board shows, and what can be done on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLook {
    /// The marks of the game and the one on its way.
    pub marks: Marks,
    /// The number of marks that the server has told of.
    pub ply: u32,
    /// The squares that the viewer may play now.
    pub playable: Vec<Square>,
    /// Where the last move was.
    pub last: Option<Square>,
    /// Where the viewer has just played, before the server has answered.
    pub pending: Option<Square>,
    /// The winning lines.
    pub lines: Vec<Line>,
}

/// The board: nine buttons in one form, which without JavaScript posts the move itself.
#[component]
pub fn Board(
    game_id: GameId,
    look: Memo<BoardLook>,
    /// To post moves to.
    play: FormAction,
    on_press: Callback<Square>,
) -> impl IntoView {
    let squares = Square::ALL.map(|square| {
        let look = Memo::new(move |_| look.with(|board| SquareLook::new(board, square)));
        view! { <SquareButton square look on_press /> }
    });
    let lines = move || {
        look.get()
            .lines
            .into_iter()
            .map(|line| view! { <path d=path(line) pathLength="1" /> })
            .collect_view()
    };
    view! {
        <form class="board-form" method="post" action=play.path()>
            <input type="hidden" name="game_id" value=game_id.to_string() />
            <input type="hidden" name="ply" value=move || look.get().ply.to_string() />
            <div
                class="board"
                class:over=move || !look.get().lines.is_empty()
                role="group"
                aria-label="Board"
            >
                {squares}
                <svg class="lines" viewBox="0 0 300 300" aria-hidden="true">
                    {lines}
                </svg>
            </div>
        </form>
    }
    .into_part()
}

/// A stroke through the three squares of a line, a little longer than from centre to centre, on a
/// drawing of 300 by 300.
fn path(line: Line) -> String {
    const BEYOND: i32 = 34;
    let centre = |square: Square| {
        let (row, column) = square.row_and_column();
        (column as i32 * 100 + 50, row as i32 * 100 + 50)
    };
    let [first, _, last] = line.squares();
    let ((x1, y1), (x2, y2)) = (centre(first), centre(last));
    let (x, y) = ((x2 - x1).signum() * BEYOND, (y2 - y1).signum() * BEYOND);
    format!("M{} {}L{} {}", x1 - x, y1 - y, x2 + x, y2 + y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_go_through_the_centres() {
        let strokes: Vec<String> = Line::ALL.into_iter().map(path).collect();
        assert_eq!(strokes[0], "M16 50L284 50");
        assert_eq!(strokes[3], "M50 16L50 284");
        assert_eq!(strokes[6], "M16 16L284 284");
        assert_eq!(strokes[7], "M284 16L16 284");
    }
}
