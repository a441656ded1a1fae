//! The properties that every run must have.

use crate::{
    call::{Answer, Call},
    history::{Effect, Seq, Version},
    people::Person,
    protocol::State,
    scenario::{Request, Scenario},
};
use backend::game::Decision;
use domain::status::Status;
use stateright::Property;
use std::sync::Arc;

/// A violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A result was changed, or a game went on after its end.
    SecondResult,
    /// Two moves of one player in a row, or a mark that was changed.
    TurnBroken,
    /// A move was made on another board than the one it was decided on.
    OtherBoard,
    /// Somebody changed a game without the right to do so.
    NotEntitled,
    /// The item makes no sense.
    Corrupt,
    /// Somebody was told that a change was made, and it is not stored.
    NotStored,
    /// An invitation came back after somebody was told that it is gone.
    CameBack,
    /// A page showed an older version after a newer one.
    PageWentBack,
}

/// At most one result.
pub const ONE_RESULT: &str = "at most one result";
/// Turns alternate.
pub const TURNS_ALTERNATE: &str = "turns alternate";
/// A move is made on the board that it was decided on.
pub const SAME_BOARD: &str = "a move is made on the board that it was decided on";
/// Only those entitled.
pub const ENTITLED: &str = "only those entitled change the game";
/// The item always makes sense.
pub const VALID: &str = "the item makes sense";
/// What was acknowledged is stored.
pub const STORED: &str = "what was acknowledged is stored";
/// A removed invitation does not come back.
pub const GONE: &str = "a removed invitation does not come back";
/// Nobody sees an older version after a newer one.
pub const FORWARD: &str = "no page goes back";
/// In the end, every page shows what is stored.
pub const CURRENT: &str = "in the end, every page shows what is stored";

/// A run ends, with every fault in it. Shows that the search reaches what it should.
pub const ENDED: &str = "a run ends after every fault";

/// Returns the properties.
#[must_use]
pub fn all() -> Vec<Property<Scenario>> {
    vec![
        Property::always(ONE_RESULT, |_: &Scenario, s: &State| {
            s.fault != Some(Fault::SecondResult)
        }),
        Property::always(TURNS_ALTERNATE, |_: &Scenario, s: &State| {
            s.fault != Some(Fault::TurnBroken)
        }),
        Property::always(SAME_BOARD, |_: &Scenario, s: &State| {
            s.fault != Some(Fault::OtherBoard)
        }),
        Property::always(ENTITLED, |_: &Scenario, s: &State| {
            s.fault != Some(Fault::NotEntitled)
        }),
        Property::always(VALID, |_: &Scenario, s: &State| {
            s.fault != Some(Fault::Corrupt)
        }),
        Property::always(STORED, |_: &Scenario, s: &State| {
            s.fault != Some(Fault::NotStored)
        }),
        Property::always(GONE, |_: &Scenario, s: &State| {
            s.fault != Some(Fault::CameBack)
        }),
        Property::always(FORWARD, |_: &Scenario, s: &State| {
            s.fault != Some(Fault::PageWentBack)
        }),
        Property::always(CURRENT, |scenario: &Scenario, s: &State| {
            !s.is_quiet(scenario) || s.is_current()
        }),
        Property::sometimes(ENDED, |scenario: &Scenario, s: &State| {
            s.is_quiet(scenario) && s.faults == 0 && s.versions.len() > 1
        }),
    ]
}

impl State {
    /// Returns true if every page shows the stored item.
    fn is_current(&self) -> bool {
        let stored = &self.versions[self.latest()].item;
        let mut pages = self.pages.iter().flatten();
        pages.all(|page| self.versions[page.shown()].item == *stored)
    }
}

/// Returns the fault of a write.
#[must_use]
pub fn of_write(before: &Version, after: &Version, is_removed: bool) -> Option<Fault> {
    if after.is_corrupt() {
        return Some(Fault::Corrupt);
    }
    if is_removed && after.effect == Effect::Created {
        return Some(Fault::CameBack);
    }
    let is_entitled = match after.effect {
        Effect::Accepted(person) => person == Person::Bob,
        Effect::Deleted(person) | Effect::Moved(person, ..) => person != Person::Cleo,
        Effect::Initial | Effect::Created => true,
    };
    if !is_entitled {
        return Some(Fault::NotEntitled);
    }
    let (Some(old), new) = (&before.item, after.item.as_ref()) else {
        return None;
    };
    if old.result.is_some()
        && new.is_none_or(|new| new.result != old.result || new.status_date != old.status_date)
    {
        return Some(Fault::SecondResult);
    }
    if let (Effect::Moved(person, square, ply), Some(game)) = (after.effect, &before.game) {
        let is_turn = game.turn() == Some(&person.name());
        if !is_turn || game.board().get(square).is_some() {
            return Some(Fault::TurnBroken);
        }
        if u32::try_from(game.board().ply()) != Ok(ply) {
            return Some(Fault::OtherBoard);
        }
    }
    None
}

/// Returns the fault of an answer that has reached its sender.
#[must_use]
pub fn of_answer(call: &Call, answer: Answer, versions: &[Arc<Version>]) -> Option<Fault> {
    let latest: Seq = versions.len() - 1;
    let stored = versions[latest].game.as_ref();
    let is_stored = match (call.request, answer) {
        (_, Answer::Rejected) => true,
        (Request::Play(square, ply), Answer::Game(_)) => stored.is_some_and(|game| {
            game.decide(&call.person.name(), square, ply) == Ok(Decision::AlreadyMade)
        }),
        (Request::Accept, Answer::Game(_)) => {
            stored.is_some_and(|game| game.status() != Status::Pending)
        }
        (Request::Invite, Answer::Game(seq)) => versions[seq].game.is_some(),
        (Request::Decline | Request::Cancel, Answer::Removed) => versions[call.began..]
            .iter()
            .any(|version| version.item.is_none()),
        _ => false,
    };
    (!is_stored).then_some(Fault::NotStored)
}
