//! The history checker, a pure function: it finds everything in a record that a correct application cannot produce.

mod answers;
mod game_history;
mod invitations;
mod item;
mod lists;
mod moves;
mod rejections;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod violation;

pub use item::Stored;
pub use violation::{Kind, Violation};

use crate::record::{Item, Record};
use game_history::GameHistory;
use std::collections::{BTreeMap, BTreeSet};

/// The violations found in one game.
pub struct Findings<'a> {
    game: &'a str,
    found: &'a mut Vec<Violation>,
}

impl Findings<'_> {
    fn add(&mut self, kind: Kind, explanation: String) {
        self.found.push(Violation {
            kind,
            game: self.game.to_owned(),
            explanation,
        });
    }
}

/// All violations in a record.
pub fn check(record: &Record) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut valid: BTreeMap<&str, Stored> = BTreeMap::new();
    let items: BTreeMap<&str, &Item> = record
        .items
        .iter()
        .map(|item| (id_of(item), item))
        .collect();
    let mut calls: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for call in &record.calls {
        calls.entry(&call.game).or_default().push(call);
    }
    let games: BTreeSet<&str> = items.keys().chain(calls.keys()).copied().collect();
    for game in games {
        let before = found.len();
        let mut findings = Findings {
            game,
            found: &mut found,
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
        let history = GameHistory {
            calls: calls.remove(game).unwrap_or_default(),
            stored,
        };
        moves::check(&history, &mut findings);
        invitations::check(&history, &mut findings);
        answers::check(&history, &mut findings);
        rejections::check(&history, &mut findings);
        if let Some(stored) = history.stored
            && found[before..]
                .iter()
                .all(|violation| !concerns_item(violation.kind))
        {
            valid.insert(game, stored);
        }
    }
    lists::check(record, &items, &valid, &mut found);
    found
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
