//! Items, conditions, indexes and time to live, requested through the AWS SDK as the store does.

use super::{INDEX, TABLE, get, item, open, open_with_table, put, text};
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{
        AttributeValue, KeysAndAttributes, Put, ReturnConsumedCapacity, ReturnValue,
        ReturnValuesOnConditionCheckFailure, TimeToLiveSpecification, TransactWriteItem,
    },
};
use std::{collections::HashMap, time::Duration};
use tokio::time::timeout;

#[tokio::test]
async fn a_failed_condition_returns_the_old_item_on_request() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(&database.client, [("Id", "1"), ("Colour", "red")]).await;

    let error = database
        .client
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item([("Id", "1"), ("Colour", "blue")])))
        .condition_expression("attribute_not_exists(Id)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let PutItemError::ConditionalCheckFailedException(failure) = error else {
        panic!("{error:?}");
    };
    assert_eq!(
        failure.item.unwrap(),
        item([("Id", "1"), ("Colour", "red")])
    );

    let error = database
        .client
        .update_item()
        .table_name(TABLE)
        .key("Id", text("1"))
        .update_expression("SET Colour = :new")
        .condition_expression("Colour = :expected")
        .expression_attribute_values(":new", text("blue"))
        .expression_attribute_values(":expected", text("green"))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let UpdateItemError::ConditionalCheckFailedException(failure) = error else {
        panic!("{error:?}");
    };
    assert_eq!(failure.item, None, "the item was not requested");
    assert_eq!(
        get(&database.client, "1").await.unwrap()["Colour"],
        text("red")
    );
}

#[tokio::test]
async fn a_failed_transaction_is_cancelled_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(&database.client, [("Id", "taken")]).await;
    let new = |id: &str| {
        TransactWriteItem::builder()
            .put(
                Put::builder()
                    .table_name(TABLE)
                    .set_item(Some(item([("Id", id)])))
                    .condition_expression("attribute_not_exists(Id)")
                    .build()
                    .unwrap(),
            )
            .build()
    };
    let error = database
        .client
        .transact_write_items()
        .transact_items(new("free"))
        .transact_items(new("taken"))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_transaction_canceled_exception(), "{error:?}");
    assert_eq!(get(&database.client, "free").await, None);
}

#[tokio::test]
async fn exactly_one_of_concurrent_conditional_updates_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(&database.client, [("Id", "1")]).await;

    let attempts: Vec<_> = (0..32)
        .map(|n| {
            let update = database
                .client
                .update_item()
                .table_name(TABLE)
                .key("Id", text("1"))
                .update_expression("SET Winner = :me")
                .condition_expression("attribute_exists(Id) AND attribute_not_exists(Winner)")
                .expression_attribute_values(":me", text(n.to_string()));
            tokio::spawn(update.send())
        })
        .collect();
    let mut winners = Vec::new();
    for (n, attempt) in attempts.into_iter().enumerate() {
        match attempt.await.unwrap() {
            Ok(_) => winners.push(n.to_string()),
            Err(error) => assert!(
                error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception),
                "{error:?}"
            ),
        }
    }
    let [winner] = winners.as_slice() else {
        panic!("winners: {winners:?}");
    };
    let stored = get(&database.client, "1").await.unwrap();
    assert_eq!(stored["Winner"], text(winner.as_str()));
}

#[tokio::test]
async fn an_update_appends_to_a_list_that_may_not_exist() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(&database.client, [("Id", "1")]).await;
    for square in ["TopLeft", "BottomRight"] {
        let answer = database
            .client
            .update_item()
            .table_name(TABLE)
            .key("Id", text("1"))
            .update_expression("SET Moves = list_append(if_not_exists(Moves, :none), :one)")
            .expression_attribute_values(":none", AttributeValue::L(vec![]))
            .expression_attribute_values(":one", AttributeValue::L(vec![text(square)]))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .unwrap();
        assert!(answer.attributes.unwrap().contains_key("Moves"));
    }
    assert_eq!(
        get(&database.client, "1").await.unwrap()["Moves"],
        AttributeValue::L(vec![text("TopLeft"), text("BottomRight")])
    );
}

