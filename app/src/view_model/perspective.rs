use super::{GameResult, GameView, Status};
use crate::{
    error::AppError,
    game::{Mark, Square},
    ids::PlayerName,
};

/// A game as one viewer sees it: player or watcher.
#[derive(Clone, Copy, Debug)]
pub struct Perspective<'a> {
    game: &'a GameView,
    viewer: Option<&'a PlayerName>,
}

impl<'a> Perspective<'a> {
    /// The game from the side of `viewer`; nobody in particular when not logged in.
    #[must_use]
    pub const fn new(game: &'a GameView, viewer: Option<&'a PlayerName>) -> Self {
        Self { game, viewer }
    }

    /// The viewer's mark, if the viewer plays.
    #[must_use]
    pub fn mark(self) -> Option<Mark> {
        self.game.mark_of(self.viewer?)
    }

    /// Whether the viewer is the one who invited.
    #[must_use]
    pub fn is_host(self) -> bool {
        self.mark() == Some(Mark::O)
    }

    /// Whether the viewer is the one who was invited.
    #[must_use]
    pub fn is_opponent(self) -> bool {
        self.mark() == Some(Mark::X)
    }

    /// Whether it is the viewer's turn.
    #[must_use]
    pub fn is_my_turn(self) -> bool {
        self.viewer.is_some() && self.game.turn.as_ref() == self.viewer
    }

    /// Whether the page waits for somebody else.
    #[must_use]
    pub fn is_waiting(self) -> bool {
        match self.game.status {
            Status::Pending => !self.is_opponent(),
            Status::InProgress => !self.is_my_turn(),
            Status::Finished => false,
        }
    }

    /// The status line: one of the exact texts that tests and screen readers rely on.
    #[must_use]
    pub fn status_line(self) -> String {
        let game = self.game;
        let plays = self.mark().is_some();
        match (game.status, &game.turn, &game.result) {
            (Status::Pending, ..) if self.is_opponent() => format!("{} invited you", game.host),
            (Status::Pending, ..) => format!("Waiting for {} to accept", game.opponent),
            (Status::InProgress, ..) if self.is_my_turn() => "Your turn".to_owned(),
            (Status::InProgress, Some(turn), _) if plays => format!("Waiting for {turn}"),
            (Status::InProgress, Some(turn), _) => format!("{turn} to move"),
            (_, _, Some(GameResult::Won(winner))) if self.viewer == Some(winner) => {
                "You won".to_owned()
            }
            (_, _, Some(GameResult::Won(_))) if plays => "You lost".to_owned(),
            (_, _, Some(GameResult::Won(winner))) => format!("{winner} won"),
            (..) => "Draw".to_owned(),
        }
    }

    /// Why the viewer can't play a square now, or `None` if they can.
    #[must_use]
    pub fn refusal(self, square: Square) -> Option<AppError> {
        if self.mark().is_none() {
            return Some(if self.viewer.is_some() {
                AppError::NotYourGame
            } else {
                AppError::NotLoggedIn
            });
        }
        if self.game.status != Status::InProgress {
            return Some(AppError::GameNotInProgress);
        }
        if !self.is_my_turn() {
            return Some(AppError::NotYourTurn);
        }
        self.game
            .board
            .contains_key(&square)
            .then_some(AppError::SquareTaken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn name(text: &str) -> PlayerName {
        PlayerName::recorded(text.to_owned())
    }

    fn game(status: Status, turn: Option<&str>, result: Option<&str>) -> GameView {
        let Ok(game_id) = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11".parse() else {
            panic!("a UUID")
        };
        GameView {
            game_id,
            host: name("ada"),
            opponent: name("bob"),
            status,
            updated_at: "2026-11-22T05:30:00Z".to_owned(),
            turn: turn.map(name),
            board: BTreeMap::new(),
            moves: Some(Vec::new()),
            result: result.map(|r| GameResult::from(r.to_owned())),
            version: 1,
        }
    }

    /// What host, opponent, another player and somebody not logged in read.
    fn lines(game: &GameView) -> [String; 4] {
        [Some("ada"), Some("bob"), Some("cleo"), None].map(|viewer| {
            let viewer = viewer.map(name);
            Perspective::new(game, viewer.as_ref()).status_line()
        })
    }

    #[test]
    fn everyone_reads_the_status_from_their_own_side() {
        let waiting = "Waiting for bob to accept";
        assert_eq!(
            lines(&game(Status::Pending, None, None)),
            [waiting, "ada invited you", waiting, waiting]
        );
        assert_eq!(
            lines(&game(Status::InProgress, Some("ada"), None)),
            ["Your turn", "Waiting for ada", "ada to move", "ada to move"]
        );
        assert_eq!(
            lines(&game(Status::Finished, None, Some("bob"))),
            ["You lost", "You won", "bob won", "bob won"]
        );
        assert_eq!(
            lines(&game(Status::Finished, None, Some("Tie"))),
            ["Draw"; 4]
        );
    }

    #[test]
    fn a_square_says_why_it_cannot_be_played() {
        let mut game = game(Status::InProgress, Some("ada"), None);
        game.board.insert(Square::TopLeft, Mark::O);
        let refusal = |viewer: Option<&str>, square| {
            let viewer = viewer.map(name);
            Perspective::new(&game, viewer.as_ref()).refusal(square)
        };
        assert_eq!(refusal(Some("ada"), Square::TopRight), None);
        assert_eq!(
            refusal(Some("ada"), Square::TopLeft),
            Some(AppError::SquareTaken)
        );
        assert_eq!(
            refusal(Some("bob"), Square::TopRight),
            Some(AppError::NotYourTurn)
        );
        assert_eq!(
            refusal(Some("cleo"), Square::TopRight),
            Some(AppError::NotYourGame)
        );
        assert_eq!(refusal(None, Square::TopRight), Some(AppError::NotLoggedIn));
    }
}
