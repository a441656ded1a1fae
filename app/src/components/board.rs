use super::SquareButton;
use crate::{
    api::Play,
    game::{Board as Marks, Line, Square},
    ids::GameId,
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The board: nine buttons in one form, which without JavaScript posts the move itself.
#[component]
pub fn Board(
    game_id: GameId,
    /// What to show: the marks of the game and the one on its way.
    marks: Memo<Marks>,
    /// The number of marks that the server has told of.
    ply: Memo<u32>,
    /// The squares that the viewer may play now.
    playable: Memo<Vec<Square>>,
    last: Memo<Option<Square>>,
    lines: Memo<Vec<Line>>,
    #[prop(into)] pending: Signal<Option<Square>>,
    on_press: Callback<Square>,
) -> impl IntoView {
    let squares = Square::ALL.map(|square| {
        let mark = Memo::new(move |_| marks.get().get(square));
        let playable = Memo::new(move |_| playable.with(|squares| squares.contains(&square)));
        let last = Memo::new(move |_| last.get() == Some(square));
        let won = Memo::new(move |_| {
            lines.with(|lines| lines.iter().any(|line| line.squares().contains(&square)))
        });
        let pending = Memo::new(move |_| pending.get() == Some(square));
        view! { <SquareButton square mark playable last won pending on_press /> }
    });
    view! {
        <form class="board-form" method="post" action=Play::url()>
            <input type="hidden" name="game_id" value=game_id.to_string() />
            <input type="hidden" name="ply" value=move || ply.get().to_string() />
            <div
                class="board"
                class:over=move || lines.with(|lines| !lines.is_empty())
                role="group"
                aria-label="Board"
            >
                {squares}
                <svg class="lines" viewBox="0 0 300 300" aria-hidden="true">
                    {move || {
                        lines
                            .get()
                            .into_iter()
                            .map(|line| view! { <path d=path(line) pathLength="1" /> })
                            .collect_view()
                    }}
                </svg>
            </div>
        </form>
    }
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
