//! The default games.

use super::spec::{GameSpec, SpecError};

/// A game in each state, the newest first, as two players would have after a while.
const GAMES: [&str; 11] = [
    "ada:bob:pending",
    "bob:ada:pending",
    "ada:bob:expired",
    // X to move.
    "ada:bob:in-progress:MiddleMiddle",
    // O to move.
    "ada:bob:in-progress:MiddleMiddle,TopLeft",
    // One move before O takes the top row.
    "ada:bob:in-progress:TopLeft,MiddleLeft,TopMiddle,MiddleMiddle",
    // X took the middle row.
    "ada:bob:finished:TopLeft,MiddleLeft,TopMiddle,MiddleMiddle,BottomRight,MiddleRight",
    // O took the top row.
    "ada:bob:finished:TopLeft,MiddleLeft,TopMiddle,MiddleMiddle,TopRight",
    // Nine marks and no line.
    "ada:bob:finished:TopLeft,TopMiddle,TopRight,MiddleMiddle,BottomMiddle,MiddleRight,MiddleLeft,BottomLeft,BottomRight",
    // O took the top row with the last square.
    "ada:bob:finished:TopLeft,MiddleLeft,TopMiddle,MiddleMiddle,MiddleRight,BottomMiddle,BottomLeft,BottomRight,TopRight",
    // X, who moved first, took the top row.
    "ada:bob:older:TopLeft,BottomLeft,TopMiddle,BottomRight,TopRight",
];

/// The default games.
///
/// # Errors
///
/// Never fails, as a test shows.
pub fn games() -> Result<Vec<GameSpec>, SpecError> {
    GAMES.into_iter().map(str::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_games_are_valid() {
        assert_eq!(games().map(|games| games.len()), Ok(GAMES.len()));
    }
}
