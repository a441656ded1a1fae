//! Falsified accounts and sessions.

use super::{Kind, assert_finds, assert_valid, in_progress};
use crate::record::{Record, SessionAction, SessionCall, SessionOutcome};

const BOUND: u64 = super::super::simulation::BOUND;

/// A record with one violation of this kind.
pub fn falsified(kind: Kind) -> Record {
    let mut visit = Visit::default();
    visit.call(register("one"), started("a"));
    match kind {
        Kind::RegisteredTwice => visit.call(register("two"), started("b")),
        Kind::LostAccount => visit.call(log_in("one"), rejected(401, "wrong_credentials")),
        Kind::WrongPasswordAccepted => visit.call(log_in("two"), started("b")),
        Kind::LostSession => visit.call(identify("a"), rejected(401, "not_logged_in")),
        Kind::SessionOutlived => {
            visit.call(log_out("a"), SessionOutcome::Done);
            visit.call(identify("a"), SessionOutcome::Done)
        }
        other => unreachable!("{other:?}"),
    };
    visit.record()
}

#[derive(Default)]
struct Visit(Vec<SessionCall>);

impl Visit {
    fn call(&mut self, action: SessionAction, outcome: SessionOutcome) -> &mut SessionCall {
        let began = 10 * self.0.len() as u64;
        self.0.push(SessionCall {
            name: "dora".to_owned(),
            action,
            instance: 0,
            began,
            ended: began + 5,
            outcome,
        });
        self.0.last_mut().unwrap()
    }

    fn record(self) -> Record {
        let mut record = in_progress(&[]).record();
        record.sessions = self.0;
        record
    }
}

fn register(password: &str) -> SessionAction {
    SessionAction::Register {
        password: password.to_owned(),
    }
}

fn log_in(password: &str) -> SessionAction {
    SessionAction::LogIn {
        password: password.to_owned(),
    }
}

fn log_out(session: &str) -> SessionAction {
    SessionAction::LogOut {
        session: session.to_owned(),
    }
}

fn identify(session: &str) -> SessionAction {
    SessionAction::Identify {
        session: session.to_owned(),
    }
}

fn started(session: &str) -> SessionOutcome {
    SessionOutcome::Started(session.to_owned())
}

fn rejected(status: u16, code: &str) -> SessionOutcome {
    SessionOutcome::Rejected {
        status,
        code: code.to_owned(),
    }
}

fn unknown() -> SessionOutcome {
    SessionOutcome::Unknown {
        reason: "the response was lost".to_owned(),
    }
}

#[test]
fn a_valid_visit_passes() {
    let mut visit = Visit::default();
    visit.call(register("one"), unknown());
    visit.call(register("two"), rejected(409, "name_taken"));
    visit.call(log_in("one"), started("a"));
    visit.call(log_in("two"), rejected(401, "wrong_credentials"));
    visit.call(identify("a"), SessionOutcome::Done);
    visit.call(log_out("a"), unknown());
    visit.call(identify("a"), rejected(401, "not_logged_in"));
    assert_valid(&visit.record());
}

#[test]
fn a_name_is_taken_only_by_a_registration() {
    let mut visit = Visit::default();
    visit.call(register("one"), rejected(409, "name_taken"));
    assert_finds(Kind::UnjustifiedRejection, &visit.record());
}

#[test]
fn another_instance_may_take_a_while_to_hear_of_a_log_out() {
    let mut visit = Visit::default();
    visit.call(register("one"), started("a"));
    visit.call(log_out("a"), SessionOutcome::Done);
    visit.call(identify("a"), SessionOutcome::Done).instance = 1;
    assert_valid(&Visit(visit.0.clone()).record());
    let late = visit.call(identify("a"), SessionOutcome::Done);
    (late.instance, late.began, late.ended) = (1, BOUND + 100, BOUND + 105);
    assert_finds(Kind::SessionOutlived, &visit.record());
}
