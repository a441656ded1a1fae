use super::{BoardView, MarkDrawing, browser};
use domain::rules::{Mark, Square};
use leptos::{ev, prelude::*};

/// The state of one square for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SquareView {
    mark: Option<Mark>,
    /// True if the viewer can play the square now.
    playable: bool,
    /// True if the last move was on the square.
    last: bool,
    /// True if the square is part of a winning line.
    won: bool,
    /// True if the server has not confirmed the mark yet.
    pending: bool,
}

impl SquareView {
    /// The state of `square` on `board`.
    #[must_use]
    pub fn new(board: &BoardView, square: Square) -> Self {
        let mut lines = board.lines.iter();
        Self {
            mark: board.marks.get(square),
            playable: board.playable.contains(&square),
            last: board.last == Some(square),
            won: lines.any(|line| line.squares().contains(&square)),
            pending: board.pending == Some(square),
        }
    }
}

/// One square of the board, a button of the board's form.
///
/// A square that can't be played still accepts presses, so that the page can explain why.
#[component]
pub fn SquareButton(
    square: Square,
    view: Memo<SquareView>,
    on_press: Callback<Square>,
) -> impl IntoView {
    let label = move || {
        let mark = view.get().mark.map_or("empty", Mark::as_str);
        [square.label(), ", ", mark].concat()
    };
    let press = move |event: ev::MouseEvent| {
        event.prevent_default();
        on_press.run(square);
    };
    let move_focus = move |event: ev::KeyboardEvent| {
        if let Some(neighbour) = neighbour(square, &event.key()) {
            event.prevent_default();
            browser::focus(&format!("#{neighbour}"));
        }
    };
    view! {
        <button
            type="submit"
            id=square.attribute_name()
            name="square"
            value=square.attribute_name()
            class="square"
            class:last=move || view.get().last
            class:won=move || view.get().won
            class:pending=move || view.get().pending
            aria-label=label
            aria-disabled=move || (!view.get().playable).then_some("true")
            on:click=press
            on:keydown=move_focus
        >
            {move || view.get().mark.map(|mark| view! { <MarkDrawing mark /> })}
        </button>
    }
}

/// The square that an arrow key moves the focus to, or `None` for another key or beyond the edge.
fn neighbour(square: Square, key: &str) -> Option<Square> {
    let (row, column) = square.row_and_column();
    let (row, column) = match key {
        "ArrowUp" => (row.checked_sub(1)?, column),
        "ArrowDown" => (row + 1, column),
        "ArrowLeft" => (row, column.checked_sub(1)?),
        "ArrowRight" => (row, column + 1),
        _ => return None,
    };
    (column < 3).then(|| Square::ALL.get(row * 3 + column).copied())?
}

#[cfg(test)]
mod tests {
    use super::neighbour;
    use domain::rules::Square;

    #[test]
    fn arrows_stay_on_the_board() {
        let from = |square, key| neighbour(square, key);
        assert_eq!(
            from(Square::MiddleMiddle, "ArrowUp"),
            Some(Square::TopMiddle)
        );
        assert_eq!(
            from(Square::TopRight, "ArrowDown"),
            Some(Square::MiddleRight)
        );
        assert_eq!(from(Square::TopRight, "ArrowRight"), None);
        assert_eq!(from(Square::MiddleLeft, "ArrowLeft"), None);
        assert_eq!(from(Square::BottomLeft, "ArrowDown"), None);
        assert_eq!(from(Square::TopLeft, "ArrowUp"), None);
        assert_eq!(from(Square::TopLeft, "Tab"), None);
    }
}
