use super::{SquareButton, SquareView};
use crate::lean::{FormAction, IntoErased};
use domain::{
    ids::GameId,
    rules::{Board as Marks, Line, Square},
};
use leptos::prelude::*;

/// The state of the board for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardView {
    /// The marks of the game, including the viewer's unconfirmed mark.
    pub marks: Marks,
    /// The number of marks that the server has confirmed.
    pub ply: u32,
    /// The squares that the viewer can play now.
    pub playable: Vec<Square>,
    /// The square of the last move.
    pub last: Option<Square>,
    /// The square of the viewer's move that the server has not confirmed yet.
    pub pending: Option<Square>,
    /// The winning lines.
    pub lines: Vec<Line>,
}

/// The board: nine buttons in one form. Without JavaScript, the browser submits the form itself.
#[component]
pub fn Board(
    game_id: GameId,
    board: Memo<BoardView>,
    /// The action that sends moves.
    play: FormAction,
    on_press: Callback<Square>,
) -> impl IntoView {
    let squares = Square::ALL.map(|square| {
        let view = Memo::new(move |_| board.with(|board| SquareView::new(board, square)));
        view! { <SquareButton square view on_press /> }
    });
    let lines = move || {
        board
            .get()
            .lines
            .into_iter()
            .map(|line| view! { <path d=stroke(line) pathLength="1" /> })
            .collect_view()
    };
    view! {
        <form class="board-form" method="post" action=play.path()>
            <input type="hidden" name="game_id" value=game_id.to_string() />
            <input type="hidden" name="ply" value=move || board.get().ply.to_string() />
            <div
                class="board"
                class:over=move || !board.get().lines.is_empty()
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
    .into_erased()
}

/// The SVG path through the three squares of a line, on a drawing of 300 by 300. It extends a little
/// beyond the centres of the outer squares.
fn stroke(line: Line) -> String {
    const OVERHANG: i32 = 34;
    let centre = |square: Square| {
        let (row, column) = square.row_and_column();
        (column as i32 * 100 + 50, row as i32 * 100 + 50)
    };
    let [first, _, last] = line.squares();
    let ((x1, y1), (x2, y2)) = (centre(first), centre(last));
    let (x, y) = ((x2 - x1).signum() * OVERHANG, (y2 - y1).signum() * OVERHANG);
    format!("M{} {}L{} {}", x1 - x, y1 - y, x2 + x, y2 + y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_go_through_the_centres() {
        let strokes: Vec<String> = Line::ALL.into_iter().map(stroke).collect();
        assert_eq!(strokes[0], "M16 50L284 50");
        assert_eq!(strokes[3], "M50 16L50 284");
        assert_eq!(strokes[6], "M16 16L284 284");
        assert_eq!(strokes[7], "M284 16L16 284");
    }
}
