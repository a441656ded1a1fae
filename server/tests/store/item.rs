//! Items as the table holds them, past the store.

use crate::support::Fixture;
use app::ids::GameId;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::BTreeMap;

/// The item of a game as text: strings as they are, lists joined with commas.
pub async fn of(fixture: &Fixture, id: GameId) -> Option<BTreeMap<String, String>> {
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
    let id = GameId::random();
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

/// Sets or, with `None`, removes attributes of an item, past every rule.
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
