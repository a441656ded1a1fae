//! The history checker, a pure function: it finds everything in a record that a correct application cannot produce.

mod answers;
mod game_history;
mod invitations;
mod item;
mod lists;
mod moves;
mod order;
mod quiet_time;
mod rejections;
mod sessions;
mod shown;
#[cfg(test)]
mod simulation;
mod streams;
#[cfg(test)]
mod tests;
mod told;
mod violation;
mod walks;

pub use item::Stored;
pub use violation::{Kind, Violation};

use crate::{
    clock::Tick,
    history::Call,
    record::{Item, Record},
};
use game_history::GameHistory;
use std::collections::{BTreeMap, BTreeSet};
use streams::Audience;

/// The violations found in one game, or for one player.
pub struct Findings<'a> {
    subject: &'a str,
    found: &'a mut Vec<Violation>,
}

impl Findings<'_> {
    fn add(&mut self, kind: Kind, explanation: String) {
        self.found.push(Violation {
            kind,
            subject: self.subject.to_owned(),
            explanation,
        });
    }
}

/// The result of a check.
#[derive(Debug, Default)]
pub struct Verdict {
    pub violations: Vec<Violation>,
    /// The number of games for which a legal order of the calls was found.
    pub ordered_games: usize,
    /// The longest time between the first knowledge of a change and its event, without disturbances.
    pub slowest_event: Tick,
}

/// Finds all violations in a record.
pub fn check(record: &Record) -> Verdict {
    let mut verdict = Verdict::default();
    let mut valid: BTreeMap<&str, Stored> = BTreeMap::new();
    let items: BTreeMap<&str, &Item> = record
        .items
        .iter()
        .map(|item| (id_of(item), item))
        .collect();
    let audience = Audience::new(record);
    let sightings = streams::sightings(record);
    let mut calls: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in record.calls.iter().chain(&sightings) {
        calls.entry(&call.game).or_default().push(call);
    }
    let games: BTreeSet<&str> = items.keys().chain(calls.keys()).copied().collect();
    let walks = walks::Walks::new(record);
    for game in games {
        let before = verdict.violations.len();
        let mut findings = Findings {
            subject: game,
            found: &mut verdict.violations,
        };
        let stored = match items.get(game).map(|item| Stored::read(item)).transpose() {
            Ok(stored) => stored,
            Err(reason) => {
                findings.add(Kind::UnreadableItem, reason);
                continue;
            }
        };
        if let Some(stored) = &stored {
            item::check(stored, &mut findings);
        }
        let mut calls = calls.remove(game).unwrap_or_default();
        calls.sort_by_key(|call| call.began);
        let history = GameHistory {
            game,
            calls,
            stored,
        };
        moves::check(&history, &mut findings);
        invitations::check(&history, &mut findings);
        answers::check(&history, &mut findings);
        rejections::check(&history, &mut findings);
        streams::check(&history, &audience, &mut findings);
        let slowest = told::check(&history, record, &audience, &mut findings);
        verdict.slowest_event = verdict.slowest_event.max(slowest);
        walks.check_game(&history, &mut findings);
        if verdict.violations.len() == before {
            match order::search(&history) {
                order::Search::Found => verdict.ordered_games += 1,
                order::Search::TooLong => {}
                order::Search::None(operations) => {
                    Findings {
                        subject: game,
                        found: &mut verdict.violations,
                    }
                    .add(Kind::NoLegalOrder, operations);
                }
            }
        }
        if let Some(stored) = history.stored
            && verdict.violations[before..]
                .iter()
                .all(|violation| !concerns_item(violation.kind))
        {
            valid.insert(game, stored);
        }
    }
    lists::check(record, &items, &valid, &mut verdict.violations);
    shown::check(record, &items, &valid, &mut verdict.violations);
    sessions::check(record, &mut verdict.violations);
    verdict
}

fn id_of(item: &Item) -> &str {
    item.get("GameId")
        .and_then(|id| id.as_str())
        .unwrap_or_default()
}

/// Whether a violation concerns the item itself. The lists of such a game cannot be checked.
fn concerns_item(kind: Kind) -> bool {
    kind <= Kind::WrongResult
}
