//! The indexes and the lists: each game is once in the right lists of both players, newest first.

use super::{
    Findings,
    item::Stored,
    violation::{Kind, Violation},
};
use crate::{
    history::Summary,
    record::{IndexRead, Item, ListName, ListRead, Record},
};
use std::collections::{BTreeMap, BTreeSet};

const PAGE_SIZE: usize = 10;

/// The attributes in the indexes.
const PROJECTED: [&str; 5] = ["GameId", "HostId", "OpponentId", "StatusDate", "Result"];

pub fn check(
    record: &Record,
    items: &BTreeMap<&str, &Item>,
    valid: &BTreeMap<&str, Stored>,
    found: &mut Vec<Violation>,
) {
    for read in &record.indexes {
        check_index(read, items, found);
    }
    for read in &record.lists {
        check_list(read, items, valid, found);
    }
}

fn check_index(read: &IndexRead, items: &BTreeMap<&str, &Item>, found: &mut Vec<Violation>) {
    let key = read.key.attribute();
    let projected = |item: &Item| -> Item {
        let of = |name: &&str| Some(((*name).to_owned(), item.get(*name)?.clone()));
        PROJECTED.iter().filter_map(of).collect()
    };
    let own = items
        .values()
        .filter(|item| item.get(key).is_some_and(|name| *name == *read.player));
    let own = own.map(|item| (super::id_of(item), projected(item)));
    let mut expected: BTreeMap<&str, Item> = own.collect();
    for entry in &read.entries {
        let id = super::id_of(entry);
        if expected.get(id) == Some(entry) {
            expected.remove(id);
        } else {
            wrong_index(read, entry, "only the index has", found);
        }
    }
    for item in expected.values() {
        wrong_index(read, item, "only the table has", found);
    }
}

fn wrong_index(read: &IndexRead, entry: &Item, problem: &str, found: &mut Vec<Violation>) {
    let mut findings = Findings {
        subject: super::id_of(entry),
        found,
    };
    let explanation = format!(
        "{problem}, for {} {}: {entry:?}",
        read.key.attribute(),
        read.player
    );
    findings.add(Kind::WrongIndex, explanation);
}

/// Whether the game is in this list of the player.
pub fn belongs(stored: &Stored, list: ListName, player: &str) -> bool {
    let is_host = stored.host == player;
    let is_opponent = stored.opponent == player;
    match list {
        ListName::Invitations => stored.status == "PENDING" && is_opponent,
        ListName::Outgoing => stored.status == "PENDING" && is_host,
        ListName::InProgress => stored.status == "IN_PROGRESS" && (is_host || is_opponent),
        ListName::Finished => stored.status == "FINISHED" && (is_host || is_opponent),
    }
}

fn check_list(
    read: &ListRead,
    items: &BTreeMap<&str, &Item>,
    valid: &BTreeMap<&str, Stored>,
    found: &mut Vec<Violation>,
) {
    let own = |(_, stored): &(&&str, &Stored)| belongs(stored, read.list, &read.player);
    let mut expected: Vec<_> = valid.iter().filter(own).collect();
    expected.sort_by(|(_, a), (_, b)| b.updated_at.cmp(&a.updated_at));
    if !read.is_whole {
        expected.truncate(PAGE_SIZE);
    }
    let place = format!(
        "{} of {} from instance {}",
        read.list.name(),
        read.player,
        read.instance
    );
    let mut add = |subject: &str, kind, explanation: String| {
        Findings { subject, found }.add(kind, format!("{place}: {explanation}"));
    };

    let mut shown = BTreeSet::new();
    for summary in read.pages.iter().flatten() {
        let id = summary.game_id.as_str();
        if !shown.insert(id) {
            add(id, Kind::TwiceInList, format!("{summary:?}"));
            continue;
        }
        match valid.get(id) {
            Some(stored) if !belongs(stored, read.list, &read.player) => {
                add(id, Kind::InWrongList, format!("the table says {stored:?}"));
            }
            Some(stored) if *summary != summary_of(id, stored) => {
                add(
                    id,
                    Kind::WrongSummary,
                    format!("{summary:?}; the table says {stored:?}"),
                );
            }
            Some(_) => {}
            // An unreadable item is reported elsewhere.
            None if items.contains_key(id) => {}
            None => add(
                id,
                Kind::InWrongList,
                "the game is not in the table".to_owned(),
            ),
        }
    }
    let are_all_valid = valid.len() == items.len();
    for (id, stored) in expected.iter().filter(|(id, _)| !shown.contains(*id)) {
        if read.is_whole || are_all_valid {
            add(
                id,
                Kind::MissingFromList,
                format!("the table says {stored:?}"),
            );
        }
    }
    if let Some((game, reason)) = out_of_order(read) {
        add(game, Kind::WrongOrder, reason.to_owned());
    }
}

/// The entry of a game in a list.
pub fn summary_of(id: &str, stored: &Stored) -> Summary {
    Summary {
        game_id: id.to_owned(),
        host: stored.host.clone(),
        opponent: stored.opponent.clone(),
        status: stored.status.clone(),
        updated_at: stored.updated_at.clone(),
        turn: (stored.status == "IN_PROGRESS").then(|| stored.turn.clone()),
        result: stored.result.clone(),
    }
}

/// The first game in a wrong position, with the reason.
fn out_of_order(read: &ListRead) -> Option<(&str, &'static str)> {
    let waits = |game: &Summary| {
        read.list == ListName::InProgress && game.turn.as_ref() != Some(&read.player)
    };
    for (number, page) in read.pages.iter().enumerate() {
        let is_last = number + 1 == read.pages.len();
        let last = page.last()?;
        if page.len() > PAGE_SIZE || (!is_last && page.len() < PAGE_SIZE) {
            return Some((&last.game_id, "its page has the wrong size"));
        }
        for pair in page.windows(2) {
            let key = |game: &Summary| (!waits(game), game.updated_at.clone());
            if key(&pair[0]) < key(&pair[1]) {
                return Some((&pair[1].game_id, "it is too late on its page"));
            }
        }
        let oldest = page.iter().map(|game| &game.updated_at).min();
        let next = read.pages.get(number + 1).into_iter().flatten();
        if let Some(newer) = next
            .into_iter()
            .find(|game| Some(&game.updated_at) > oldest)
        {
            return Some((&newer.game_id, "it is on too late a page"));
        }
    }
    None
}
