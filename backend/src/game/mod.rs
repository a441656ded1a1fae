//! The domain model of a game: two players, the time of the last change of status, and a phase with its
//! data. It is independent of both the stored item and the views that pages draw.

mod history;
mod listed;
mod recency;
mod view;

pub use history::History;
pub use listed::ListedGame;
pub use recency::Recency;

use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    players::Players,
    rules::{Board, FinishedBoard, Mark, Next, Outcome, Position, Square},
    status::{GameResult, Status},
};
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

/// The number of days until an invitation expires.
pub const INVITATION_DAYS: i64 = 14;

/// A game between two players.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    /// The key of the game.
    pub id: GameId,
    /// The two players.
    pub players: Players,
    /// The time of the last change of status.
    pub status_changed_at: Timestamp,
    /// The phase, with its data.
    pub phase: Phase,
}

/// The phase of a game, with the data that exists only in that phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The opponent has not answered the invitation. There are no marks and there is no turn.
    Pending,
    /// The players are playing.
    InProgress {
        /// The board and the side to move.
        position: Position,
        /// The recorded moves.
        history: History,
    },
    /// The game was won or drawn.
    Finished {
        /// The final board and the outcome.
        end: FinishedBoard,
        /// The recorded moves.
        history: History,
        /// True if the item is `FINISHED` as well. AWS's example application records the end of a game only
        /// when a page of the game is opened. Until then the item stays `IN_PROGRESS`.
        recorded: bool,
    },
}

/// A legal move that has been decided but not yet written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The square to mark.
    pub square: Square,
    /// The mark of the player.
    pub mark: Mark,
    /// The resulting position, or the end of the game.
    pub next: Next,
}

/// The decision on a request for a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The same move was made by an earlier request, whose response may have been lost.
    AlreadyMade,
    /// The move is legal and has to be written.
    Make(Move),
}

/// Returns a random id for a new game, a UUID of version 4.
#[must_use]
pub fn new_game_id() -> GameId {
    GameId::from_uuid(Uuid::new_v4())
}

impl Game {
    /// Creates an invitation.
    #[must_use]
    pub fn invitation(id: GameId, players: Players, now: Timestamp) -> Self {
        // Truncated to microseconds, the precision of the table, so that the value equals the stored one.
        let status_changed_at = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        Self {
            id,
            players,
            status_changed_at,
            phase: Phase::Pending,
        }
    }

    /// Returns the earliest creation time of an invitation that is still valid `now`.
    #[must_use]
    pub fn oldest_valid_invitation(now: Timestamp) -> Timestamp {
        now.checked_sub((INVITATION_DAYS * 24).hours())
            .unwrap_or(Timestamp::MIN)
    }

    /// Returns true if this is an invitation that has expired.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.phase == Phase::Pending && self.status_changed_at < Self::oldest_valid_invitation(now)
    }

    /// Returns the status of the current phase.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.phase {
            Phase::Pending => Status::Pending,
            Phase::InProgress { .. } => Status::InProgress,
            Phase::Finished { .. } => Status::Finished,
        }
    }

    /// Returns the board.
    #[must_use]
    pub fn board(&self) -> Board {
        match &self.phase {
            Phase::Pending => Board::default(),
            Phase::InProgress { position, .. } => position.board(),
            Phase::Finished { end, .. } => end.board(),
        }
    }

    /// Decides on a request to play `square` on the board with `ply` marks.
    ///
    /// The order of the checks is part of the API: caller, replay, status, ply, turn, square.
    ///
    /// # Errors
    ///
    /// [`AppError::NotYourGame`], [`AppError::GameNotInProgress`], [`AppError::StaleBoard`],
    /// [`AppError::NotYourTurn`], [`AppError::SquareTaken`].
    pub fn decide(
        &self,
        player: &PlayerName,
        square: Square,
        ply: u32,
    ) -> Result<Decision, AppError> {
        let mark = self.players.mark_of(player).ok_or(AppError::NotYourGame)?;
        let ply = usize::try_from(ply).unwrap_or(usize::MAX);
        if self.was_made(square, mark, ply) {
            return Ok(Decision::AlreadyMade);
        }
        let Phase::InProgress { position, .. } = &self.phase else {
            return Err(AppError::GameNotInProgress);
        };
        if position.board().ply() != ply {
            return Err(AppError::StaleBoard);
        }
        if position.to_move() != mark {
            return Err(AppError::NotYourTurn);
        }
        let next = position.play(square).map_err(|_| AppError::SquareTaken)?;
        Ok(Decision::Make(Move { square, mark, next }))
    }

    /// Returns true if `mark` was played on `square` when the board had `ply` marks.
    #[must_use]
    pub fn was_made(&self, square: Square, mark: Mark, ply: usize) -> bool {
        self.history()
            .is_some_and(|history| history.was_made(self.board(), square, mark, ply))
    }

    /// Reads this state of the game after the condition of an acceptance by `player` was false. Succeeds if the
    /// player has accepted it earlier.
    ///
    /// # Errors
    ///
    /// [`AppError::NotYourGame`], [`AppError::NoSuchGame`].
    pub fn accepted_by(&self, player: &PlayerName) -> Result<(), AppError> {
        match self.phase {
            _ if self.players.opponent != *player => Err(AppError::NotYourGame),
            // The invitation is acceptable now. It was deleted and made again meanwhile.
            Phase::Pending => Err(AppError::NoSuchGame),
            Phase::InProgress { .. } | Phase::Finished { .. } => Ok(()),
        }
    }

    /// Returns the player whose turn it is, or `None` unless the game is in progress.
    #[must_use]
    pub fn turn(&self) -> Option<&PlayerName> {
        match &self.phase {
            Phase::InProgress { position, .. } => Some(self.players.player_of(position.to_move())),
            Phase::Pending | Phase::Finished { .. } => None,
        }
    }

    /// Returns the result, or `None` until the game is finished.
    #[must_use]
    pub fn result(&self) -> Option<GameResult> {
        let Phase::Finished { end, .. } = &self.phase else {
            return None;
        };
        Some(match end.outcome() {
            Outcome::Won(mark) => GameResult::Won(self.players.player_of(mark).clone()),
            Outcome::Drawn => GameResult::Tie,
        })
    }

    fn history(&self) -> Option<&History> {
        match &self.phase {
            Phase::Pending => None,
            Phase::InProgress { history, .. } | Phase::Finished { history, .. } => Some(history),
        }
    }
}
