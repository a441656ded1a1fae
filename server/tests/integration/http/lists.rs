//! The lists of the home page.

use test_support::{App, Client, Value, json, play_all};

fn ids(games: &Value) -> Vec<String> {
    let games = games.as_array().unwrap().iter();
    games
        .map(|game| game["game_id"].as_str().unwrap().to_owned())
        .collect()
}

async fn lobby(client: &Client) -> Value {
    client.get("/api/v1/lobby").await.is(200).json()
}

/// All games of a list in order, and the number of its pages.
async fn all_pages(client: &Client, list: &str) -> (Vec<String>, usize) {
    let mut games = Vec::new();
    let mut path = format!("/api/v1/lobby/{list}");
    for pages in 1.. {
        let page = client.get(&path).await.is(200).json();
        let on_page = ids(&page["games"]);
        assert!(on_page.len() <= 10);
        games.extend(on_page);
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/lobby/{list}?cursor={next}"),
            None => return (games, pages),
        }
    }
    unreachable!()
}

#[tokio::test]
async fn a_game_is_in_one_list_of_each_player() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let empty = json!({"invitations": [], "outgoing": [], "in_progress": [], "finished": []});
    assert_eq!(lobby(&ada).await, empty);

    let game = ada.invite("bob").await;
    assert_eq!(ids(&lobby(&ada).await["outgoing"]), [game.as_str()]);
    let invitation = &lobby(&bob).await["invitations"][0];
    let mut members: Vec<_> = invitation
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    members.sort_unstable();
    assert_eq!(
        members,
        [
            "game_id",
            "host",
            "opponent",
            "result",
            "status",
            "turn",
            "updated_at"
        ]
    );

    bob.accept(&game).await;
    for player in [&ada, &bob] {
        let lobby = lobby(player).await;
        assert_eq!(ids(&lobby["in_progress"]), [game.as_str()]);
        assert_eq!(lobby["in_progress"][0]["turn"], "ada");
        assert_eq!(
            (&lobby["invitations"], &lobby["outgoing"]),
            (&json!([]), &json!([]))
        );
    }

    play_all(
        &ada,
        &bob,
        &game,
        &[
            "TopLeft",
            "TopRight",
            "MiddleLeft",
            "MiddleRight",
            "BottomLeft",
        ],
    )
    .await;
    for player in [&ada, &bob] {
        let lobby = lobby(player).await;
        assert_eq!(lobby["in_progress"], json!([]));
        assert_eq!(lobby["finished"][0]["result"], "ada");
    }
}

#[tokio::test]
async fn pages_neither_lose_nor_repeat_games() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let mut invited = Vec::new();
    for _ in 0..23 {
        invited.insert(0, ada.invite("bob").await);
    }
    assert_eq!(ids(&lobby(&ada).await["outgoing"]), invited[..10]);
    assert_eq!(all_pages(&ada, "outgoing").await, (invited.clone(), 3));
    assert_eq!(all_pages(&bob, "invitations").await, (invited.clone(), 3));

    // This list merges both indexes.
    let mut begun = Vec::new();
    for game in &invited[..6] {
        bob.accept(game).await;
        begun.insert(0, game.clone());
        let other = bob.invite("ada").await;
        ada.accept(&other).await;
        begun.insert(0, other);
    }
    let (mut listed, pages) = all_pages(&ada, "in_progress").await;
    assert_eq!(pages, 2);
    listed.sort_unstable();
    begun.sort_unstable();
    assert_eq!(listed, begun);
}

#[tokio::test]
async fn lists_need_a_session_and_a_known_name() {
    let app = App::start().await;
    let visitor = app.visitor();
    visitor
        .get("/api/v1/lobby")
        .await
        .problem(401, "not_logged_in");
    visitor
        .get("/api/v1/lobby/finished")
        .await
        .problem(401, "not_logged_in");
    let ada = app.player("ada").await;
    for list in ["invitations", "outgoing", "in_progress", "finished"] {
        let page = ada
            .get(&format!("/api/v1/lobby/{list}?cursor="))
            .await
            .is(200);
        assert_eq!(page.json(), json!({"games": [], "next": null}));
    }
    for list in ["all", "Finished", "%ff", "in_progress/"] {
        ada.get(&format!("/api/v1/lobby/{list}"))
            .await
            .problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_forged_cursor_is_rejected() {
    let app = App::start().await;
    let (ada, _) = app.two_players().await;
    for _ in 0..11 {
        ada.invite("bob").await;
    }
    let page = ada.get("/api/v1/lobby/outgoing").await.is(200).json();
    let next = page["next"].as_str().unwrap();
    for cursor in ["x", "%00", "e30", "null", &next[1..], &format!("{next}x")] {
        let answer = ada
            .get(&format!("/api/v1/lobby/outgoing?cursor={cursor}"))
            .await;
        assert_eq!(
            answer.problem(422, "invalid_request")["field"],
            "cursor",
            "{cursor}"
        );
    }
    // The cursor of another list.
    let answer = ada
        .get(&format!("/api/v1/lobby/finished?cursor={next}"))
        .await;
    assert_eq!(answer.problem(422, "invalid_request")["field"], "cursor");
    // Two cursors.
    let twice = format!("/api/v1/lobby/outgoing?cursor={next}&cursor={next}");
    ada.get(&twice).await.problem(400, "malformed_request");
}

#[tokio::test]
async fn a_well_formed_cursor_outside_the_list_gives_an_empty_page() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    // {"a":"PENDING_2001-01-01 00:00:00.000000","s":[]}, and the same with the year 9999.
    for cursor in [
        "eyJhIjoiUEVORElOR18yMDAxLTAxLTAxIDAwOjAwOjAwLjAwMDAwMCIsInMiOltdfQ",
        "eyJhIjoiUEVORElOR185OTk5LTAxLTAxIDAwOjAwOjAwLjAwMDAwMCIsInMiOltdfQ",
    ] {
        for list in ["invitations", "outgoing"] {
            let answer = ada
                .get(&format!("/api/v1/lobby/{list}?cursor={cursor}"))
                .await;
            assert_eq!(answer.is(200).json(), json!({"games": [], "next": null}));
        }
    }
}
