use super::{BoardLook, MarkDrawing, browser};
use crate::game::{Mark, Square};
use leptos::{ev, prelude::*};

/// What a square shows, and what can be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SquareLook {
    mark: Option<Mark>,
    /// Whether the viewer may play it now.
    playable: bool,
    /// Whether its mark was the last one made.
    last: bool,
    /// Whether it is part of a winning line.
    won: bool,
    /// Whether its mark is on its way to the server.
    pending: bool,
}

impl SquareLook {
    /// How a square of this board looks.
    #[must_use]
    pub fn new(board: &BoardLook, square: Square) -> Self {
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

/// One square of the board: a button of the board's form.
///
/// One that can't be played stays a button that can be pressed, so that pressing it can say why.
#[component]
pub fn SquareButton(
    square: Square,
    look: Memo<SquareLook>,
    on_press: Callback<Square>,
) -> impl IntoView {
    let label = move || {
        let mark = look.get().mark.map_or("empty", Mark::as_str);
        [square.words(), ", ", mark].concat()
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
            class:last=move || look.get().last
            class:won=move || look.get().won
            class:pending=move || look.get().pending
            aria-label=label
            aria-disabled=move || (!look.get().playable).then_some("true")
            on:click=press
            on:keydown=move_focus
        >
            {move || look.get().mark.map(|mark| view! { <MarkDrawing mark /> })}
        </button>
    }
}

/// The square that an arrow key leads to.
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
    use crate::game::Square;

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