#[tokio::test]
async fn an_index_is_queried_by_range_and_by_prefix_in_pages() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    for (id, date) in [
        ("1", "A_1"),
        ("2", "A_2"),
        ("3", "A_3"),
        ("4", "B_1"),
        ("5", "B_2"),
    ] {
        put(
            &database.client,
            [
                ("Id", id),
                ("Owner", "me"),
                ("Date", date),
                ("Colour", "red"),
                ("Shape", "round"),
            ],
        )
        .await;
    }
    put(
        &database.client,
        [("Id", "6"), ("Owner", "other"), ("Date", "A_9")],
    )
    .await;
    // An item without the keys of the index is not in the index.
    put(&database.client, [("Id", "7"), ("Owner", "me")]).await;

    let query = || {
        database
            .client
            .query()
            .table_name(TABLE)
            .index_name(INDEX)
            .expression_attribute_names("#owner", "Owner")
            .expression_attribute_names("#date", "Date")
            .expression_attribute_values(":owner", text("me"))
            .scan_index_forward(false)
    };
    let dates = |items: &[HashMap<String, AttributeValue>]| -> Vec<String> {
        items
            .iter()
            .map(|item| item["Date"].as_s().unwrap().clone())
            .collect()
    };

    let between = query()
        .key_condition_expression("#owner = :owner AND #date BETWEEN :from AND :to")
        .expression_attribute_values(":from", text("A_2"))
        .expression_attribute_values(":to", text("A_~"))
        .send()
        .await
        .unwrap();
    assert_eq!(dates(between.items()), ["A_3", "A_2"]);
    assert_eq!(
        between.items()[0],
        item([
            ("Id", "3"),
            ("Owner", "me"),
            ("Date", "A_3"),
            ("Colour", "red")
        ]),
        "the keys and the projected attributes only"
    );

    let by_prefix = || {
        query()
            .key_condition_expression("#owner = :owner AND begins_with(#date, :prefix)")
            .expression_attribute_values(":prefix", text("A_"))
            .limit(2)
    };
    let first = by_prefix().send().await.unwrap();
    assert_eq!(dates(first.items()), ["A_3", "A_2"]);
    let second = by_prefix()
        .set_exclusive_start_key(first.last_evaluated_key)
        .send()
        .await
        .unwrap();
    assert_eq!(dates(second.items()), ["A_1"]);
    assert_eq!(second.last_evaluated_key, None);
}

#[tokio::test]
async fn a_batch_returns_the_items_that_exist() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(
        &database.client,
        [("Id", "1"), ("Colour", "red"), ("Shape", "round")],
    )
    .await;
    put(&database.client, [("Id", "2"), ("Colour", "blue")]).await;
    let keys = KeysAndAttributes::builder()
        .keys(item([("Id", "1")]))
        .keys(item([("Id", "2")]))
        .keys(item([("Id", "3")]))
        .projection_expression("Id, Colour")
        .build()
        .unwrap();
    let answer = database
        .client
        .batch_get_item()
        .request_items(TABLE, keys)
        .send()
        .await
        .unwrap();
    let mut found = answer.responses.unwrap().remove(TABLE).unwrap();
    found.sort_by_key(|item| item["Id"].as_s().unwrap().clone());
    assert_eq!(
        found,
        [
            item([("Id", "1"), ("Colour", "red")]),
            item([("Id", "2"), ("Colour", "blue")])
        ]
    );
    assert!(answer.unprocessed_keys.unwrap_or_default().is_empty());
}

#[tokio::test]
async fn consumed_capacity_is_reported_by_table_and_index() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    let consumed = database
        .client
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item([("Id", "1"), ("Owner", "me"), ("Date", "A_1")])))
        .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
        .send()
        .await
        .unwrap()
        .consumed_capacity
        .unwrap();
    assert_eq!(consumed.table_name(), Some(TABLE));
    assert_eq!(consumed.capacity_units, Some(2.0));
    assert_eq!(consumed.table.unwrap().capacity_units, Some(1.0));
    assert_eq!(
        consumed.global_secondary_indexes.unwrap()[INDEX].capacity_units,
        Some(1.0)
    );
}

#[tokio::test]
async fn expired_items_are_deleted_by_time_to_live() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    database
        .client
        .update_time_to_live()
        .table_name(TABLE)
        .time_to_live_specification(
            TimeToLiveSpecification::builder()
                .attribute_name("ExpiresAt")
                .enabled(true)
                .build()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
    let described = database
        .client
        .describe_time_to_live()
        .table_name(TABLE)
        .send()
        .await
        .unwrap();
    assert_eq!(
        described.time_to_live_description.unwrap().attribute_name(),
        Some("ExpiresAt")
    );
    let minute_ago = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() - 60;
    for (id, expires_at) in [("old", minute_ago), ("new", minute_ago + 3600)] {
        database
            .client
            .put_item()
            .table_name(TABLE)
            .item("Id", text(id))
            .item("ExpiresAt", AttributeValue::N(expires_at.to_string()))
            .send()
            .await
            .unwrap();
    }
    database.close().await;

    // Opening the database deletes expired items at once.
    let database = open(dir.path()).await;
    let gone = async { while get(&database.client, "old").await.is_some() {} };
    timeout(Duration::from_secs(60), gone).await.unwrap();
    assert!(get(&database.client, "new").await.is_some());
}

#[tokio::test]
async fn unknown_tables_and_operations_are_service_errors() {
    let dir = tempfile::tempdir().unwrap();
    let database = open(dir.path()).await;
    let missing = database
        .client
        .describe_table()
        .table_name("Nothing")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(missing.is_resource_not_found_exception(), "{missing:?}");

    let unknown = database.client.list_backups().send().await.unwrap_err();
    assert!(matches!(unknown, SdkError::ServiceError(_)), "{unknown:?}");
    assert_eq!(unknown.code(), Some("UnknownOperationException"));
}
