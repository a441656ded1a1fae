//! What the other tests rely on: that both engines do what the store asks of them, that consumed capacity is
//! counted, and that faults are what the SDK takes them for.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use app::ssr::store::tables::{HOST_INDEX, OPPONENT_INDEX};
use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{
        delete_item::DeleteItemError,
        query::builders::QueryFluentBuilder,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use support::{Engine, Fault, Fixture, on_both_engines};

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// Puts an item that is in both indexes.
async fn put_game(fixture: &Fixture) {
    fixture
        .client
        .put_item()
        .table_name(fixture.games_table())
        .item("GameId", text("1"))
        .item("HostId", text("ada"))
        .item("OpponentId", text("bob"))
        .item("StatusDate", text("PENDING_2026-11-22 05:30:00.123456"))
        .item("Turn", text("ada"))
        .send()
        .await
        .unwrap();
}

/// An update that marks a square, if it is not marked.
fn mark(fixture: &Fixture, square: &str) -> UpdateItemFluentBuilder {
    fixture
        .client
        .update_item()
        .table_name(fixture.games_table())
        .key("GameId", text("1"))
        .update_expression("SET #square = :mark")
        .condition_expression("attribute_not_exists(#square)")
        .expression_attribute_names("#square", square)
        .expression_attribute_values(":mark", text("X"))
        .return_values(ReturnValue::AllNew)
}

/// A player's games in progress by one of the indexes.
fn query(fixture: &Fixture, index: &str, key: &str, player: &str) -> QueryFluentBuilder {
    fixture
        .client
        .query()
        .table_name(fixture.games_table())
        .index_name(index)
        .key_condition_expression("#key = :player AND begins_with(StatusDate, :status)")
        .expression_attribute_names("#key", key)
        .expression_attribute_values(":player", text(player))
        .expression_attribute_values(":status", text("IN_PROGRESS_"))
}

on_both_engines! {
    async fn capacity_is_counted_by_table_and_index(fixture: Fixture) {
        let games = fixture.games_table();
        put_game(&fixture).await;
        assert_eq!(fixture.capacity.write_units(&games), 3.0);
        assert_eq!(fixture.capacity.index_write_units(&games, HOST_INDEX), 1.0);
        assert_eq!(fixture.capacity.index_write_units(&games, OPPONENT_INDEX), 1.0);

        // The indexes hold nothing that this changes.
        fixture.capacity.reset();
        mark(&fixture, "TopLeft").send().await.unwrap();
        assert_eq!(fixture.capacity.write_units(&games), 1.0);

        // A key of both indexes: an entry goes and another comes in each.
        fixture.capacity.reset();
        fixture
            .client
            .update_item()
            .table_name(&games)
            .key("GameId", text("1"))
            .update_expression("SET StatusDate = :status_date")
            .condition_expression("begins_with(StatusDate, :pending)")
            .expression_attribute_values(":status_date", text("IN_PROGRESS_2026-11-22 05:31:00.123456"))
            .expression_attribute_values(":pending", text("PENDING_"))
            .send()
            .await
            .unwrap();
        assert_eq!(fixture.capacity.write_units(&games), 5.0);

        fixture.capacity.reset();
        let get = || fixture.client.get_item().table_name(&games).key("GameId", text("1"));
        get().send().await.unwrap();
        assert_eq!(fixture.capacity.read_units(&games), 0.5);
        get().consistent_read(true).send().await.unwrap();
        assert_eq!(fixture.capacity.read_units(&games), 1.5);
        assert_eq!(fixture.capacity.calls("GetItem"), 2);

        // DynamoDB Local says that a query that finds nothing costs nothing; the service takes half a unit.
        fixture.capacity.reset();
        let invited = query(&fixture, OPPONENT_INDEX, "OpponentId", "nobody").send().await.unwrap();
        assert_eq!(invited.count(), 0);
        let units = if fixture.engine == Engine::Embedded { 0.5 } else { 0.0 };
        assert_eq!(fixture.capacity.read_units(&games), units);

        fixture.capacity.reset();
        let found = query(&fixture, HOST_INDEX, "HostId", "ada").send().await.unwrap();
        assert_eq!(found.count(), 1);
        assert_eq!(fixture.capacity.read_units(&games), 0.5);
        assert_eq!(fixture.capacity.index_read_units(&games, HOST_INDEX), 0.5);
        assert_eq!(fixture.capacity.write_units(&games), 0.0);
    }

    async fn a_failed_condition_is_counted_and_the_old_item_comes_if_the_engine_can(fixture: Fixture) {
        let games = fixture.games_table();
        put_game(&fixture).await;
        mark(&fixture, "TopLeft").send().await.unwrap();
        fixture.capacity.reset();
        let refused = mark(&fixture, "TopLeft")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await
            .unwrap_err()
            .into_service_error();
        let UpdateItemError::ConditionalCheckFailedException(refusal) = refused
        else {
            panic!("{refused:?}");
        };
        // The published DynamoDB Local of 2020 does not know the parameter and ignores it.
        assert_eq!(refusal.item.is_some(), fixture.engine == Engine::Embedded);
        assert_eq!(fixture.capacity.failed_conditions(&games), 1);
        assert_eq!(fixture.capacity.write_units(&games), 0.0);

        let refused: DeleteItemError = fixture
            .client
            .delete_item()
            .table_name(&games)
            .key("GameId", text("1"))
            .condition_expression("HostId = :me")
            .expression_attribute_values(":me", text("bob"))
            .send()
            .await
            .unwrap_err()
            .into_service_error();
        assert!(refused.is_conditional_check_failed_exception(), "{refused:?}");
        assert_eq!(fixture.capacity.failed_conditions(&games), 2);
    }

    async fn the_sdk_repeats_what_was_throttled_or_lost(fixture: Fixture) {
        put_game(&fixture).await;
        for fault in [Fault::Throttled, Fault::Unreachable] {
            fixture.faults.fail_next("UpdateItem", fault);
        }
        mark(&fixture, "TopLeft").send().await.unwrap();

        // The write happened, so its repetition finds its own mark.
        fixture.faults.fail_next("UpdateItem", Fault::AnswerLost);
        let refused = mark(&fixture, "TopRight").send().await.unwrap_err();
        assert!(
            refused.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()),
            "{refused:?}"
        );
    }

    async fn an_outage_ends(fixture: Fixture) {
        put_game(&fixture).await;
        fixture.faults.begin(Fault::Unreachable);
        let failed = mark(&fixture, "TopLeft").send().await.unwrap_err();
        assert!(matches!(failed, SdkError::DispatchFailure(_)), "{failed:?}");
        fixture.faults.end();
        mark(&fixture, "TopLeft").send().await.unwrap();
    }

    async fn tables_are_the_tests_own(fixture: Fixture) {
        let tables = fixture.client.list_tables().send().await.unwrap();
        let own = tables.table_names().iter().filter(|name| name.starts_with(&fixture.prefix));
        assert!(own.count() <= 3);
        fixture.store.check().await.unwrap();
    }
}
