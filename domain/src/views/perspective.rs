use super::GameView;
use crate::{
    error::AppError,
    ids::PlayerName,
    rules::{Mark, Square},
    status::{GameResult, Status},
};

/// A game from the side of one viewer, a player or a watcher.
#[derive(Clone, Copy, Debug)]
pub struct Perspective<'a> {
    game: &'a GameView,
    viewer: Option<&'a PlayerName>,
}

impl<'a> Perspective<'a> {
    /// The game from the side of `viewer`, or of a visitor for `None`.
    #[must_use]
    pub const fn new(game: &'a GameView, viewer: Option<&'a PlayerName>) -> Self {
        Self { game, viewer }
    }

    /// The viewer's mark, or `None` for a watcher.
    #[must_use]
    pub fn mark(self) -> Option<Mark> {
        self.game.players().mark_of(self.viewer?)
    }

    /// Returns true if the viewer sent the invitation.
    #[must_use]
    pub fn is_host(self) -> bool {
        self.mark() == Some(Mark::O)
    }

    /// Returns true if the viewer is the invited player.
    #[must_use]
    pub fn is_opponent(self) -> bool {
        self.mark() == Some(Mark::X)
    }

    /// Returns true if it is the viewer's turn.
    #[must_use]
    pub fn is_my_turn(self) -> bool {
        self.viewer.is_some() && self.game.turn.as_ref() == self.viewer
    }

    /// Returns true if the viewer's page waits for another player.
    #[must_use]
    pub fn is_waiting(self) -> bool {
        match self.game.status {
            Status::Pending => !self.is_opponent(),
            Status::InProgress => !self.is_my_turn(),
            Status::Finished => false,
        }
    }

    /// The status line. Tests and screen readers rely on its exact texts.
    #[must_use]
    pub fn status_line(self) -> String {
        let game = self.game;
        let is_player = self.mark().is_some();
        match (game.status, &game.turn, &game.result) {
            (Status::Pending, ..) if self.is_opponent() => {
                format!("{} invited you", game.host)
            }
            (Status::Pending, ..) => format!("Waiting for {} to accept", game.opponent),
            (Status::InProgress, ..) if self.is_my_turn() => "Your turn".to_owned(),
            (Status::InProgress, Some(turn), _) if is_player => format!("Waiting for {turn}"),
            (Status::InProgress, Some(turn), _) => format!("{turn} to move"),
            (_, _, Some(GameResult::Won(winner))) if self.viewer == Some(winner) => {
                "You won".to_owned()
            }
            (_, _, Some(GameResult::Won(_))) if is_player => "You lost".to_owned(),
            (_, _, Some(GameResult::Won(winner))) => format!("{winner} won"),
            (..) => "Draw".to_owned(),
        }
    }

    /// The error for a move of the viewer on `square`, or `None` if the move is allowed now.
    #[must_use]
    pub fn move_error(self, square: Square) -> Option<AppError> {
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
        PlayerName::from_stored(text.to_owned())
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

    /// The status lines for the host, the opponent, another player and a visitor.
    fn lines(game: &GameView) -> [String; 4] {
        [Some("ada"), Some("bob"), Some("cleo"), None].map(|viewer| {
            let viewer = viewer.map(name);
            Perspective::new(game, viewer.as_ref()).status_line()
        })
    }

    #[test]
    fn the_status_line_depends_on_the_viewer() {
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
    fn a_move_that_is_not_allowed_has_an_error() {
        let mut game = game(Status::InProgress, Some("ada"), None);
        game.board.insert(Square::TopLeft, Mark::O);
        let move_error = |viewer: Option<&str>, square| {
            let viewer = viewer.map(name);
            Perspective::new(&game, viewer.as_ref()).move_error(square)
        };
        assert_eq!(move_error(Some("ada"), Square::TopRight), None);
        assert_eq!(
            move_error(Some("ada"), Square::TopLeft),
            Some(AppError::SquareTaken)
        );
        assert_eq!(
            move_error(Some("bob"), Square::TopRight),
            Some(AppError::NotYourTurn)
        );
        assert_eq!(
            move_error(Some("cleo"), Square::TopRight),
            Some(AppError::NotYourGame)
        );
        assert_eq!(
            move_error(None, Square::TopRight),
            Some(AppError::NotLoggedIn)
        );
    }
}
