//! The conditional writes of the store, as predicates over the item.
//!
//! The store writes its conditions as text for DynamoDB, which a model checker can't evaluate. Each of them is
//! repeated here as a list of clauses. `store::conditions` in the integration tests sends random writes on random
//! items to the real engine and to [`Write::apply`], and compares what becomes of the item.

use backend::{
    game::{Game, Move},
    store::{
        item::{GameItem, NO_TURN, SquareAttributes},
        status_date,
    },
};
use domain::{
    ids::PlayerName,
    rules::{Board, Mark, Next, Outcome, Square},
    status::{GameResult, Status},
};
use jiff::Timestamp;

/// A clause of a condition expression. The clauses of one write are joined by `AND`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clause {
    /// `attribute_not_exists(GameId)`
    NotExists,
    /// `begins_with(StatusDate, :pending)`
    Pending,
    /// `StatusDate BETWEEN :oldest_pending AND :last_pending`: pending and not expired.
    Valid,
    /// `StatusDate >= :first_pending AND StatusDate < :oldest_pending`
    Expired,
    /// `begins_with(StatusDate, :in_progress)`
    InProgress,
    /// `HostId = :me`
    HostIsMe,
    /// `OpponentId = :me`
    OpponentIsMe,
    /// `Turn = :me`
    TurnIsMine,
    /// The nine squares are as they were read.
    SameBoard,
}

/// A conditional write, with everything that its expressions contain.
#[derive(Clone, Debug)]
pub enum Write {
    /// `Store::create_game`
    Create(Game),
    /// `Store::accept`
    Accept {
        /// The player who accepts.
        me: PlayerName,
        /// The time of the acceptance.
        now: Timestamp,
    },
    /// `Store::delete_invitation`, by the opponent.
    Decline {
        /// The player who declines.
        me: PlayerName,
    },
    /// `Store::delete_invitation`, by the host.
    Cancel {
        /// The player who cancels.
        me: PlayerName,
    },
    /// `Store::delete_expired`
    DeleteExpired {
        /// The time of the request.
        now: Timestamp,
    },
    /// `Store::play`
    Play {
        /// The game that the decision was made on.
        game: Game,
        /// The decision.
        chosen: Move,
        /// The time of the move.
        now: Timestamp,
    },
    /// `Store::complete`
    Complete {
        /// The game that was read.
        game: Game,
        /// The outcome on its board.
        outcome: Outcome,
        /// The time of the request.
        now: Timestamp,
    },
}

/// The condition expression is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionFailed;

impl Write {
    /// Returns the clauses of the condition expression.
    #[must_use]
    pub const fn condition(&self) -> &'static [Clause] {
        match self {
            Self::Create(_) => &[Clause::NotExists],
            Self::Accept { .. } => &[Clause::Valid, Clause::OpponentIsMe],
            Self::Decline { .. } => &[Clause::Pending, Clause::OpponentIsMe],
            Self::Cancel { .. } => &[Clause::Pending, Clause::HostIsMe],
            Self::DeleteExpired { .. } => &[Clause::Expired],
            Self::Play { .. } => &[Clause::InProgress, Clause::TurnIsMine, Clause::SameBoard],
            Self::Complete { .. } => &[Clause::InProgress, Clause::SameBoard],
        }
    }

    /// Returns the item after the write, or `None` if the write deletes it.
    ///
    /// # Errors
    ///
    /// [`ConditionFailed`], as long as a clause other than `ignored` is false.
    pub fn apply(
        &self,
        item: Option<&GameItem>,
        ignored: Option<Clause>,
    ) -> Result<Option<GameItem>, ConditionFailed> {
        let clauses = self.condition().iter();
        let holds = clauses
            .filter(|clause| Some(**clause) != ignored)
            .all(|clause| self.holds(*clause, item));
        if holds {
            Ok(self.result(item.cloned().unwrap_or_default()))
        } else {
            Err(ConditionFailed)
        }
    }

    fn holds(&self, clause: Clause, item: Option<&GameItem>) -> bool {
        // DynamoDB compares a missing attribute as false, also those of an item that does not exist.
        let Some(item) = item else {
            return clause == Clause::NotExists;
        };
        let date = item.status_date.as_str();
        let (first, last) = (
            status_date::first(Status::Pending),
            status_date::last(Status::Pending),
        );
        match clause {
            Clause::NotExists => false,
            Clause::Pending => date.starts_with(&status_date::prefix(Status::Pending)),
            Clause::Valid => *self.oldest_valid() <= *date && *date <= *last,
            Clause::Expired => *first <= *date && *date < *self.oldest_valid(),
            Clause::InProgress => date.starts_with(&status_date::prefix(Status::InProgress)),
            Clause::HostIsMe => item.host_id == self.me(),
            Clause::OpponentIsMe => item.opponent_id == self.me(),
            Clause::TurnIsMine => item.turn.as_deref() == Some(self.me()),
            Clause::SameBoard => Square::ALL.iter().all(|&square| {
                item.squares.get(square) == self.board().get(square).map(Mark::as_str)
            }),
        }
    }

    fn result(&self, mut item: GameItem) -> Option<GameItem> {
        match self {
            Self::Create(game) => item = GameItem::from(game),
            Self::Accept { now, .. } => {
                item.status_date = status_date::encode(Status::InProgress, *now);
            }
            Self::Decline { .. } | Self::Cancel { .. } | Self::DeleteExpired { .. } => return None,
            Self::Play { game, chosen, now } => {
                let board = Square::ALL
                    .into_iter()
                    .filter_map(|square| Some((square, mark(item.squares.get(square)?))))
                    .collect::<Board>();
                item.squares = SquareAttributes::from(board.with(chosen.square, chosen.mark));
                item.moves.push(chosen.square.to_string());
                match chosen.next {
                    Next::Continues(position) => {
                        item.turn = Some(game.players.player_of(position.to_move()).to_string());
                    }
                    Next::Over(end) => finish(&mut item, game, end.outcome(), *now),
                }
            }
            Self::Complete { game, outcome, now } => finish(&mut item, game, *outcome, *now),
        }
        Some(item)
    }

    /// The value `:me`.
    fn me(&self) -> &str {
        match self {
            Self::Accept { me, .. } | Self::Decline { me } | Self::Cancel { me } => me.as_str(),
            Self::Play { game, chosen, .. } => game.players.player_of(chosen.mark).as_str(),
            Self::Create(_) | Self::DeleteExpired { .. } | Self::Complete { .. } => "",
        }
    }

    /// The value `:oldest_pending`.
    fn oldest_valid(&self) -> String {
        let now = match self {
            Self::Accept { now, .. } | Self::DeleteExpired { now } => *now,
            _ => Timestamp::MAX,
        };
        status_date::encode(Status::Pending, Game::oldest_valid_invitation(now))
    }

    /// The board that the decision was made on.
    fn board(&self) -> Board {
        match self {
            Self::Play { game, .. } | Self::Complete { game, .. } => game.board(),
            _ => Board::default(),
        }
    }
}

fn mark(attribute: &str) -> Mark {
    if attribute == Mark::X.as_str() {
        Mark::X
    } else {
        Mark::O
    }
}

fn finish(item: &mut GameItem, game: &Game, outcome: Outcome, now: Timestamp) {
    let result = match outcome {
        Outcome::Won(mark) => game.players.player_of(mark).as_str(),
        Outcome::Drawn => GameResult::TIE,
    };
    item.status_date = status_date::encode(Status::Finished, now);
    item.turn = Some(NO_TURN.to_owned());
    item.result = Some(result.to_owned());
}
