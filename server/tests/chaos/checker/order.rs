//! The search for a legal order of the calls of one game: one by one, each at some moment between its beginning and its
//! end, they give the recorded responses and the final item (linearizability).
//!
//! The order of the calls is searched by stateright's tester. The legal steps are the application's own decisions.

use super::{Stored, game_history::GameHistory};
use crate::history::{self, Action, Call, Outcome};
use backend::game::{Decision, Game, History, Move, Phase};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    players::Players,
    rules::{Mark, Next, Position, Square},
    views::GameView,
};
use jiff::Timestamp;
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};
use std::rc::Rc;

/// The number of operations up to which the search ends soon, however many of them overlap.
const MAX_OPERATIONS: usize = 11;

/// The result of a search.
pub enum Search {
    Found,
    /// There is no legal order of these operations.
    None(String),
    TooLong,
}

pub fn search(history: &GameHistory<'_>) -> Search {
    let Some(calls) = relevant_calls(history) else {
        return Search::TooLong;
    };
    let mut tester = LinearizabilityTester::new(Item::default());
    // Each call is a thread of its own, so that any two calls may overlap.
    let mut events = Vec::new();
    for (thread, (call, is_repeated)) in calls.iter().enumerate() {
        events.push((call.began, thread, false));
        let is_certain = call.is_acknowledged() || !call.may_have_acted();
        if is_certain && !is_repeated {
            events.push((call.ended, thread, true));
        }
    }
    events.sort_unstable();
    for (_, thread, is_end) in events {
        let (call, _) = calls[thread];
        let added = if is_end {
            tester.on_return(thread, Answer::Outcome(call.outcome.clone()))
        } else {
            tester.on_invoke(thread, Operation::Call(Rc::new(call.clone())))
        };
        added.expect("one call for each thread");
    }
    let stored = Answer::Stored(history.stored.as_ref().map(Shown::from));
    let last = tester.on_invret(calls.len(), Operation::Inspect, stored);
    if last.expect("one inspection").is_consistent() {
        Search::Found
    } else {
        let calls = calls.iter().map(|(call, _)| call.to_string());
        Search::None(calls.collect::<Vec<_>>().join("\n"))
    }
}

/// All calls that may have changed the game, and as many others as the search can take. `None` if there are too many.
///
/// The SDK repeats a request whose response was lost. If it was an invitation and a removal came in between, or the
/// other way round, then the call acts twice. The second element marks such repetitions, which may or may not happen.
fn relevant_calls<'a>(history: &GameHistory<'a>) -> Option<Vec<(&'a Call, bool)>> {
    let is_by_player =
        |call: &&&Call| history.is_host(&call.player) || history.is_opponent(&call.player);
    let by_players: Vec<&Call> = history.calls.iter().filter(is_by_player).copied().collect();
    let (changes, others): (Vec<&Call>, Vec<&Call>) = by_players
        .iter()
        .partition(|call| call.action != Action::Read && call.may_have_acted());
    let mut calls = Vec::new();
    for call in &changes {
        calls.push((*call, false));
        let is_opposite = |other: &&Call| match call.action {
            Action::Invite { .. } => other.is_removal(),
            Action::Decline | Action::Cancel => matches!(other.action, Action::Invite { .. }),
            _ => false,
        };
        let overlaps = |other: &&&Call| !other.precedes(call) && !call.precedes(other);
        if changes.iter().filter(overlaps).any(is_opposite) {
            calls.push((*call, true));
        }
    }
    // The reason of a rejected invitation may be a removal at that moment, which the condition's failure does not show.
    let is_certain =
        |call: &&Call| !call.is_unknown() && !matches!(call.action, Action::Invite { .. });
    let rest = MAX_OPERATIONS.checked_sub(calls.len())?;
    let others = others.into_iter().filter(is_certain).take(rest);
    calls.extend(others.map(|call| (call, false)));
    Some(calls)
}

#[derive(Clone, Debug)]
enum Operation {
    Call(Rc<Call>),
    /// Reads the item at the end.
    Inspect,
}

#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Outcome(Outcome),
    Stored(Option<Shown>),
}

/// A state of a game, without the time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    host: String,
    opponent: String,
    status: String,
    turn: Option<String>,
    moves: Option<Vec<String>>,
    result: Option<String>,
}

impl Shown {
    /// Whether the game can come into the other state later.
    fn precedes(&self, later: &Self) -> bool {
        let (Some(moves), Some(later_moves)) = (&self.moves, &later.moves) else {
            return false;
        };
        (&self.host, &self.opponent) == (&later.host, &later.opponent)
            && later_moves.starts_with(moves)
            && later.status != "PENDING"
    }
}

impl From<&history::Game> for Shown {
    fn from(game: &history::Game) -> Self {
        Self {
            host: game.host.clone(),
            opponent: game.opponent.clone(),
            status: game.status.clone(),
            turn: game.turn.clone(),
            moves: game.moves.clone(),
            result: game.result.clone(),
        }
    }
}

