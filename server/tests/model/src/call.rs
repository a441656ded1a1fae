//! A call: a request of a person on its way through an instance to the table and back.

use crate::{
    history::{Effect, Seq, Version, invitation, time},
    people::Person,
    scenario::Request,
    table::Write,
};
use backend::game::{Decision, Game};
use domain::rules::Square;
use std::sync::Arc;

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Call {
    /// The sender.
    pub person: Person,
    /// The request.
    pub request: Request,
    /// The instance that handles it.
    pub instance: usize,
    /// The time at which the instance began to handle it.
    pub at: u32,
    /// The version of the item at that time.
    pub began: Seq,
    /// False once the sender has hung up.
    pub is_heard: bool,
    /// The stage.
    pub stage: Stage,
}

/// The stage of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// The write is on its way to the table.
    Sent(Attempt),
    /// The answer of the table is on its way to the instance.
    Written(Attempt, Outcome),
    /// The answer of the instance is on its way to the sender.
    Answered(Answer),
}

/// An attempt to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Attempt {
    /// The version that the decision was made on.
    pub basis: Option<Seq>,
    /// True if the SDK has sent the same write before, and got no answer.
    pub is_repeated: bool,
    /// The number of decisions before this one.
    pub round: u8,
}

/// The answer of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// The write led to this version.
    Done(Seq),
    /// The condition was false on this version.
    ConditionFailed(Seq),
}

/// The answer to the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// Success, with this version of the game.
    Game(Seq),
    /// Success: the invitation is gone.
    Removed,
    /// An error.
    Rejected,
}

/// The next thing that the use case does after a decision or an answer of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send a write.
    Send(Attempt),
    /// Publish this version, then answer.
    Publish(Seq, Answer),
    /// Answer without publishing anything.
    Answer(Answer),
}

/// The product's limit of decisions on one move.
const MAX_ROUNDS: u8 = 4;

impl Call {
    /// Decides on the request before the first write. `known` is the cached version, and `latest` the one that a
    /// strongly consistent read returns.
    #[must_use]
    pub fn begin(&self, versions: &[Arc<Version>], known: Option<Seq>, latest: Seq) -> Next {
        match self.request {
            Request::Play(square, ply) => {
                // The cached game may be outdated, so it can lead to a write but never to a rejection.
                let from_cache = known.map(|seq| self.decide(versions, seq, square, ply, 0));
                match from_cache {
                    Some(next @ Next::Send(_)) => next,
                    _ => self.decide(versions, latest, square, ply, 1),
                }
            }
            _ => Next::Send(Attempt {
                basis: None,
                is_repeated: false,
                round: 0,
            }),
        }
    }

    /// The write of an attempt.
    #[must_use]
    pub fn write(&self, versions: &[Arc<Version>], attempt: Attempt) -> Option<(Write, Effect)> {
        let (person, me, now) = (self.person, self.person.name(), time(self.at));
        Some(match self.request {
            Request::Invite => (Write::Create(invitation(self.at)), Effect::Created),
            Request::Accept => (Write::Accept { me, now }, Effect::Accepted(person)),
            Request::Decline => (Write::Decline { me }, Effect::Deleted(person)),
            Request::Cancel => (Write::Cancel { me }, Effect::Deleted(person)),
            Request::Play(square, ply) => {
                let game = versions[attempt.basis?].game.clone()?;
                let Ok(Decision::Make(chosen)) = game.decide(&me, square, ply) else {
                    return None;
                };
                let write = Write::Play { game, chosen, now };
                (write, Effect::Moved(person, square, ply))
            }
        })
    }

    /// Reads the answer of the table.
    #[must_use]
    pub fn read(&self, versions: &[Arc<Version>], attempt: Attempt, outcome: Outcome) -> Next {
        let seq = match outcome {
            Outcome::Done(seq) => return Next::Publish(seq, self.success(versions, seq)),
            Outcome::ConditionFailed(seq) => seq,
        };
        if attempt.is_repeated && self.is_shown_by(versions[seq].game.as_ref()) {
            return Next::Publish(seq, self.success(versions, seq));
        }
        match (self.request, &versions[seq].game) {
            (Request::Play(square, ply), Some(_)) if attempt.round < MAX_ROUNDS => {
                self.decide(versions, seq, square, ply, attempt.round + 1)
            }
            (Request::Invite, Some(game)) if game.players.host == self.person.name() => {
                Next::Publish(seq, Answer::Game(seq))
            }
            (Request::Accept, Some(game)) if game.accepted_by(&self.person.name()).is_ok() => {
                Next::Publish(seq, Answer::Game(seq))
            }
            (Request::Decline | Request::Cancel, None) => Next::Publish(seq, Answer::Rejected),
            _ => Next::Answer(Answer::Rejected),
        }
    }

    fn decide(
        &self,
        versions: &[Arc<Version>],
        seq: Seq,
        square: Square,
        ply: u32,
        round: u8,
    ) -> Next {
        let Some(game) = &versions[seq].game else {
            return Next::Answer(Answer::Rejected);
        };
        match game.decide(&self.person.name(), square, ply) {
            Ok(Decision::Make(_)) => Next::Send(Attempt {
                basis: Some(seq),
                is_repeated: false,
                round,
            }),
            Ok(Decision::AlreadyMade) => Next::Publish(seq, Answer::Game(seq)),
            Err(_) => Next::Answer(Answer::Rejected),
        }
    }

    fn success(&self, versions: &[Arc<Version>], seq: Seq) -> Answer {
        match versions[seq].game {
            Some(_) => Answer::Game(seq),
            None => Answer::Removed,
        }
    }

    /// Returns true if the item shows this very write.
    fn is_shown_by(&self, game: Option<&Game>) -> bool {
        match (self.request, game) {
            (Request::Decline | Request::Cancel, None) => true,
            (Request::Invite, Some(game)) => {
                let made = invitation(self.at);
                game.players == made.players && game.status_changed_at >= made.status_changed_at
            }
            (Request::Accept, Some(game)) => {
                game.players.opponent == self.person.name()
                    && game.turn().is_some()
                    && game.status_changed_at == time(self.at)
            }
            (Request::Play(square, ply), Some(game)) => {
                matches!(
                    game.decide(&self.person.name(), square, ply),
                    Ok(Decision::AlreadyMade)
                )
            }
            _ => false,
        }
    }
}
