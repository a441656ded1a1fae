//! The steps, the states in which they may be taken, and their sentences in the way to a fault.

use crate::{
    call::{Call, Stage},
    history::Seq,
    page::Connection,
    people::Person,
    protocol::{Progress, State},
    scenario::{Request, Scenario},
};
use std::fmt;

/// A step. The numbers are those of a call or of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A person sends a request.
    Send(usize, Person, Request, usize),
    /// The write of a call reaches the table.
    Write(usize, Person, Request),
    /// The instance reads the answer of the table, publishes the write, and answers.
    Publish(usize, Person, Request),
    /// The sender receives the answer.
    Receive(usize, Person, Request),
    /// A fault: the answer of the table is lost, and the SDK sends the write again.
    LoseAnswer(usize, Person, Request),
    /// A fault: the write is slow, and the SDK sends it again.
    Delay(usize, Person, Request),
    /// The slow write reaches the table.
    ArriveLate(usize, Person, Request),
    /// A fault: the sender hangs up.
    HangUp(usize, Person, Request),
    /// An instance reads a record of the table's stream.
    Follow(usize),
    /// An instance that has come back begins to follow the stream.
    StartFeed(usize),
    /// A fault: an instance dies and comes back.
    Die(usize),
    /// A person opens the page of the game. The version is the one that the instance reads.
    Open(Person, Seq),
    /// A page opens its stream. The version is the one that the instance reads, if it has to.
    Connect(Person, usize, Seq),
    /// A fault: the stream of a page breaks.
    Cut(Person),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(_, person, request, instance) => {
                write!(
                    f,
                    "{person} sends the {request} to instance {}",
                    instance + 1
                )
            }
            Self::Write(_, person, request) => write!(f, "the table receives {person}'s {request}"),
            Self::Publish(_, person, request) => {
                write!(
                    f,
                    "the instance reads the table's answer to {person}'s {request}"
                )
            }
            Self::Receive(_, person, request) => {
                write!(f, "{person} receives the answer to the {request}")
            }
            Self::LoseAnswer(_, person, request) => write!(
                f,
                "FAULT: the table's answer to {person}'s {request} is lost, and the SDK repeats the write"
            ),
            Self::Delay(_, person, request) => {
                write!(
                    f,
                    "FAULT: {person}'s {request} is slow, and the SDK repeats the write"
                )
            }
            Self::ArriveLate(_, person, request) => {
                write!(
                    f,
                    "the table receives the slow write of {person}'s {request}"
                )
            }
            Self::HangUp(_, person, request) => {
                write!(f, "FAULT: {person} hangs up on the {request}")
            }
            Self::Follow(instance) => {
                write!(f, "instance {} reads a record of the stream", instance + 1)
            }
            Self::StartFeed(instance) => {
                write!(f, "instance {} begins to follow the stream", instance + 1)
            }
            Self::Die(instance) => {
                write!(f, "FAULT: instance {} dies and comes back", instance + 1)
            }
            Self::Open(person, _) => write!(f, "{person} opens the page"),
            Self::Connect(person, instance, _) => {
                write!(
                    f,
                    "{person}'s page opens its stream at instance {}",
                    instance + 1
                )
            }
            Self::Cut(person) => write!(f, "FAULT: the stream of {person}'s page breaks"),
        }
    }
}

impl Scenario {
    /// Collects the steps that may be taken in a state.
    pub(crate) fn steps(&self, state: &State, steps: &mut Vec<Step>) {
        if state.fault.is_some() {
            return;
        }
        self.requests_of(state, steps);
        self.steps_of_calls(state, steps);
        let latest = state.latest();
        for (number, instance) in state.instances[..self.instances()].iter().enumerate() {
            match instance.followed {
                _ if !self.has_stream => {}
                None => steps.push(Step::StartFeed(number)),
                Some(seq) if seq < latest => steps.push(Step::Follow(number)),
                Some(_) => {}
            }
            if state.faults > 0 {
                steps.push(Step::Die(number));
            }
        }
        self.steps_of_pages(state, steps);
    }

    fn requests_of(&self, state: &State, steps: &mut Vec<Step>) {
        for (number, planned) in self.requests.iter().enumerate() {
            let waits = |call: &Call| call.is_heard && call.person == planned.person;
            let is_open = matches!(
                state.requests[number],
                Progress::Planned | Progress::Unknown
            );
            if is_open && !state.calls.iter().any(waits) {
                steps.extend(planned.instances.iter().map(|&instance| {
                    Step::Send(number, planned.person, planned.request, instance)
                }));
            }
        }
    }

    fn steps_of_calls(&self, state: &State, steps: &mut Vec<Step>) {
        let has_faults = state.faults > 0;
        for (number, call) in state.calls.iter().enumerate() {
            let (person, request) = (call.person, call.request);
            match &call.stage {
                Stage::Sent(attempt) => {
                    steps.push(Step::Write(number, person, request));
                    if has_faults && self.rules.late_writes && !attempt.is_repeated {
                        steps.push(Step::Delay(number, person, request));
                    }
                }
                Stage::Written(attempt, _) => {
                    steps.push(Step::Publish(number, person, request));
                    if has_faults && !attempt.is_repeated {
                        steps.push(Step::LoseAnswer(number, person, request));
                    }
                }
                Stage::Answered(_) => steps.push(Step::Receive(number, person, request)),
            }
            if has_faults && call.is_heard {
                steps.push(Step::HangUp(number, person, request));
            }
        }
        for (number, (call, _)) in state.late.iter().enumerate() {
            steps.push(Step::ArriveLate(number, call.person, call.request));
        }
    }

    fn steps_of_pages(&self, state: &State, steps: &mut Vec<Step>) {
        for person in Person::ALL {
            let Some(home) = self.pages[person as usize] else {
                continue;
            };
            let page = state.pages[person as usize].as_ref();
            match page.map(|page| &page.connection) {
                None => {
                    for seq in state.readable(person, home) {
                        if state.versions[seq].game.is_some() {
                            steps.push(Step::Open(person, seq));
                        }
                    }
                }
                Some(Connection::Rendered(_) | Connection::Lost) => {
                    for instance in 0..self.instances() {
                        for seq in state.readable(person, instance) {
                            steps.push(Step::Connect(person, instance, seq));
                        }
                    }
                }
                Some(Connection::Open(_)) if state.faults > 0 => steps.push(Step::Cut(person)),
                Some(Connection::Open(_)) => {}
            }
        }
    }
}
