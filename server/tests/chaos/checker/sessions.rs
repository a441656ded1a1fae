//! Accounts and sessions: names belong to one registration, and sessions last from log-in to log-out.

use super::{
    Findings,
    violation::{Kind, Violation},
};
use crate::record::{Record, SessionAction, SessionCall, SessionOutcome};
use std::collections::BTreeMap;

pub fn check(record: &Record, found: &mut Vec<Violation>) {
    let mut visitors: BTreeMap<&str, Vec<&SessionCall>> = BTreeMap::new();
    for call in &record.sessions {
        visitors.entry(&call.name).or_default().push(call);
    }
    for (name, calls) in visitors {
        let mut findings = Findings {
            subject: name,
            found,
        };
        check_accounts(&calls, &mut findings);
        check_sessions(&calls, record.bounds.session, &mut findings);
    }
}

fn check_accounts(calls: &[&SessionCall], findings: &mut Findings<'_>) {
    let registrations = || {
        calls
            .iter()
            .filter_map(|call| Some((call, call.registers()?)))
    };
    let acknowledged: Vec<_> = registrations()
        .filter(|(call, _)| call.is_acknowledged())
        .collect();
    if let [(first, _), (second, _), ..] = &acknowledged[..] {
        findings.add(Kind::RegisteredTwice, format!("{first:?}\n{second:?}"));
    }
    for call in calls {
        let SessionOutcome::Rejected { status, code } = &call.outcome else {
            if let SessionAction::LogIn { password } = &call.action
                && call.is_acknowledged()
                && !registrations().any(|(_, registered)| registered == password)
            {
                findings.add(Kind::WrongPasswordAccepted, format!("{call:?}"));
            }
            continue;
        };
        match &call.action {
            _ if *status >= 500 => findings.add(Kind::ServerError, format!("{call:?}")),
            SessionAction::LogIn { password } => {
                let is_registered = acknowledged.iter().any(|(earlier, registered)| {
                    earlier.ended < call.began && *registered == password
                });
                if is_registered || code != "wrong_credentials" {
                    findings.add(Kind::LostAccount, format!("{call:?}"));
                }
            }
            SessionAction::Register { .. } => {
                let mut others = registrations().filter(|(other, _)| {
                    other.began != call.began && other.may_have_acted() && other.began < call.ended
                });
                if code != "name_taken" || others.next().is_none() {
                    findings.add(Kind::UnjustifiedRejection, format!("{call:?}"));
                }
            }
            SessionAction::LogOut { .. } => {
                findings.add(Kind::UnjustifiedRejection, format!("{call:?}"));
            }
            SessionAction::Identify { .. } => {}
        }
    }
}

fn check_sessions(calls: &[&SessionCall], bound: u64, findings: &mut Findings<'_>) {
    for call in calls {
        let SessionAction::Identify { session } = &call.action else {
            continue;
        };
        let ends = |other: &&&SessionCall| matches!(&other.action, SessionAction::LogOut { session: ended } if ended == session);
        let log_outs = || calls.iter().filter(ends);
        match &call.outcome {
            SessionOutcome::Rejected { .. } => {
                if !log_outs().any(|end| end.may_have_acted() && end.began < call.ended) {
                    findings.add(Kind::LostSession, format!("{call:?}"));
                }
            }
            SessionOutcome::Done => {
                // The instance that ended a session knows of it at once, and the others when they hear of it.
                let is_known = |end: &&&SessionCall| {
                    let delay = if end.instance == call.instance {
                        0
                    } else {
                        bound
                    };
                    end.is_acknowledged() && end.ended + delay < call.began
                };
                if let Some(end) = log_outs().find(is_known) {
                    findings.add(Kind::SessionOutlived, format!("{end:?}\n{call:?}"));
                }
            }
            SessionOutcome::Started(_) | SessionOutcome::Unknown { .. } => {}
        }
    }
}

impl SessionCall {
    fn is_acknowledged(&self) -> bool {
        matches!(
            self.outcome,
            SessionOutcome::Started(_) | SessionOutcome::Done
        )
    }

    fn may_have_acted(&self) -> bool {
        !matches!(self.outcome, SessionOutcome::Rejected { .. })
    }

    /// The password of a registration that may have succeeded.
    fn registers(&self) -> Option<&String> {
        match &self.action {
            SessionAction::Register { password } if self.may_have_acted() => Some(password),
            _ => None,
        }
    }
}
