//! Falsified lists that were read page by page while they changed.

use super::{
    super::simulation::{GAME, Simulation},
    Kind, assert_finds, assert_valid, in_progress,
};
use crate::record::{ListName, Record, Walk};

/// A record with a walk through a list of bob after some moves, and one more move during the walk.
fn with_walk(places: &[usize], list: ListName, next: usize) -> Record {
    let mut simulation: Simulation = in_progress(places);
    let began = simulation.tick();
    let games = simulation.all_games(list, "bob");
    simulation.play(GAME, next);
    let walk = Walk {
        player: "bob".to_owned(),
        list,
        began,
        ended: simulation.tick(),
        games,
        is_whole: true,
    };
    let mut record = simulation.record();
    record.walks.push(walk);
    record
}

#[test]
fn a_game_that_leaves_the_list_may_be_there_or_not() {
    let mut record = with_walk(&[0, 3, 1, 4], ListName::InProgress, 2);
    assert_valid(&record);
    record.walks[0].games.retain(|game| game.game_id != GAME);
    assert_valid(&record);
}

#[test]
fn a_game_that_stays_in_the_list_must_be_there() {
    let mut record = with_walk(&[0, 3], ListName::InProgress, 1);
    assert_valid(&record);
    record.walks[0].games.retain(|game| game.game_id != GAME);
    assert_finds(Kind::MissingFromList, &record);
}

#[test]
fn a_walk_that_was_broken_off_may_miss_a_game() {
    let mut record = with_walk(&[0, 3], ListName::InProgress, 1);
    record.walks[0].games.retain(|game| game.game_id != GAME);
    record.walks[0].is_whole = false;
    assert_valid(&record);
}

#[test]
fn no_game_is_there_twice() {
    let mut record = with_walk(&[0, 3, 1, 4], ListName::InProgress, 2);
    let again = record.walks[0].games[0].clone();
    record.walks[0].games.push(again);
    assert_finds(Kind::TwiceInList, &record);
}

#[test]
fn a_game_is_not_in_a_list_that_it_has_not_entered() {
    let mut record = with_walk(&[0, 3], ListName::InProgress, 1);
    record.walks[0].list = ListName::Finished;
    let finished = with_walk(&[0, 3], ListName::Finished, 1).walks.remove(0);
    record.walks[0].games.retain(|game| game.game_id == GAME);
    record.walks[0].games.extend(finished.games);
    assert_finds(Kind::InWrongList, &record);
}