impl From<&Stored> for Shown {
    fn from(stored: &Stored) -> Self {
        Self {
            host: stored.host.clone(),
            opponent: stored.opponent.clone(),
            status: stored.status.clone(),
            turn: (stored.status == "IN_PROGRESS").then(|| stored.turn.clone()),
            moves: Some(stored.moves.clone()),
            result: stored.result.clone(),
        }
    }
}

impl From<&Game> for Shown {
    fn from(game: &Game) -> Self {
        let view = GameView::from(game);
        let squares = |moves: Vec<Square>| moves.iter().map(ToString::to_string).collect();
        Self {
            host: view.host.to_string(),
            opponent: view.opponent.to_string(),
            status: view.status.as_str().to_owned(),
            turn: view.turn.map(|turn| turn.to_string()),
            moves: view.moves.map(squares),
            result: view.result.map(|result| result.as_str().to_owned()),
        }
    }
}

/// The item of a game, changed by one call after the other.
#[derive(Clone, Default)]
struct Item(Option<Game>);

impl SequentialSpec for Item {
    type Op = Operation;
    type Ret = Answer;

    /// Performs a call whose response nobody knows.
    fn invoke(&mut self, operation: &Operation) -> Answer {
        if let Operation::Call(call) = operation {
            // A rejection leaves the item as it is.
            let _ = self.perform(call);
        }
        Answer::Stored(self.shown())
    }

    fn is_valid_step(&mut self, operation: &Operation, answer: &Answer) -> bool {
        match (operation, answer) {
            (Operation::Call(call), Answer::Outcome(outcome)) => {
                let result = self.perform(call);
                self.explains(call, &result, outcome)
            }
            (Operation::Inspect, Answer::Stored(stored)) => self.shown() == *stored,
            _ => false,
        }
    }
}

impl Item {
    fn shown(&self) -> Option<Shown> {
        self.0.as_ref().map(Shown::from)
    }

    /// Whether the call, performed on this item, may have this outcome.
    fn explains(&self, call: &Call, result: &Result<(), AppError>, outcome: &Outcome) -> bool {
        match (result, outcome) {
            (Ok(()), Outcome::Game(game)) => {
                let (now, shown) = (self.shown(), Shown::from(game));
                // A repeated change is answered with the game as it is by then.
                let is_change = call.action != Action::Read;
                now.is_some_and(|now| now == shown || is_change && now.precedes(&shown))
            }
            (Ok(()), Outcome::Done) => true,
            // An earlier attempt of the same call may have removed it.
            (Ok(()) | Err(AppError::NoSuchGame), Outcome::Removed) => call.is_removal(),
            (Err(error), Outcome::Rejected { code, .. }) => error.code() == code,
            _ => false,
        }
    }

    fn perform(&mut self, call: &Call) -> Result<(), AppError> {
        let player = PlayerName::from_stored(call.player.clone());
        if let Action::Invite { opponent } = &call.action {
            let opponent = PlayerName::from_stored(opponent.clone());
            return self.invite(Players {
                host: player,
                opponent,
            });
        }
        let game = self.0.as_mut().ok_or(AppError::NoSuchGame)?;
        let is_pending = game.phase == Phase::Pending;
        match &call.action {
            Action::Invite { .. } | Action::Read => {}
            Action::Accept if player != game.players.opponent => return Err(AppError::NotYourGame),
            Action::Accept if is_pending => {
                game.phase = Phase::InProgress {
                    position: Position::new(Mark::O),
                    history: History::default(),
                };
            }
            Action::Accept => {}
            Action::Decline if player != game.players.opponent => {
                return Err(AppError::NotYourGame);
            }
            Action::Cancel if player != game.players.host => return Err(AppError::NotYourGame),
            Action::Decline | Action::Cancel if !is_pending => return Err(AppError::NotPending),
            Action::Decline | Action::Cancel => self.0 = None,
            Action::Play { square, ply } => {
                let (square, ply) = (square.parse()?, u32::try_from(*ply).unwrap_or(u32::MAX));
                if let Decision::Make(chosen) = game.decide(&player, square, ply)? {
                    make(game, chosen);
                }
            }
        }
        Ok(())
    }

    fn invite(&mut self, players: Players) -> Result<(), AppError> {
        let id = GameId::from_uuid(uuid::Uuid::nil());
        let invitation = Game::invitation(id, players, Timestamp::UNIX_EPOCH);
        let game = self.0.get_or_insert_with(|| invitation.clone());
        if game.players == invitation.players {
            Ok(())
        } else {
            Err(AppError::invalid(
                "game_id",
                domain::error::ValidationRule::GameIdTaken,
            ))
        }
    }
}

fn make(game: &mut Game, chosen: Move) {
    let mut moves = GameView::from(&*game).moves.unwrap_or_default();
    moves.push(chosen.square);
    let history = History::new(moves);
    game.phase = match chosen.next {
        Next::Continues(position) => Phase::InProgress { position, history },
        Next::Over(end) => Phase::Finished {
            end,
            history,
            recorded: true,
        },
    };
}
