//! The history checker: is the record one that a correct application can have produced? A pure function, with
//! rules of its own.

mod answers;
mod dossier;
#[cfg(test)]
mod forge;
mod invitations;
mod item;
mod lists;
mod moves;
mod refusals;
#[cfg(test)]
mod tests;
mod violation;

pub use item::Stored;
pub use violation::{Kind, Violation};

use crate::record::{Item, Record};
use dossier::Dossier;
use std::collections::{BTreeMap, BTreeSet};

/// What was found, while one game is looked at.
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

/// Everything that is wrong with a record.
pub fn check(record: &Record) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut good: BTreeMap<&str, Stored> = BTreeMap::new();
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
        let dossier = Dossier {
            calls: calls.remove(game).unwrap_or_default(),
            stored,
        };
        moves::check(&dossier, &mut findings);
        invitations::check(&dossier, &mut findings);
        answers::check(&dossier, &mut findings);
        refusals::check(&dossier, &mut findings);
        if let Some(stored) = dossier.stored
            && found[before..]
                .iter()
                .all(|violation| !is_of_the_item(violation.kind))
        {
            good.insert(game, stored);
        }
    }
    lists::check(record, &items, &good, &mut found);
    found
}

fn id_of(item: &Item) -> &str {
    item.get("GameId")
        .and_then(|id| id.as_str())
        .unwrap_or_default()
}

/// Of a game whose item is wrong it can't be said what a list should show.
fn is_of_the_item(kind: Kind) -> bool {
    kind <= Kind::WrongResult
}
