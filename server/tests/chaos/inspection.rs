//! The final contents of the table, the indexes and the lists.

use crate::{
    door::{Door, Request},
    history::{Action, Summary},
    record::{IndexKey, IndexRead, Item, ListName, ListRead, Record},
    world::{Account, Route, World},
};
use aws_sdk_dynamodb::types::AttributeValue;
use backend::store::Index;
use serde_json::Value;
use std::collections::HashMap;
use test_support::Fixture;

/// Reads the lists of every player on every instance, without any faults.
pub async fn read_lists(world: &World) -> Vec<ListRead> {
    let mut lists = Vec::new();
    for player in &world.accounts {
        for instance in 0..world.instances.len() {
            let lobby = get(world, instance, player, "/api/v1/lobby").await;
            for list in ListName::ALL {
                let read = |pages, is_whole| ListRead {
                    instance,
                    player: player.name.clone(),
                    list,
                    pages,
                    is_whole,
                };
                let first = serde_json::from_value(lobby[list.name()].clone()).unwrap();
                lists.push(read(vec![first], false));
                let pages = pages(world, instance, player, list).await;
                lists.push(read(pages, true));
            }
        }
    }
    lists
}

/// Reads the table and the indexes.
pub async fn read_tables(world: &World, fixture: &Fixture, record: &mut Record) {
    record.items = scan(fixture).await;
    for player in &world.accounts {
        for key in IndexKey::ALL {
            record.indexes.push(IndexRead {
                key,
                player: player.name.clone(),
                entries: query(fixture, key, &player.name).await,
            });
        }
    }
}

/// Reads each game from each instance as its host, which reveals wrong cached games.
pub async fn read_every_game(world: &World) {
    for (game, host) in world.hosts() {
        let host = world.accounts.iter().find(|account| account.name == host);
        let route = |instance| Route {
            instance,
            door: Door::Api,
            hang_up: None,
        };
        let reads = (0..world.instances.len())
            .map(|instance| world.call(route(instance), host.unwrap(), &game, Action::Read));
        futures::future::join_all(reads).await;
    }
}

async fn scan(fixture: &Fixture) -> Vec<Item> {
    let scan = fixture
        .client
        .scan()
        .table_name(fixture.games_table())
        .consistent_read(true);
    let items = scan
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>();
    items.await.unwrap().into_iter().map(json_item).collect()
}

async fn query(fixture: &Fixture, key: IndexKey, player: &str) -> Vec<Item> {
    let index = match key {
        IndexKey::HostId => Index::Host,
        IndexKey::OpponentId => Index::Opponent,
    };
    let query = fixture
        .client
        .query()
        .table_name(fixture.games_table())
        .index_name(index.name())
        .key_condition_expression("#key = :player")
        .expression_attribute_names("#key", key.attribute())
        .expression_attribute_values(":player", AttributeValue::S(player.to_owned()));
    let items = query
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>();
    items.await.unwrap().into_iter().map(json_item).collect()
}

fn json_item(item: HashMap<String, AttributeValue>) -> Item {
    item.into_iter()
        .map(|(name, value)| (name, json(value)))
        .collect()
}

fn json(value: AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => text.into(),
        AttributeValue::L(list) => list.into_iter().map(json).collect(),
        // The data model has no other type, so the checker reports it.
        other => serde_json::json!({ "other": format!("{other:?}") }),
    }
}

async fn pages(
    world: &World,
    instance: usize,
    player: &Account,
    list: ListName,
) -> Vec<Vec<Summary>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/lobby/{}?cursor={cursor}", list.name());
        let mut page = get(world, instance, player, &path).await;
        pages.push(serde_json::from_value(page["games"].take()).unwrap());
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return pages,
        }
    }
}

async fn get(world: &World, instance: usize, player: &Account, path: &str) -> Value {
    let answer = world
        .send(instance, player, &Request::get(path))
        .await
        .unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}
