//! Races and faults on purpose.

use super::{assert_contains, panel, race, rows, switch, visible_text};
use server::{database::DatabaseKind, inspector::faults::Fault};
use test_support::{App, Client, Method, NO_GAME, dynamodb_local_endpoint, json, new_game_id};

#[tokio::test]
async fn one_write_of_a_race_succeeds_and_the_others_fail() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let accepted = race(&bob, &game, "", "10").await.is(200).text();
    assert!(
        visible_text(&accepted).contains("10 acceptances at once: 1 succeeded, 9 rejected."),
        "{accepted}"
    );
    assert_eq!(ada.game(&game).await["status"], "IN_PROGRESS");

    let raced = race(&ada, &game, "MiddleMiddle", "20").await.is(200).text();
    let sentence = "20 moves to Middle middle at once: 1 succeeded, 19 rejected.";
    assert!(visible_text(&raced).contains(sentence), "{raced}");
    let refused: Vec<String> = rows(&raced)
        .into_iter()
        .filter(|row| row.contains("False:"))
        .collect();
    assert_eq!(refused.len(), 19);
    for row in &refused {
        assert_contains(
            row,
            &[
                "False: Turn = \"ada\", but the item held Turn = \"bob\"",
                "False: attribute_not_exists(MiddleMiddle), but the item held MiddleMiddle = \"O\"",
            ],
        );
    }
    let seen = bob.game(&game).await;
    assert_eq!(
        (&seen["turn"], seen["moves"].as_array().unwrap().len()),
        (&json!("bob"), 1)
    );
    bob.play(&game, "TopLeft", 1).await;

    // A move that is invalid once cannot be raced.
    race(&bob, &game, "BottomLeft", "5")
        .await
        .problem(409, "not_your_turn");
    race(&ada, &game, "TopLeft", "5")
        .await
        .problem(409, "square_taken");
    race(&ada, &game, "nowhere", "5")
        .await
        .problem(422, "invalid_request");
    race(&ada, &game, "BottomLeft", "1000")
        .await
        .problem(422, "invalid_request");
    race(&ada, NO_GAME, "BottomLeft", "5")
        .await
        .problem(404, "no_such_game");
    race(&app.player("carol").await, &game, "BottomLeft", "5")
        .await
        .problem(403, "not_your_game");
    race(&app.visitor(), &game, "BottomLeft", "5")
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn faults_do_not_change_the_game() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let last = async |client: &Client| rows(&panel(client, "/").await).pop().unwrap();

    switch(&ada, Fault::AnswerLost, true).await;
    ada.play(&game, "TopLeft", 0).await;
    assert_contains(
        &last(&ada).await,
        &[
            "2 attempts",
            "1. no answer",
            "2. ConditionalCheckFailedException",
            "False: Turn = \"ada\"",
        ],
    );
    switch(&ada, Fault::AnswerLost, false).await;

    switch(&bob, Fault::Throttled, true).await;
    bob.play(&game, "MiddleMiddle", 1).await;
    assert_contains(
        &last(&bob).await,
        &[
            "2 attempts",
            "1. ThrottlingException (throttled on purpose)",
            "2. answered",
            "done",
        ],
    );
    switch(&bob, Fault::Throttled, false).await;

    switch(&ada, Fault::Duplicated, true).await;
    ada.play(&game, "TopRight", 2).await;
    assert_contains(
        &last(&ada).await,
        &[
            "delivered twice: the second got ConditionalCheckFailedException",
            "done",
        ],
    );
    switch(&ada, Fault::Duplicated, false).await;

    switch(&bob, Fault::Delayed, true).await;
    bob.play(&game, "TopMiddle", 3).await;
    assert_contains(&last(&bob).await, &["delayed by 1.5 s", "done"]);
    switch(&bob, Fault::Delayed, false).await;

    let seen = ada.game(&game).await;
    assert_eq!(
        seen["moves"],
        json!(["TopLeft", "MiddleMiddle", "TopRight", "TopMiddle"])
    );
    // Faults can be combined.
    for fault in [Fault::AnswerLost, Fault::Throttled, Fault::Duplicated] {
        switch(&ada, fault, true).await;
    }
    ada.play(&game, "BottomLeft", 4).await;
    assert_eq!(ada.game(&game).await["moves"].as_array().unwrap().len(), 5);
    ada.request(Method::POST, "/inspector/faults")
        .call(&[("fault", "fire"), ("on", "true")])
        .send()
        .await
        .problem(422, "invalid_request");
}

#[tokio::test]
async fn a_cut_stream_ends_and_can_be_opened_again_after_the_fault() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let stream = format!("/api/v1/games/{game}/events");
    let mut ada_stream = ada.events(&stream).await;
    let mut bob_stream = bob.events(&stream).await;
    ada_stream.expect("game").await;
    bob_stream.expect("game").await;
    switch(&ada, Fault::StreamCut, true).await;
    ada_stream.expect_end().await;
    ada.get(&stream).await.problem(503, "server_stopping");
    ada.get("/api/v1/events")
        .await
        .problem(503, "server_stopping");
    ada.play(&game, "TopLeft", 0).await;
    assert_eq!(bob_stream.expect("game").await["turn"], "bob");
    switch(&ada, Fault::StreamCut, false).await;
    let mut ada_stream = ada.events(&stream).await;
    assert_eq!(ada_stream.expect("game").await["turn"], "bob");
}

#[tokio::test]
async fn the_faults_of_one_session_leave_retries_for_the_others() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    switch(&ada, Fault::Throttled, true).await;
    switch(&bob, Fault::Throttled, true).await;
    // The SDK's limit of 500 retry tokens would hold for the process. Each of these requests takes 30 or more.
    for _ in 0..60 {
        ada.get("/api/v1/lobby").await.is(200);
    }
    bob.get("/api/v1/lobby").await.is(200);
}

#[tokio::test]
async fn faults_need_an_engine_on_this_machine() {
    let endpoint = dynamodb_local_endpoint().await;
    // This address reaches the same engine, but is not on the loopback interface.
    let elsewhere = endpoint.replace("127.0.0.1", "0.0.0.0");
    assert_ne!(endpoint, elsewhere);
    for (endpoint, status) in [(endpoint, 200), (elsewhere, 404)] {
        let app = App::start_with(|config| {
            config.database.kind = DatabaseKind::Local;
            config.database.endpoint = Some(endpoint);
            config.table_prefix = format!("t{}-", new_game_id());
        })
        .await;
        let ada = app.player("ada").await;
        let request = ada.request(Method::POST, "/inspector/faults");
        let fields = [("fault", Fault::Throttled.as_str()), ("on", "true")];
        request.call(&fields).send().await.is(status);
        let has_switches = panel(&ada, "/").await.contains("Break it");
        assert_eq!(has_switches, status == 200);
    }
}
