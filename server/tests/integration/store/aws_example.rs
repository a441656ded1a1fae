//! The games table of AWS's example application, with its games.

use super::{
    instance::{Instance, player},
    items,
};
use aws_sdk_dynamodb::types::{
    AttributeAction, AttributeDefinition, AttributeValue, AttributeValueUpdate, ComparisonOperator,
    ExpectedAttributeValue, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ProvisionedThroughput, ScalarAttributeType,
};
use backend::store::Store;
use domain::{
    error::AppError,
    ids::GameId,
    lists::ListName,
    rules::Square,
    status::{GameResult, Status},
};
use test_support::{Fixture, dynamodb_local, on_both_engines};

/// The fixture with a `Games` table as the example creates it: indexes that project all attributes, provisioned
/// capacity, no stream. The store creates the other tables.
async fn with_table_of_the_example(mut fixture: Fixture) -> Fixture {
    let prefix = format!("{}Example", fixture.prefix);
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

/// Puts a game of the example. The name of the host is invalid in this application. X, the opponent, begins.
async fn put_game(fixture: &Fixture, attributes: &[(&str, &str)]) -> GameId {
    let mut all = vec![
        ("HostId", "Alice Smith"),
        ("OpponentId", "bob"),
        ("OUser", "Alice Smith"),
        ("Turn", "bob"),
    ];
    all.retain(|(name, _)| attributes.iter().all(|(other, _)| other != name));
    all.extend_from_slice(attributes);
    items::put(fixture, &all).await
}

const X_HAS_WON: [(&str, &str); 5] = [
    ("TopLeft", "X"),
    ("TopMiddle", "X"),
    ("TopRight", "X"),
    ("BottomLeft", "O"),
    ("BottomRight", "O"),
];

on_both_engines!(
    async fn an_invitation_of_the_example_can_be_accepted_and_played(fixture: Fixture) {
        let fixture = with_table_of_the_example(fixture).await;
        let instance = Instance::of(&fixture);
        let now = jiff::Timestamp::now();
        let date = now
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .strftime("PENDING_%Y-%m-%d %H:%M:%S");
        let id = put_game(&fixture, &[("StatusDate", &date.to_string())]).await;

        let listed = instance.list("bob", ListName::Invitations, None).await;
        assert_eq!(listed.games[0].host.as_str(), "Alice Smith");
        let game = instance.accept("bob", id).await.expect("accepted");
        assert_eq!(
            game.turn,
            Some(player("bob")),
            "in games of the example X begins"
        );

        let game = instance
            .play("bob", id, Square::MiddleMiddle, 0)
            .await
            .expect("a move");
        assert_eq!(
            game.turn.as_ref().map(domain::ids::PlayerName::as_str),
            Some("Alice Smith")
        );
        assert_eq!(game.moves.map(|moves| moves.len()), Some(1));
    }
);

on_both_engines!(
    async fn a_game_of_the_example_continues_with_an_unknown_order_of_moves(fixture: Fixture) {
        let fixture = with_table_of_the_example(fixture).await;
        let instance = Instance::of(&fixture);
        let id = put_game(
            &fixture,
            &[
                ("StatusDate", "IN_PROGRESS_2014-08-01 12:00:00.500000"),
                ("TopLeft", "X"),
                ("MiddleMiddle", "O"),
            ],
        )
        .await;
        let game = instance.game(Some("bob"), id).await.expect("a game");
        assert_eq!((game.moves, game.board.len()), (None, 2));

        let game = instance
            .play("bob", id, Square::TopMiddle, 2)
            .await
            .expect("a move");
        assert_eq!(game.moves, None, "two marks are not accounted for");
        // A repeated move is made once, also on another instance.
        for instance in [&instance, &Instance::of(&fixture)] {
            let again = instance.play("bob", id, Square::TopMiddle, 2).await;
            assert_eq!(again.expect("the same").board, game.board);
        }
        assert_eq!(
            instance.play("bob", id, Square::TopLeft, 2).await,
            Err(AppError::StaleBoard),
            "this mark was not made by that move"
        );

        // Alice Smith moves in the example, and bob wins in this application.
        let change = [("BottomLeft", Some("O")), ("Turn", Some("bob"))];
        items::change(&fixture, id, &change).await;
        let game = instance
            .play("bob", id, Square::TopRight, 4)
            .await
            .expect("a move");
        assert_eq!(game.result, Some(GameResult::Won(player("bob"))));
        let item = items::get(&fixture, id).await.expect("an item");
        assert_eq!((&*item["Turn"], &*item["Result"]), ("N/A", "bob"));
        assert!(item["StatusDate"].starts_with("FINISHED_20"));
    }
);

on_both_engines!(
    async fn a_won_board_left_in_progress_is_completed_by_a_player(fixture: Fixture) {
        let fixture = with_table_of_the_example(fixture).await;
        let mut attributes = X_HAS_WON.to_vec();
        attributes.push(("StatusDate", "IN_PROGRESS_2014-08-01 12:00:00.500000"));
        attributes.push(("Turn", "Alice Smith"));
        for by_moving in [false, true] {
            let instance = Instance::of(&fixture);
            let id = put_game(&fixture, &attributes).await;
            // A watcher sees the end and does not change the item.
            for watcher in [None, Some("cleo")] {
                let game = instance.game(watcher, id).await.expect("a game");
                assert_eq!(game.status, Status::Finished);
                assert_eq!(game.result, Some(GameResult::Won(player("bob"))));
            }
            let item = items::get(&fixture, id).await.expect("an item");
            assert!(item["StatusDate"].starts_with("IN_PROGRESS_"));

            if by_moving {
                let refused = instance.play("bob", id, Square::MiddleLeft, 5).await;
                assert_eq!(refused, Err(AppError::GameNotInProgress));
            } else {
                instance.game(Some("bob"), id).await.expect("a game");
            }
            let item = items::get(&fixture, id).await.expect("an item");
            assert!(item["StatusDate"].starts_with("FINISHED_"));
            assert_eq!((&*item["Turn"], &*item["Result"]), ("N/A", "bob"));
        }
    }
);

on_both_engines!(
    async fn lists_accept_the_dates_and_results_of_the_example(fixture: Fixture) {
        let fixture = with_table_of_the_example(fixture).await;
        let instance = Instance::of(&fixture);
        let finished = async |date, result| {
            let mut attributes = X_HAS_WON.to_vec();
            attributes.extend([("StatusDate", date), ("Turn", "N/A"), ("Result", result)]);
            put_game(&fixture, &attributes).await
        };
        let first = finished("FINISHED_2014-08-01 12:00:00", "bob").await;
        let second = finished("FINISHED_2014-08-01 12:00:00.250000", "bob").await;
        // The example writes this result when a stranger opens the game.
        let third = finished("FINISHED_2014-08-02 12:00:00", "a passer-by").await;
        let page = instance.list("bob", ListName::Finished, None).await;
        let ids: Vec<GameId> = page.games.iter().map(|game| game.game_id).collect();
        assert_eq!(ids, [third, second, first]);
        for game in page.games {
            assert_eq!(game.result, Some(GameResult::Won(player("bob"))));
        }
    }
);

/// Moves as the example does, with DynamoDB's legacy parameters, which the embedded engine does not know. Returns
/// whether the move was made.
async fn play_in_the_example(
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
async fn both_applications_can_continue_a_game() {
    let fixture = with_table_of_the_example(dynamodb_local().await).await;
    let instance = Instance::of(&fixture);
    let id = instance.started("ada", "bob").await;
    instance
        .play("ada", id, Square::TopLeft, 0)
        .await
        .expect("a move");
    assert!(!play_in_the_example(&fixture, id, "TopLeft", ("bob", "X"), "ada").await);
    assert!(play_in_the_example(&fixture, id, "BottomLeft", ("bob", "X"), "ada").await);

    let game = instance
        .play("ada", id, Square::TopMiddle, 2)
        .await
        .expect("a move");
    assert_eq!((game.moves, game.board.len()), (None, 3));
    assert!(play_in_the_example(&fixture, id, "BottomMiddle", ("bob", "X"), "ada").await);
    let game = instance
        .play("ada", id, Square::TopRight, 4)
        .await
        .expect("a move");
    assert_eq!(game.result, Some(GameResult::Won(player("ada"))));
    assert!(!play_in_the_example(&fixture, id, "BottomRight", ("bob", "X"), "ada").await);
}
