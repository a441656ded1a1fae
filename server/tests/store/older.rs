//! The table that AWS's example application made, with the games that it left there.

use crate::{
    instance::{Instance, player},
    item,
    support::{Fixture, dynamodb_local, on_both_engines},
};
use app::{
    error::AppError,
    ids::GameId,
    ssr::store::Store,
    view_model::{GameResult, ListName, Status},
};
use aws_sdk_dynamodb::types::{
    AttributeAction, AttributeDefinition, AttributeValue, AttributeValueUpdate, ComparisonOperator,
    ExpectedAttributeValue, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ProvisionedThroughput, ScalarAttributeType,
};

/// The fixture with a `Games` table as the older application creates it: indexes that project
/// everything, provisioned capacity, no stream. Our other tables are created beside it.
async fn with_older_table(mut fixture: Fixture) -> Fixture {
    let prefix = format!("{}Older", fixture.prefix);
    let throughput = || {
        ProvisionedThroughput::builder()
            .read_capacity_units(1)
            .write_capacity_units(1)
            .build()
            .expect("complete")
    };
    let key = |name: &str, key_type| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(key_type)
            .build()
            .expect("complete")
    };
    let mut create = fixture
        .client
        .create_table()
        .table_name(format!("{prefix}Games"))
        .key_schema(key("GameId", KeyType::Hash))
        .provisioned_throughput(throughput());
    for name in ["GameId", "HostId", "OpponentId", "StatusDate"] {
        create = create.attribute_definitions(
            AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S)
                .build()
                .expect("complete"),
        );
    }
    for (name, hash) in [
        ("HostId-StatusDate-index", "HostId"),
        ("OpponentId-StatusDate-index", "OpponentId"),
    ] {
        create = create.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(name)
                .key_schema(key(hash, KeyType::Hash))
                .key_schema(key("StatusDate", KeyType::Range))
                .projection(
                    Projection::builder()
                        .projection_type(ProjectionType::All)
                        .build(),
                )
                .provisioned_throughput(throughput())
                .build()
                .expect("complete"),
        );
    }
    create.send().await.expect("created");
    fixture.store = Store::new(fixture.client.clone(), &prefix);
    fixture
        .store
        .create_missing_tables()
        .await
        .expect("created");
    fixture
}

/// A game of Alice Smith's, whose name our rule would not allow, with bob. X, the opponent, begins.
async fn older_game(fixture: &Fixture, attributes: &[(&str, &str)]) -> GameId {
    let mut all = vec![
        ("HostId", "Alice Smith"),
        ("OpponentId", "bob"),
        ("OUser", "Alice Smith"),
        ("Turn", "bob"),
    ];
    all.retain(|(name, _)| attributes.iter().all(|(other, _)| other != name));
    all.extend_from_slice(attributes);
    item::put(fixture, &all).await
}

const X_HAS_WON: [(&str, &str); 5] = [
    ("TopLeft", "X"),
    ("TopMiddle", "X"),
    ("TopRight", "X"),
    ("BottomLeft", "O"),
    ("BottomRight", "O"),
];

on_both_engines!(
    async fn an_older_invitation_is_listed_accepted_and_played_to_its_end(fixture: Fixture) {
        let fixture = with_older_table(fixture).await;
        let instance = Instance::of(&fixture);
        let now = jiff::Timestamp::now();
        let date = now
            .to_zoned(jiff::tz::TimeZone::UTC)
            .strftime("PENDING_%Y-%m-%d %H:%M:%S");
        let id = older_game(&fixture, &[("StatusDate", &date.to_string())]).await;

        let listed = instance.list("bob", ListName::Invitations, None).await;
        assert_eq!(listed.games[0].host.as_str(), "Alice Smith");
        let game = instance.accept("bob", id).await.expect("accepted");
        assert_eq!(game.turn, Some(player("bob")), "in older games X begins");

        let game = instance
            .play("bob", id, "MiddleMiddle", 0)
            .await
            .expect("a move");
        assert_eq!(game.turn.as_ref().map(|t| t.as_str()), Some("Alice Smith"));
        assert_eq!(game.moves.map(|moves| moves.len()), Some(1));
    }
);

on_both_engines!(
    async fn a_game_begun_there_goes_on_here_with_its_order_unknown(fixture: Fixture) {
        let fixture = with_older_table(fixture).await;
        let instance = Instance::of(&fixture);
        let id = older_game(
            &fixture,
            &[
                ("StatusDate", "IN_PROGRESS_2014-08-01 12:00:00.500000"),
                ("TopLeft", "X"),
                ("MiddleMiddle", "O"),
            ],
        )
        .await;
        let game = instance.look(Some("bob"), id).await.expect("a game");
        assert_eq!((game.moves, game.board.len()), (None, 2));

        let game = instance
            .play("bob", id, "TopMiddle", 2)
            .await
            .expect("a move");
        assert_eq!(game.moves, None, "two marks are not accounted for");
        // Sent again, here or on another instance, it is one move.
        for instance in [&instance, &Instance::of(&fixture)] {
            let again = instance.play("bob", id, "TopMiddle", 2).await;
            assert_eq!(again.expect("the same").board, game.board);
        }
        assert_eq!(
            instance.play("bob", id, "TopLeft", 2).await,
            Err(AppError::StaleBoard),
            "that mark is older"
        );

        // Alice Smith plays on there, and bob wins here.
        let there = [("BottomLeft", Some("O")), ("Turn", Some("bob"))];
        item::change(&fixture, id, &there).await;
        let game = instance
            .play("bob", id, "TopRight", 4)
            .await
            .expect("a move");
        assert_eq!(game.result, Some(GameResult::Won(player("bob"))));
        let item = item::of(&fixture, id).await.expect("an item");
        assert_eq!((&*item["Turn"], &*item["Result"]), ("N/A", "bob"));
        assert!(item["StatusDate"].starts_with("FINISHED_20"));
    }
);

