//! Readers who page through the lists of players while these change.

use crate::{
    door::Request,
    history::Summary,
    record::{ListName, Walk},
    world::{Account, World},
};
use std::{sync::Arc, time::Duration};
use tokio::time;

/// A long list is left after this many pages.
const MAX_PAGES: usize = 20;

/// The longest pause between two walks.
const MAX_PAUSE_MILLIS: u64 = 200;

/// Walks through one list after the other until the game time is over.
pub async fn walk_through_lists(world: Arc<World>, mut random: fastrand::Rng) {
    while !world.is_over() {
        let player = world.any_account(&mut random).clone();
        let list = ListName::ALL[random.usize(0..ListName::ALL.len())];
        if let Some(walk) = walk(&world, &player, list, &mut random).await {
            world.walks.lock().unwrap().push(walk);
        }
        time::sleep(Duration::from_millis(random.u64(0..MAX_PAUSE_MILLIS))).await;
    }
}

/// Reads a list page by page, each from any instance. Returns `None` if a page cannot be read.
async fn walk(
    world: &World,
    player: &Account,
    list: ListName,
    random: &mut fastrand::Rng,
) -> Option<Walk> {
    let mut games: Vec<Summary> = Vec::new();
    let mut cursor = String::new();
    let began = world.tick();
    let mut is_whole = false;
    for _ in 0..MAX_PAGES {
        let path = format!("/api/v1/lobby/{}?cursor={cursor}", list.name());
        let instance = world.any_instance(random);
        let answer = world.send(instance, player, &Request::get(path)).await;
        let mut page = answer.ok().filter(|answer| answer.status == 200)?.body;
        games.extend(serde_json::from_value::<Vec<Summary>>(page["games"].take()).ok()?);
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => {
                is_whole = true;
                break;
            }
        }
    }
    Some(Walk {
        player: player.name.clone(),
        list,
        began,
        ended: world.tick(),
        games,
        is_whole,
    })
}
