//! Items of the games table, read and written without the store.

use aws_sdk_dynamodb::types::AttributeValue;
use backend::game::new_game_id;
use domain::ids::GameId;
use std::collections::BTreeMap;
use test_support::Fixture;

/// The item of a game as text. Lists are joined with commas.
pub async fn get(fixture: &Fixture, id: GameId) -> Option<BTreeMap<String, String>> {
    let answer = fixture
        .client
        .get_item()
        .table_name(&fixture.store.tables().games)
        .key("GameId", AttributeValue::S(id.to_string()))
        .consistent_read(true)
        .send()
        .await
        .expect("an answer");
    let text = |value: AttributeValue| match value {
        AttributeValue::S(text) => text,
        AttributeValue::L(list) => {
            let texts: Vec<String> = list
                .into_iter()
                .map(|v| v.as_s().expect("a string").clone())
                .collect();
            texts.join(",")
        }
        other => panic!("an attribute of an unexpected type: {other:?}"),
    };
    Some(
        answer
            .item?
            .into_iter()
            .map(|(name, value)| (name, text(value)))
            .collect(),
    )
}

/// Puts an item of string attributes, as another application would.
pub async fn put(fixture: &Fixture, attributes: &[(&str, &str)]) -> GameId {
    let id = new_game_id();
    let mut put = fixture
        .client
        .put_item()
        .table_name(&fixture.store.tables().games)
        .item("GameId", AttributeValue::S(id.to_string()));
    for (name, value) in attributes {
        put = put.item(*name, AttributeValue::S((*value).to_owned()));
    }
    put.send().await.expect("put");
    id
}

/// Sets attributes of an item or, with `None`, removes them.
pub async fn change(fixture: &Fixture, id: GameId, attributes: &[(&str, Option<&str>)]) {
    for (name, value) in attributes {
        let update = fixture
            .client
            .update_item()
            .table_name(&fixture.store.tables().games)
            .key("GameId", AttributeValue::S(id.to_string()))
            .expression_attribute_names("#a", *name);
        let update = match value {
            Some(value) => update
                .update_expression("SET #a = :v")
                .expression_attribute_values(":v", AttributeValue::S((*value).to_owned())),
            None => update.update_expression("REMOVE #a"),
        };
        update.send().await.expect("changed");
    }
}
