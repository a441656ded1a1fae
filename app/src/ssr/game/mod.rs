//! A game as the server reasons about it: two players, the moment its status last changed, and its
//! phase with all that belongs to it. Neither the item of the table nor what pages show.

mod history;
mod recency;
mod view;

pub use history::History;
pub use recency::Recency;
pub(crate) use view::rfc3339;

use crate::{
    error::AppError,
    game::{Board, FinishedBoard, Mark, Next, Position, Square},
    ids::{GameId, PlayerName},
    view_model::Status,
};
use jiff::{Timestamp, ToSpan};

/// How long an invitation waits for an answer.
pub const INVITATION_DAYS: i64 = 14;

/// A game between two players.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    /// Its key.
    pub id: GameId,
    /// Who invited. Plays O.
    pub host: PlayerName,
    /// Who was invited. Plays X.
    pub opponent: PlayerName,
    /// When the status last changed.
    pub since: Timestamp,
    /// Where it stands.
    pub phase: Phase,
}

/// Where a game stands, with what only games there have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The opponent has not answered. No marks, no turn.
    Pending,
    /// The players move.
    InProgress {
        /// The board and whose turn it is.
        position: Position,
        /// The moves so far.
        history: History,
    },
    /// Won or drawn.
    Finished {
        /// The last board and how it ended.
        end: FinishedBoard,
        /// The moves.
        history: History,
        /// Whether the table says so too. AWS's example application ends a game only when somebody
        /// looks at it; until then its item is still `IN_PROGRESS`.
        recorded: bool,
    },
}

/// A legal move of the player in turn, decided but not yet written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where.
    pub square: Square,
    /// What.
    pub mark: Mark,
    /// What it leads to.
    pub next: Next,
}

/// What a request for a move comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The same request has been carried out before; its answer may have been lost.
    AlreadyMade,
    /// It is legal: write it.
    Make(Move),
}

impl Game {
    /// A new invitation.
    #[must_use]
    pub fn invitation(id: GameId, host: PlayerName, opponent: PlayerName, now: Timestamp) -> Self {
        // As exact as the table keeps it, so that it equals what is read back.
        let since = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        Self {
            id,
            host,
            opponent,
            since,
            phase: Phase::Pending,
        }
    }

    /// The moment before which an invitation must have been made to have expired by `now`.
    #[must_use]
    pub fn oldest_valid_invitation(now: Timestamp) -> Timestamp {
        now.checked_sub((INVITATION_DAYS * 24).hours())
            .unwrap_or(Timestamp::MIN)
    }

    /// Whether nobody can accept this any more.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.phase == Phase::Pending && self.since < Self::oldest_valid_invitation(now)
    }

    /// Where it stands, as players are told.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.phase {
            Phase::Pending => Status::Pending,
            Phase::InProgress { .. } => Status::InProgress,
            Phase::Finished { .. } => Status::Finished,
        }
    }

    /// The marks.
    #[must_use]
    pub fn board(&self) -> Board {
        match &self.phase {
            Phase::Pending => Board::default(),
            Phase::InProgress { position, .. } => position.board(),
            Phase::Finished { end, .. } => end.board(),
        }
    }

    /// The mark that somebody plays here; none for anybody but the two players.
    #[must_use]
    pub fn mark_of(&self, player: &PlayerName) -> Option<Mark> {
        if *player == self.host {
            Some(Mark::O)
        } else if *player == self.opponent {
            Some(Mark::X)
        } else {
            None
        }
    }

    /// Who plays a mark.
    #[must_use]
    pub const fn player_of(&self, mark: Mark) -> &PlayerName {
        match mark {
            Mark::O => &self.host,
            Mark::X => &self.opponent,
        }
    }

    /// Decides on a request to play `square` on the board with `ply` marks. The order of the checks
    /// is part of the API: caller, replay, status, ply, turn, square.
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
        let mark = self.mark_of(player).ok_or(AppError::NotYourGame)?;
        let ply = usize::try_from(ply).unwrap_or(usize::MAX);
        if self
            .history()
            .is_some_and(|history| history.was_made(self.board(), square, mark, ply))
        {
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

    fn history(&self) -> Option<&History> {
        match &self.phase {
            Phase::Pending => None,
            Phase::InProgress { history, .. } | Phase::Finished { history, .. } => Some(history),
        }
    }
}
