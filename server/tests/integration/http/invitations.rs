//! Invitations: invite, accept, decline, cancel.

use test_support::{App, Method, Value, game_path, header, json};

const ID: &str = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11";

#[tokio::test]
async fn an_invitation_is_a_pending_game() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    // Bob has no account yet.
    let created = ada
        .post("/api/v1/games", json!({"opponent": "Bob"}))
        .await
        .is(201);
    let game = created.json();
    let path = game_path(game["game_id"].as_str().unwrap());
    assert_eq!(created.header(header::LOCATION), path);
    assert_eq!(app.visitor().get(&path).await.is(200).json(), game);

    let members: Vec<_> = game
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected = [
        "game_id",
        "host",
        "opponent",
        "status",
        "updated_at",
        "turn",
        "board",
        "moves",
        "result",
        "version",
    ];
    expected.sort_unstable();
    assert_eq!(members, expected);
    assert_eq!(game["host"], "ada");
    assert_eq!(game["opponent"], "bob");
    assert_eq!(game["status"], "PENDING");
    assert_eq!(game["board"], json!({}));
    assert_eq!(game["moves"], json!([]));
    assert_eq!(
        (&game["turn"], &game["result"]),
        (&Value::Null, &Value::Null)
    );
    let updated_at = game["updated_at"].as_str().unwrap();
    assert!(
        updated_at.ends_with('Z') && updated_at.contains('T'),
        "{updated_at}"
    );
    assert!(game["version"].is_u64());
}

#[tokio::test]
async fn an_invitation_with_an_id_can_be_sent_again() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let invite = json!({"opponent": "bob", "game_id": ID});
    let first = ada.post("/api/v1/games", invite.clone()).await.is(201);
    let again = ada.post("/api/v1/games", invite.clone()).await.is(200);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header(header::LOCATION), game_path(ID));

    // The response shows later changes and does not undo them.
    bob.accept(ID).await;
    let later = ada.post("/api/v1/games", invite).await.is(200).json();
    assert_eq!(later["status"], "IN_PROGRESS");

    // With another host or another opponent it is not the same request.
    for (client, opponent) in [(&bob, "cleo"), (&ada, "cleo")] {
        let invite = json!({"opponent": opponent, "game_id": ID});
        let answer = client.post("/api/v1/games", invite).await;
        assert_eq!(answer.problem(422, "invalid_request")["field"], "game_id");
    }
}

#[tokio::test]
async fn two_players_can_have_several_games() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    assert_ne!(ada.invite("bob").await, ada.invite("bob").await);
    let nullable = json!({"opponent": "bob", "game_id": null});
    ada.post("/api/v1/games", nullable).await.is(201);
}

#[tokio::test]
async fn invalid_invitations_are_rejected() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for (opponent, id, field) in [
        ("ada", ID, "opponent"),
        (" ADA", ID, "opponent"),
        ("", ID, "opponent"),
        ("x y", ID, "opponent"),
        ("tie", ID, "opponent"),
        ("bob", "", "game_id"),
        ("bob", "7", "game_id"),
    ] {
        let invite = json!({"opponent": opponent, "game_id": id});
        let answer = ada.post("/api/v1/games", invite).await;
        assert_eq!(
            answer.problem(422, "invalid_request")["field"],
            field,
            "{opponent:?}"
        );
    }
    app.visitor()
        .post("/api/v1/games", json!({"opponent": "bob"}))
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn only_the_invited_player_can_accept() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let cleo = app.player("cleo").await;
    let game = ada.invite("bob").await;
    let visitor = app.visitor();
    let answer = visitor.answer_invitation(&game, "accept").await;
    answer.problem(401, "not_logged_in");
    for other in [&ada, &cleo] {
        let answer = other.answer_invitation(&game, "accept").await;
        answer.problem(403, "not_your_game");
    }

    let before = ada.game(&game).await;
    let accepted = bob.accept(&game).await;
    assert_eq!(accepted["status"], "IN_PROGRESS");
    assert_eq!(accepted["turn"], "ada");
    assert!(accepted["version"].as_u64() > before["version"].as_u64());
    assert_eq!(ada.game(&game).await, accepted);

    // The same player gets the current game. Another player is still rejected.
    assert_eq!(bob.accept(&game).await, accepted);
    let after_move = ada.play(&game, "TopLeft", 0).await;
    assert_eq!(bob.accept(&game).await, after_move);
    ada.answer_invitation(&game, "accept")
        .await
        .problem(403, "not_your_game");
}

#[tokio::test]
async fn the_invited_player_declines_and_the_host_cancels() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    for (action, entitled, other) in [("decline", &bob, &ada), ("cancel", &ada, &bob)] {
        let game = ada.invite("bob").await;
        app.visitor()
            .answer_invitation(&game, action)
            .await
            .problem(401, "not_logged_in");
        other
            .answer_invitation(&game, action)
            .await
            .problem(403, "not_your_game");

        let done = entitled.answer_invitation(&game, action).await.is(204);
        assert!(done.body.is_empty());
        entitled
            .get(&game_path(&game))
            .await
            .problem(404, "no_such_game");
        entitled
            .answer_invitation(&game, action)
            .await
            .problem(404, "no_such_game");
        bob.answer_invitation(&game, "accept")
            .await
            .problem(404, "no_such_game");
    }
}

#[tokio::test]
async fn a_started_game_can_be_neither_declined_nor_cancelled() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    bob.answer_invitation(&game, "decline")
        .await
        .problem(409, "not_pending");
    ada.answer_invitation(&game, "cancel")
        .await
        .problem(409, "not_pending");
    // The caller is checked before the status.
    ada.answer_invitation(&game, "decline")
        .await
        .problem(403, "not_your_game");
    bob.answer_invitation(&game, "cancel")
        .await
        .problem(403, "not_your_game");
}

#[tokio::test]
async fn actions_ignore_the_body() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    for body in ["", "{}", "no json"] {
        let game = ada.invite("bob").await;
        let accept = bob.request(Method::POST, &format!("{}/accept", game_path(&game)));
        accept
            .header("content-type", "text/plain")
            .body(body)
            .send()
            .await
            .is(200);
    }
}

#[tokio::test]
async fn simultaneous_accept_and_cancel_have_one_outcome() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let (accepted, cancelled) = tokio::join!(
        bob.answer_invitation(&game, "accept"),
        ada.answer_invitation(&game, "cancel"),
    );
    let now = ada.get(&game_path(&game)).await;
    if accepted.status == 200 {
        cancelled.problem(409, "not_pending");
        assert_eq!(now.is(200).json()["status"], "IN_PROGRESS");
    } else {
        cancelled.is(204);
        accepted.problem(404, "no_such_game");
        now.problem(404, "no_such_game");
    }
}
