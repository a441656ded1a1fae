//! The indexes and the lists: each game in exactly the lists of exactly its two players, once, newest first.

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

const PAGE: usize = 10;

/// What an index holds of an item.
const PROJECTED: [&str; 5] = ["GameId", "HostId", "OpponentId", "StatusDate", "Result"];

pub fn check(
    record: &Record,
    items: &BTreeMap<&str, &Item>,
    good: &BTreeMap<&str, Stored>,
    found: &mut Vec<Violation>,
) {
    for read in &record.indexes {
        check_index(read, items, found);
    }
    for read in &record.lists {
        check_list(read, items, good, found);
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
    let mut expected: Vec<Item> = own.map(|item| projected(item)).collect();
    for entry in &read.entries {
        match expected.iter().position(|item| item == entry) {
            Some(position) => {
                expected.swap_remove(position);
            }
            None => wrong_index(read, entry, "the index has and the table has not", found),
        }
    }
    for item in &expected {
        wrong_index(read, item, "the table has and the index has not", found);
    }
}

fn wrong_index(read: &IndexRead, entry: &Item, what: &str, found: &mut Vec<Violation>) {
    let mut findings = Findings {
        game: super::id_of(entry),
        found,
    };
    let explanation = format!(
        "{what}, by {} {}: {entry:?}",
        read.key.attribute(),
        read.player
    );
    findings.add(Kind::WrongIndex, explanation);
}

fn belongs(stored: &Stored, list: ListName, player: &str) -> bool {
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
    good: &BTreeMap<&str, Stored>,
    found: &mut Vec<Violation>,
) {
    let own = |(_, stored): &(&&str, &Stored)| belongs(stored, read.list, &read.player);
    let mut expected: Vec<_> = good.iter().filter(own).collect();
    expected.sort_by(|(_, a), (_, b)| b.updated_at.cmp(&a.updated_at));
    if !read.whole {
        expected.truncate(PAGE);
    }
    let place = format!(
        "{} of {} by instance {}",
        read.list.name(),
        read.player,
        read.instance
    );
    let mut add = |game: &str, kind, explanation: String| {
        Findings { game, found }.add(kind, format!("{place}: {explanation}"));
    };

    let mut shown = BTreeSet::new();
    for summary in read.pages.iter().flatten() {
        let id = summary.game_id.as_str();
        if !shown.insert(id) {
            add(id, Kind::TwiceInList, format!("{summary:?}"));
            continue;
        }
        match good.get(id) {
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
            // What the table has and what can't be read is nothing that can be judged.
            None if items.contains_key(id) => {}
            None => add(
                id,
                Kind::InWrongList,
                "the table has no such game".to_owned(),
            ),
        }
    }
    let is_all_good = good.len() == items.len();
    for (id, stored) in expected.iter().filter(|(id, _)| !shown.contains(*id)) {
        if read.whole || is_all_good {
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

/// What a list shows of a game.
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

/// The first game that is out of place, and why.
fn out_of_order(read: &ListRead) -> Option<(&str, &'static str)> {
    let waits = |game: &Summary| {
        read.list == ListName::InProgress && game.turn.as_ref() != Some(&read.player)
    };
    for (number, page) in read.pages.iter().enumerate() {
        let is_last = number + 1 == read.pages.len();
        let last = page.last()?;
        if page.len() > PAGE || (!is_last && page.len() < PAGE) {
            return Some((&last.game_id, "its page is not full, or too full"));
        }
        for pair in page.windows(2) {
            let key = |game: &Summary| (!waits(game), game.updated_at.clone());
            if key(&pair[0]) < key(&pair[1]) {
                return Some((&pair[1].game_id, "it comes too late"));
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
