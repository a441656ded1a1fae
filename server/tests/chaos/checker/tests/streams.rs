//! Falsified event streams and pages.

use super::{
    super::simulation::{BOUND, GAME, Simulation},
    Kind, assert_finds, assert_valid, in_progress,
};
use crate::{
    clock::Tick,
    record::{Disturbance, ListName, PageEvent, Record},
};
use domain::views::LobbyEvent;
use serde_json::json;

/// A record with one violation of this kind.
pub fn falsified(kind: Kind) -> Record {
    match kind {
        Kind::Untold => told_late(|_| {}),
        Kind::OlderAfterNewer => {
            let mut simulation = in_progress(&[0]);
            simulation.open_page(GAME);
            simulation.tell(GAME);
            simulation.play(GAME, 1);
            simulation.tell(GAME);
            let events = &mut simulation.pages[0].connections[0].events;
            events.push((events[2].0 + 1, events[1].1.clone()));
            simulation.record()
        }
        Kind::FalselyGone => with_list_event(|_| json!({"kind": "removed", "game_id": GAME})),
        Kind::WrongListing => with_list_event(|turn| moved("in_progress", "IN_PROGRESS", turn)),
        Kind::WrongPage => {
            let mut simulation = in_progress(&[0]);
            let mut lists = simulation.lists("bob");
            lists.get_mut(&ListName::InProgress).unwrap().0.clear();
            simulation.open_home("bob").lists = Some(lists);
            simulation.record()
        }
        other => unreachable!("{other:?}"),
    }
}

/// A record in which the last move is told after the time for it.
fn told_late(change: impl FnOnce(&mut Record)) -> Record {
    let mut simulation = in_progress(&[0]);
    simulation.open_page(GAME);
    simulation.play(GAME, 1);
    simulation.tell(GAME);
    let mut record = simulation.record();
    last_event(&mut record).0 += BOUND;
    change(&mut record);
    record
}

fn last_event(record: &mut Record) -> &mut (Tick, PageEvent) {
    record.pages[0].connections[0].events.last_mut().unwrap()
}

/// A record with a home page and an event for its lists, with the name of the player who is not in turn.
fn with_list_event(event: impl FnOnce(&str) -> serde_json::Value) -> Record {
    let mut simulation = in_progress(&[0]);
    simulation.open_home("bob");
    push_list_event(&mut simulation, event("ada"));
    simulation.record()
}

fn push_list_event(simulation: &mut Simulation, event: serde_json::Value) {
    let event: LobbyEvent = serde_json::from_value(event).unwrap();
    let now = simulation.tick();
    let page = simulation.pages.last_mut().unwrap();
    page.connections[0]
        .events
        .push((now, PageEvent::Lobby(event)));
}

fn moved(list: &str, status: &str, turn: &str) -> serde_json::Value {
    json!({"kind": "moved", "list": list, "version": 3, "game": {
        "game_id": GAME, "host": "ada", "opponent": "bob", "status": status,
        "updated_at": "2026-11-22T05:30:00.000000Z", "turn": turn, "result": null,
    }})
}

#[test]
fn a_right_event_for_the_lists_is_valid() {
    assert_valid(&with_list_event(|_| {
        moved("in_progress", "IN_PROGRESS", "bob")
    }));
}

#[test]
fn a_change_of_the_lists_must_be_told() {
    let mut simulation = in_progress(&[0]);
    simulation.open_home("bob");
    simulation.play(GAME, 1);
    assert_finds(Kind::Untold, &simulation.record());
}

#[test]
fn a_removal_must_be_told() {
    let mut simulation = super::invited();
    simulation.open_page(GAME);
    simulation.remove(GAME, "ada", crate::history::Action::Cancel);
    simulation.tell(GAME);
    let mut record = simulation.record();
    assert_valid(&record);
    last_event(&mut record).0 += BOUND;
    assert_finds(Kind::Untold, &record);
}

#[test]
fn a_change_may_be_told_late_after_a_disturbance() {
    let disturb = |instance| {
        told_late(|record| {
            let began = record.pages[0].connections[0].opened;
            let ended = began + BOUND;
            record.disturbances.push(Disturbance {
                instance,
                began,
                ended,
            });
        })
    };
    assert_valid(&disturb(Some(0)));
    assert_valid(&disturb(None));
    assert_finds(Kind::Untold, &disturb(Some(1)));
}

#[test]
fn a_broken_stream_need_not_tell_a_change() {
    assert_valid(&told_late(|record| {
        let told = last_event(record).0;
        record.pages[0].connections[0].closed = told - BOUND / 2;
    }));
}

#[test]
fn a_page_of_a_game_must_show_its_last_version() {
    let mut simulation = in_progress(&[0]);
    simulation.open_page(GAME);
    simulation.play(GAME, 1);
    let mut record = simulation.record();
    // The stream breaks, and the page never reconnects.
    let connection = &mut record.pages[0].connections[0];
    connection.closed = connection.opened + 1;
    assert_finds(Kind::WrongPage, &record);
    record.pages[0].is_closed = true;
    assert_valid(&record);
}
