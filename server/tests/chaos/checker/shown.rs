//! The final state of the pages: what each shows is what the table has.

use super::{
    Findings,
    item::Stored,
    lists,
    violation::{Kind, Violation},
};
use crate::{
    history::{Call, Summary},
    record::{Item, ListName, Page, Record},
};
use std::collections::{BTreeMap, BTreeSet};

pub fn check(
    record: &Record,
    items: &BTreeMap<&str, &Item>,
    valid: &BTreeMap<&str, Stored>,
    found: &mut Vec<Violation>,
) {
    let may_be_removal = |call: &&Call| call.is_removal() && call.may_have_acted();
    let removals = record.calls.iter().filter(may_be_removal);
    let removed: BTreeSet<&str> = removals.map(|call| call.game.as_str()).collect();
    for page in record.pages.iter().filter(|page| !page.is_closed) {
        if let Some(game) = &page.game {
            let stored = valid.get(game.as_str());
            // An unreadable item is reported elsewhere.
            if stored.is_some() == items.contains_key(game.as_str()) {
                check_game(page, game, stored, removed.contains(game.as_str()), found);
            }
        } else if let Some(viewer) = &page.viewer {
            check_lists(page, viewer, items, valid, found);
        }
    }
}

fn check_game(
    page: &Page,
    game: &str,
    stored: Option<&Stored>,
    was_removed: bool,
    found: &mut Vec<Violation>,
) {
    let expected = stored.map(Stored::version);
    // A later invitation may have reused the id after the page closed.
    let is_closed = page.is_gone() && was_removed;
    if page.shown_version() != expected && !is_closed {
        let shown = page.shown_version();
        let connections = page.connections.iter();
        let connections = connections.map(|connection| connection.about(game).to_string());
        let connections = connections.collect::<Vec<_>>().join("\n");
        let explanation = format!("it shows {shown:?}; the table has {expected:?}\n{connections}");
        Findings {
            subject: game,
            found,
        }
        .add(Kind::WrongPage, explanation);
    }
}

fn check_lists(
    page: &Page,
    viewer: &str,
    items: &BTreeMap<&str, &Item>,
    valid: &BTreeMap<&str, Stored>,
    found: &mut Vec<Violation>,
) {
    let Some(shown) = &page.lists else {
        let explanation = "the home page was never loaded".to_owned();
        return Findings {
            subject: viewer,
            found,
        }
        .add(Kind::WrongPage, explanation);
    };
    let mut add = |game: &str, list: ListName, reason: String| {
        let connection = page.connections.last();
        let connection = connection.map(|connection| connection.about(game).to_string());
        let explanation = format!(
            "{} of {viewer}: {reason}\n{}",
            list.name(),
            connection.unwrap_or_default()
        );
        Findings {
            subject: game,
            found,
        }
        .add(Kind::WrongPage, explanation);
    };
    for (&list, (games, has_more)) in shown {
        for game in games {
            let id = game.game_id.as_str();
            match valid.get(id) {
                Some(stored) if lists::summary_of(id, stored) == *game => {}
                // An unreadable item is reported elsewhere.
                None if items.contains_key(id) => {}
                stored => add(
                    id,
                    list,
                    format!("it shows {game:?}; the table has {stored:?}"),
                ),
            }
        }
        let oldest = games.iter().map(|game| &game.updated_at).min();
        let is_on_page = |stored: &Stored| !has_more || Some(&stored.updated_at) >= oldest;
        let is_shown = |id: &str| games.iter().any(|game: &Summary| game.game_id == id);
        for (id, stored) in valid {
            if lists::belongs(stored, list, viewer) && is_on_page(stored) && !is_shown(id) {
                add(id, list, format!("it lacks {stored:?}"));
            }
        }
    }
}
