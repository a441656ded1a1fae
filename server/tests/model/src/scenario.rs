//! What happens in a run: who may send which request, and how much may go wrong.

use crate::{
    history::{after_moves, invitation},
    people::Person::{self, Ada, Bob, Cleo},
    table::Clause,
};
use backend::store::item::GameItem;
use domain::rules::Square;
use std::fmt;

/// A request of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Request {
    /// Invites bob, with an id that the client has chosen.
    Invite,
    /// Accepts the invitation.
    Accept,
    /// Declines the invitation.
    Decline,
    /// Cancels the invitation.
    Cancel,
    /// Plays a square on the board with this number of marks.
    Play(Square, u32),
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invite => f.write_str("invitation"),
            Self::Accept => f.write_str("acceptance"),
            Self::Decline => f.write_str("refusal"),
            Self::Cancel => f.write_str("cancellation"),
            Self::Play(square, _) => write!(f, "move to {square}"),
        }
    }
}

/// A request that may be sent once, and again while its sender has no answer.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// The sender.
    pub person: Person,
    /// The request.
    pub request: Request,
    /// The instances that it may reach.
    pub instances: &'static [usize],
}

/// The rules that a test changes, to see the fault that they prevent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A clause that no condition contains.
    pub ignored_clause: Option<Clause>,
    /// Publish a write whose answer was lost, too. Otherwise only an answered write is published.
    pub publish_earlier_attempts: bool,
    /// Finish a request whose caller has hung up. Otherwise it ends with the connection.
    pub run_to_completion: bool,
    /// The network may deliver a write after the SDK has sent it again.
    pub late_writes: bool,
    /// An invitation may be made again with the id of a removed one. No condition prevents it, and a repeated
    /// request may do it by accident: a known limit of the product.
    pub ids_are_reused: bool,
}

impl Rules {
    /// The rules of the product, on a network that delivers no request twice.
    pub const PRODUCT: Self = Self {
        ignored_clause: None,
        publish_earlier_attempts: true,
        run_to_completion: true,
        late_writes: false,
        ids_are_reused: false,
    };
}

/// The start of a run, and what may happen in it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The name, for reports.
    pub name: &'static str,
    /// The item at the start.
    pub item: Option<GameItem>,
    /// The requests.
    pub requests: Vec<Planned>,
    /// True for two instances on tables with a stream, false for one with the embedded engine, which has none.
    pub has_stream: bool,
    /// The people with an open page, and the instance that renders it.
    pub pages: [Option<usize>; 3],
    /// The number of faults that may happen: lost answers, hang-ups, dying servers, broken streams.
    pub faults: u8,
    /// The rules.
    pub rules: Rules,
}

const FIRST: &[usize] = &[0];
const SECOND: &[usize] = &[1];

const fn planned(person: Person, request: Request, instances: &'static [usize]) -> Planned {
    Planned {
        person,
        request,
        instances,
    }
}

impl Scenario {
    /// An invitation, from nothing to the first move.
    #[must_use]
    pub fn invitation() -> Self {
        Self {
            name: "invitation",
            item: None,
            requests: vec![
                planned(Ada, Request::Invite, FIRST),
                planned(Bob, Request::Accept, SECOND),
                planned(Bob, Request::Decline, SECOND),
            ],
            has_stream: true,
            pages: [Some(0), None, None],
            faults: 1,
            rules: Rules::PRODUCT,
        }
    }

    /// A stranger who watches a pending game, and tries to accept it.
    #[must_use]
    pub fn stranger() -> Self {
        Self {
            name: "stranger",
            item: Some(GameItem::from(&invitation(0))),
            requests: vec![
                planned(Bob, Request::Accept, SECOND),
                planned(Cleo, Request::Accept, FIRST),
                planned(Ada, Request::Cancel, FIRST),
            ],
            has_stream: true,
            pages: [None, None, Some(0)],
            faults: 2,
            rules: Rules::PRODUCT,
        }
    }

    /// Two tabs of ada, one on each instance, and bob's answer.
    #[must_use]
    pub fn moves() -> Self {
        use Square::{BottomLeft, MiddleMiddle, TopLeft};
        Self {
            name: "moves",
            item: Some(after_moves(&[])),
            requests: vec![
                planned(Ada, Request::Play(TopLeft, 0), FIRST),
                planned(Ada, Request::Play(MiddleMiddle, 0), SECOND),
                planned(Bob, Request::Play(BottomLeft, 1), SECOND),
            ],
            has_stream: true,
            pages: [None, Some(0), None],
            faults: 2,
            rules: Rules::PRODUCT,
        }
    }

    /// The end of a game: ada can win, or let bob win.
    #[must_use]
    pub fn ending() -> Self {
        use Square::{
            BottomLeft, BottomMiddle, MiddleLeft, MiddleMiddle, MiddleRight, TopLeft, TopMiddle,
            TopRight,
        };
        let played = [
            TopLeft,
            MiddleLeft,
            TopMiddle,
            MiddleMiddle,
            BottomMiddle,
            BottomLeft,
        ];
        Self {
            name: "ending",
            item: Some(after_moves(&played)),
            requests: vec![
                planned(Ada, Request::Play(TopRight, 6), FIRST),
                planned(Ada, Request::Play(MiddleRight, 6), SECOND),
                planned(Bob, Request::Play(MiddleRight, 7), SECOND),
            ],
            has_stream: true,
            pages: [None, None, Some(0)],
            faults: 2,
            rules: Rules::PRODUCT,
        }
    }

    /// A game on the embedded engine, where one instance has to tell its watchers everything.
    #[must_use]
    pub fn embedded() -> Self {
        use Square::{BottomLeft, MiddleMiddle, TopLeft};
        Self {
            name: "embedded",
            item: Some(after_moves(&[])),
            requests: vec![
                planned(Ada, Request::Play(TopLeft, 0), FIRST),
                planned(Ada, Request::Play(MiddleMiddle, 0), FIRST),
                planned(Bob, Request::Play(BottomLeft, 1), FIRST),
            ],
            has_stream: false,
            pages: [None, Some(0), None],
            faults: 2,
            rules: Rules::PRODUCT,
        }
    }

    /// The number of instances.
    #[must_use]
    pub const fn instances(&self) -> usize {
        if self.has_stream { 2 } else { 1 }
    }

    /// The scenario under other rules.
    #[must_use]
    pub fn under(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }
}
