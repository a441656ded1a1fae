//! The assumptions of the other tests: both engines process the store's requests, consumed capacity is counted, and the
//! SDK sees the injected faults.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{
        delete_item::DeleteItemError,
        query::builders::QueryFluentBuilder,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use backend::store::Index;
use test_support::{Engine, Fault, Fixture, on_both_engines};

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// Puts an item that appears in both indexes.
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

/// An update that marks an empty square.
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

/// A query of a player's games in progress.
fn query(fixture: &Fixture, index: Index, player: &str) -> QueryFluentBuilder {
    fixture
        .client
        .query()
        .table_name(fixture.games_table())
        .index_name(index.name())
        .key_condition_expression("#key = :player AND begins_with(StatusDate, :status)")
        .expression_attribute_names("#key", index.partition_key())
        .expression_attribute_values(":player", text(player))
        .expression_attribute_values(":status", text("IN_PROGRESS_"))
}

on_both_engines! {
    async fn capacity_is_counted_by_table_and_index(fixture: Fixture) {
        let games = fixture.games_table();
        put_game(&fixture).await;
        assert_eq!(fixture.capacity.write_units(&games), 3.0);
        for index in [Index::Host, Index::Opponent] {
            assert_eq!(fixture.capacity.index_write_units(&games, index.name()), 1.0);
        }

        // This changes no projected attribute.
        fixture.capacity.reset();
        mark(&fixture, "TopLeft").send().await.unwrap();
        assert_eq!(fixture.capacity.write_units(&games), 1.0);

        // This changes a key of both indexes: each deletes an entry and adds one.
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

        // DynamoDB Local reports 0 units for a query that finds nothing. The service bills half a unit.
        fixture.capacity.reset();
        let invited = query(&fixture, Index::Opponent, "nobody").send().await.unwrap();
        assert_eq!(invited.count(), 0);
        let units = if fixture.engine == Engine::Embedded { 0.5 } else { 0.0 };
        assert_eq!(fixture.capacity.read_units(&games), units);

        fixture.capacity.reset();
        let found = query(&fixture, Index::Host, "ada").send().await.unwrap();
        assert_eq!(found.count(), 1);
        assert_eq!(fixture.capacity.read_units(&games), 0.5);
        assert_eq!(fixture.capacity.index_read_units(&games, Index::Host.name()), 0.5);
        assert_eq!(fixture.capacity.write_units(&games), 0.0);
    }

    async fn a_failed_condition_is_counted_and_returns_the_old_item(fixture: Fixture) {
        let games = fixture.games_table();
        put_game(&fixture).await;
        mark(&fixture, "TopLeft").send().await.unwrap();
        fixture.capacity.reset();
        let error = mark(&fixture, "TopLeft")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await
            .unwrap_err()
            .into_service_error();
        let UpdateItemError::ConditionalCheckFailedException(failure) = error else {
            panic!("{error:?}");
        };
        assert_eq!(failure.item.unwrap()["TopLeft"], text("X"));
        assert_eq!(fixture.capacity.failed_conditions(&games), 1);
        assert_eq!(fixture.capacity.write_units(&games), 0.0);

        let error: DeleteItemError = fixture
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
        assert!(error.is_conditional_check_failed_exception(), "{error:?}");
        assert_eq!(fixture.capacity.failed_conditions(&games), 2);
    }

    async fn the_sdk_retries_throttled_and_lost_requests(fixture: Fixture) {
        put_game(&fixture).await;
        for fault in [Fault::Throttled, Fault::Unreachable] {
            fixture.faults.fail_next("UpdateItem", fault);
        }
        mark(&fixture, "TopLeft").send().await.unwrap();

        // The write succeeded, so the retry finds its own mark.
        fixture.faults.fail_next("UpdateItem", Fault::ResponseLost);
        let error = mark(&fixture, "TopRight").send().await.unwrap_err();
        assert!(
            error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception),
            "{error:?}"
        );
    }

    async fn an_outage_ends(fixture: Fixture) {
        put_game(&fixture).await;
        fixture.faults.fail_all(Fault::Unreachable);
        let failed = mark(&fixture, "TopLeft").send().await.unwrap_err();
        assert!(matches!(failed, SdkError::DispatchFailure(_)), "{failed:?}");
        fixture.faults.clear();
        mark(&fixture, "TopLeft").send().await.unwrap();
    }

    async fn each_test_has_its_own_tables(fixture: Fixture) {
        let tables = fixture.client.list_tables().send().await.unwrap();
        let own = tables.table_names().iter().filter(|name| name.starts_with(&fixture.prefix));
        assert!(own.count() <= 3);
        fixture.store.check_tables().await.unwrap();
    }
}