on_both_engines!(
    async fn a_won_board_left_in_progress_is_over_and_a_player_completes_it(fixture: Fixture) {
        let fixture = with_older_table(fixture).await;
        let mut attributes = X_HAS_WON.to_vec();
        attributes.push(("StatusDate", "IN_PROGRESS_2014-08-01 12:00:00.500000"));
        attributes.push(("Turn", "Alice Smith"));
        for by_moving in [false, true] {
            let instance = Instance::of(&fixture);
            let id = older_game(&fixture, &attributes).await;
            // A watcher sees that it is over, and changes nothing.
            for watcher in [None, Some("cleo")] {
                let game = instance.look(watcher, id).await.expect("a game");
                assert_eq!(game.status, Status::Finished);
                assert_eq!(game.result, Some(GameResult::Won(player("bob"))));
            }
            let item = item::of(&fixture, id).await.expect("an item");
            assert!(item["StatusDate"].starts_with("IN_PROGRESS_"));

            if by_moving {
                let refused = instance.play("bob", id, "MiddleLeft", 5).await;
                assert_eq!(refused, Err(AppError::GameNotInProgress));
            } else {
                instance.look(Some("bob"), id).await.expect("a game");
            }
            let item = item::of(&fixture, id).await.expect("an item");
            assert!(item["StatusDate"].starts_with("FINISHED_"));
            assert_eq!((&*item["Turn"], &*item["Result"]), ("N/A", "bob"));
        }
    }
);

on_both_engines!(
    async fn older_lists_are_shown_whatever_the_dates_and_results_look_like(fixture: Fixture) {
        let fixture = with_older_table(fixture).await;
        let instance = Instance::of(&fixture);
        let finished = async |date, result| {
            let mut attributes = X_HAS_WON.to_vec();
            attributes.extend([("StatusDate", date), ("Turn", "N/A"), ("Result", result)]);
            older_game(&fixture, &attributes).await
        };
        let first = finished("FINISHED_2014-08-01 12:00:00", "bob").await;
        let second = finished("FINISHED_2014-08-01 12:00:00.250000", "bob").await;
        // Written when somebody who did not play looked at the game.
        let third = finished("FINISHED_2014-08-02 12:00:00", "a passer-by").await;
        let page = instance.list("bob", ListName::Finished, None).await;
        let ids: Vec<GameId> = page.games.iter().map(|game| game.game_id).collect();
        assert_eq!(ids, [third, second, first]);
        for game in page.games {
            assert_eq!(game.result, Some(GameResult::Won(player("bob"))));
        }
    }
);

/// A move as the older application writes it, with DynamoDB's legacy parameters. The embedded engine
/// does not know them, so this is asked of Amazon's.
async fn moves_there(
    fixture: &Fixture,
    id: GameId,
    square: &str,
    (mover, mark): (&str, &str),
    next: &str,
) -> bool {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let put = |value: &str| {
        AttributeValueUpdate::builder()
            .action(AttributeAction::Put)
            .value(text(value))
            .build()
    };
    let in_progress = ExpectedAttributeValue::builder()
        .attribute_value_list(text("IN_PROGRESS_"))
        .comparison_operator(ComparisonOperator::BeginsWith)
        .build();
    let result = fixture
        .client
        .update_item()
        .table_name(&fixture.store.tables().games)
        .key("GameId", text(&id.to_string()))
        .attribute_updates(square, put(mark))
        .attribute_updates("Turn", put(next))
        .expected("StatusDate", in_progress)
        .expected(
            "Turn",
            ExpectedAttributeValue::builder().value(text(mover)).build(),
        )
        .expected(
            square,
            ExpectedAttributeValue::builder().exists(false).build(),
        )
        .send()
        .await;
    result.is_ok()
}

#[tokio::test]
async fn a_game_begun_here_goes_on_there_and_back() {
    let fixture = with_older_table(dynamodb_local().await).await;
    let instance = Instance::of(&fixture);
    let id = instance.started("ada", "bob").await;
    instance
        .play("ada", id, "TopLeft", 0)
        .await
        .expect("a move");
    assert!(!moves_there(&fixture, id, "TopLeft", ("bob", "X"), "ada").await);
    assert!(moves_there(&fixture, id, "BottomLeft", ("bob", "X"), "ada").await);

    let game = instance
        .play("ada", id, "TopMiddle", 2)
        .await
        .expect("a move");
    assert_eq!((game.moves, game.board.len()), (None, 3));
    assert!(moves_there(&fixture, id, "BottomMiddle", ("bob", "X"), "ada").await);
    let game = instance
        .play("ada", id, "TopRight", 4)
        .await
        .expect("a move");
    assert_eq!(game.result, Some(GameResult::Won(player("ada"))));
    assert!(!moves_there(&fixture, id, "BottomRight", ("bob", "X"), "ada").await);
}
