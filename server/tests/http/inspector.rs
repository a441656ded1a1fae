//! Under the hood: what people see of what their clicks ask of the tables, and what they can do about it.

use super::support::*;
use app::ssr::{
    auth::SessionToken,
    cookie,
    inspector::{faults::Fault, person::KEPT},
    use_cases::accounts,
};
use http_body_util::BodyExt;
use hyper::body::Incoming;

impl Client {
    /// What the session cookie holds.
    fn token(&self) -> SessionToken {
        let cookie = self.cookie().unwrap().parse().unwrap();
        let headers = [(header::COOKIE, cookie)].into_iter().collect();
        cookie::session_token(&headers).unwrap()
    }

    /// The panel beside a page.
    async fn panel(&self, page: &str) -> String {
        let path = format!("/inspector?page={page}");
        self.get(&path).await.is(200).text()
    }

    async fn race(&self, game: &str, square: &str, times: &str) -> Answer {
        let fields = [("game_id", game), ("square", square), ("times", times)];
        let request = self.request(Method::POST, "/inspector/race");
        request.call(&fields).send().await
    }

    async fn switch(&self, fault: Fault, on: bool) {
        let fields = [
            ("fault", fault.as_str()),
            ("on", if on { "true" } else { "false" }),
        ];
        let request = self.request(Method::POST, "/inspector/faults");
        let switches = request.call(&fields).send().await.is(200).text();
        let switch = format!("id=\"fault-{fault}\" aria-checked=\"{on}\"");
        assert!(switches.contains(&switch), "{switches}");
    }
}

/// The rows of a panel, each with all that is in it.
fn rows(panel: &str) -> Vec<String> {
    let starts = panel.split("<li data-number=\"").skip(1);
    starts
        .map(|row| plain(row.split("</li>").next().unwrap()))
        .collect()
}

/// Text without tags, as people read it.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        let (_tag, rest) = part.split_once('>').unwrap_or(("", part));
        text.push_str(rest);
    }
    let text = text
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    text.replace("&amp;", "&")
}

#[track_caller]
fn has(row: &str, parts: &[&str]) {
    for part in parts {
        assert!(row.contains(part), "no {part:?} in {row}");
    }
}

#[tokio::test]
async fn each_request_is_shown_with_its_expressions_and_its_cost() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    bob.accept(&game).await;
    ada.play(&game, "TopLeft", 0).await;

    let rows_of_ada = rows(&ada.panel("/").await);
    let titles = [
        "Register",
        "Begin a session",
        "Who is logged in?",
        "Invite",
        "Move",
    ];
    assert_eq!(rows_of_ada.len(), titles.len(), "{rows_of_ada:#?}");
    for (row, title) in rows_of_ada.iter().zip(titles) {
        has(row, &[title, "done"]);
    }
    has(
        &rows_of_ada[3],
        &[
            "PutItem",
            "Games",
            "attribute_not_exists(GameId)",
            "HostId S \"ada\"",
            "3 units",
            "1 write on table, 1 write on HostId-StatusDate-index",
        ],
    );
    has(
        &rows_of_ada[4],
        &[
            "UpdateItem",
            &format!("GameId = \"{game}\""),
            "SET TopLeft = \"O\", Turn = \"bob\", Moves = list_append(if_not_exists(Moves, []), [\"TopLeft\"])",
            "begins_with(StatusDate, \"IN_PROGRESS_\")\nAND Turn = \"ada\"\nAND attribute_not_exists(TopLeft)",
            "1 write on table",
            "for POST /api/v1/games/",
            "store/games.rs: play",
        ],
    );

    bob.get("/api/v1/lobby").await.is(200);
    let rows_of_bob = rows(&bob.panel("/").await);
    let query = rows_of_bob
        .iter()
        .find(|row| row.contains("My invitations"))
        .unwrap();
    has(
        query,
        &[
            "Query",
            "OpponentId-StatusDate-index",
            "OpponentId = \"bob\" AND StatusDate BETWEEN \"PENDING_",
            "newest first, at most 11",
            "eventually consistent",
            "0.5 read on",
        ],
    );
    assert!(
        !rows_of_bob.iter().any(|row| row.contains("SET TopLeft")),
        "the move is ada's"
    );
}

#[tokio::test]
async fn a_refusal_says_which_clause_was_false_and_what_the_item_held() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    bob.accept(&game).await;
    bob.accept(&game).await;
    let rows = rows(&bob.panel("/").await);
    has(
        rows.last().unwrap(),
        &[
            "condition refused it",
            "False: StatusDate BETWEEN \"PENDING_",
            ", but the item held StatusDate = \"IN_PROGRESS_",
        ],
    );
    assert!(
        !rows.last().unwrap().contains("False: OpponentId"),
        "that clause held"
    );
}

#[tokio::test]
async fn a_page_shows_the_requests_of_its_own_rendering() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let page = format!("/games/{game}");
    let browser = ada
        .request(Method::GET, &page)
        .header("accept", "text/html");
    let html = browser.send().await.is(200).text();
    assert!(html.contains("<under-the-hood>") && html.contains("/under-the-hood.js"));
    let panel = ada.panel(&page).await;
    has(
        rows(&panel).last().unwrap(),
        &[
            "GetItem",
            "One game",
            "strongly consistent",
            &format!("for GET {page}"),
        ],
    );
    let meter = plain(
        panel
            .split("id=\"meter\"")
            .nth(1)
            .unwrap()
            .split("</table>")
            .next()
            .unwrap(),
    );
    has(
        &meter,
        &[
            "This page, you",
            "This game, by anybody here",
            "polled once a second",
            "polled by both players",
        ],
    );
}

#[tokio::test]
async fn the_item_and_its_index_entries_are_shown_as_they_are_stored() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    ada.play(&game, "TopLeft", 0).await;
    let other = ada.invite("carol").await;
    let document = async |client: &Client| {
        let request = client.request(Method::GET, &format!("/inspector?page=/games/{game}"));
        let html = request
            .header("accept", "text/html")
            .send()
            .await
            .is(200)
            .text();
        assert!(html.starts_with("<!DOCTYPE html>"));
        html
    };
    let html = document(&ada).await;
    let item = html
        .split("id=\"item\"")
        .nth(1)
        .unwrap()
        .split("</section>")
        .next()
        .unwrap();
    let row = |name: &str| {
        let rows = item.split("<tr").map(plain);
        rows.into_iter().find(|row| row.starts_with(name)).unwrap()
    };
    assert_eq!(row("Moves"), "MovesL[\"TopLeft\"]new");
    assert_eq!(row("Turn"), "TurnS\"bob\"changed");
    assert_eq!(row("OUser"), "OUserS\"ada\" ");
    let indexes = |html: &str| {
        plain(
            html.split("id=\"indexes\"")
                .nth(1)
                .unwrap()
                .split("</section>")
                .next()
                .unwrap(),
        )
    };
    let shown = indexes(&html);
    has(
        &shown,
        &[
            "HostId-StatusDate-index, partition HostId = \"ada\"",
            "Left out: OUser, Turn, TopLeft, Moves.",
        ],
    );
    has(
        &shown,
        &[
            "Newest first, with your entries next to it.",
            "Only this game's entry: the others are not yours.",
        ],
    );
    // Her other game is next to it in her own partition, and not to be seen by bob.
    let other = &other[..8];
    assert!(shown.contains(other), "{shown}");
    let html = document(&bob).await;
    assert!(!indexes(&html).contains(other) && !html.contains("carol"));
    // Somebody who only watches sees the item, and nothing to do.
    let html = document(&app.visitor()).await;
    has(
        &plain(&html),
        &["Log in to see your own requests here.", "The item"],
    );
    assert!(!html.contains("<form"), "{html}");
}

#[tokio::test]
async fn of_a_race_one_is_made_and_the_others_are_refused() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let accepted = bob.race(&game, "", "10").await.is(200).text();
    assert!(
        plain(&accepted).contains("10 acceptances at once: 1 was made, 9 refused."),
        "{accepted}"
    );
    assert_eq!(ada.see(&game).await["status"], "IN_PROGRESS");

    let raced = ada.race(&game, "MiddleMiddle", "20").await.is(200).text();
    let sentence = "20 moves to Middle middle at once: 1 was made, 19 refused.";
    assert!(plain(&raced).contains(sentence), "{raced}");
    let refused: Vec<String> = rows(&raced)
        .into_iter()
        .filter(|row| row.contains("False:"))
        .collect();
    assert_eq!(refused.len(), 19);
    for row in &refused {
        has(
            row,
            &[
                "False: Turn = \"ada\", but the item held Turn = \"bob\"",
                "False: attribute_not_exists(MiddleMiddle), but the item held MiddleMiddle = \"O\"",
            ],
        );
    }
    let seen = bob.see(&game).await;
    assert_eq!(
        (&seen["turn"], seen["moves"].as_array().unwrap().len()),
        (&json!("bob"), 1)
    );
    bob.play(&game, "TopLeft", 1).await;

    // What could not be done once can't be raced for.
    bob.race(&game, "BottomLeft", "5")
        .await
        .problem(409, "not_your_turn");
    ada.race(&game, "TopLeft", "5")
        .await
        .problem(409, "square_taken");
    ada.race(&game, "nowhere", "5")
        .await
        .problem(422, "invalid_request");
    ada.race(&game, "BottomLeft", "1000")
        .await
        .problem(422, "invalid_request");
    ada.race(NO_GAME, "BottomLeft", "5")
        .await
        .problem(404, "no_such_game");
    app.player("carol")
        .await
        .race(&game, "BottomLeft", "5")
        .await
        .problem(403, "not_your_game");
    app.visitor()
        .race(&game, "BottomLeft", "5")
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn with_faults_switched_on_the_game_is_as_true_as_without() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let last = async |client: &Client| rows(&client.panel("/").await).pop().unwrap();

    ada.switch(Fault::AnswerLost, true).await;
    ada.play(&game, "TopLeft", 0).await;
    has(
        &last(&ada).await,
        &[
            "2 attempts",
            "1. no answer",
            "2. ConditionalCheckFailedException",
            "False: Turn = \"ada\"",
        ],
    );
    ada.switch(Fault::AnswerLost, false).await;

    bob.switch(Fault::Throttled, true).await;
    bob.play(&game, "MiddleMiddle", 1).await;
    has(
        &last(&bob).await,
        &[
            "2 attempts",
            "1. ThrottlingException (throttled on purpose)",
            "2. answered",
            "done",
        ],
    );
    bob.switch(Fault::Throttled, false).await;

    ada.switch(Fault::Duplicated, true).await;
    ada.play(&game, "TopRight", 2).await;
    has(
        &last(&ada).await,
        &[
            "delivered twice: the second got ConditionalCheckFailedException",
            "done",
        ],
    );
    ada.switch(Fault::Duplicated, false).await;

    bob.switch(Fault::Delayed, true).await;
    bob.play(&game, "TopMiddle", 3).await;
    has(&last(&bob).await, &["delayed by 1.5 s", "done"]);
    bob.switch(Fault::Delayed, false).await;

    let seen = ada.see(&game).await;
    assert_eq!(
        seen["moves"],
        json!(["TopLeft", "MiddleMiddle", "TopRight", "TopMiddle"])
    );
    // All at once, as far as they go together.
    for fault in [Fault::AnswerLost, Fault::Throttled, Fault::Duplicated] {
        ada.switch(fault, true).await;
    }
    ada.play(&game, "BottomLeft", 4).await;
    assert_eq!(ada.see(&game).await["moves"].as_array().unwrap().len(), 5);
    ada.request(Method::POST, "/inspector/faults")
        .call(&[("fault", "fire"), ("on", "true")])
        .send()
        .await
        .problem(422, "invalid_request");
}

#[tokio::test]
async fn a_stream_that_is_cut_ends_and_comes_back_when_it_is_mended() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let stream = format!("/api/v1/games/{game}/events");
    let mut of_ada = ada.events(&stream).await;
    let mut of_bob = bob.events(&stream).await;
    of_ada.expect("game").await;
    of_bob.expect("game").await;
    ada.switch(Fault::StreamCut, true).await;
    of_ada.expect_end().await;
    ada.get(&stream).await.problem(503, "server_stopping");
    ada.get("/api/v1/events")
        .await
        .problem(503, "server_stopping");
    ada.play(&game, "TopLeft", 0).await;
    assert_eq!(of_bob.expect("game").await["turn"], "bob");
    ada.switch(Fault::StreamCut, false).await;
    let mut of_ada = ada.events(&stream).await;
    assert_eq!(of_ada.expect("game").await["turn"], "bob");
}

/// Reads a stream of the panel until it has said something.
async fn until(body: &mut Incoming, said: &mut String, what: &str) {
    while !said.contains(what) {
        let frame = body.frame().await.expect("the stream goes on").unwrap();
        said.push_str(std::str::from_utf8(&frame.into_data().unwrap_or_default()).unwrap());
    }
}

#[tokio::test]
async fn an_open_panel_is_told_of_each_request_and_each_change() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let page = format!("/games/{game}");
    let panel = ada.panel(&page).await;
    let after = panel
        .split("data-after=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let path = format!("/inspector/events?page={page}&after={after}");
    let mut stream = ada.request(Method::GET, &path).open().await.into_body();
    let mut said = String::new();
    until(&mut stream, &mut said, "event: indexes").await;
    assert!(!said.contains("event: requests"), "nothing is new: {said}");

    // What is told from the beginning on is her own four requests.
    let path = format!("/inspector/events?page={page}");
    let mut stream = ada.request(Method::GET, &path).open().await.into_body();
    let mut said = String::new();
    until(&mut stream, &mut said, "event: race").await;
    until(&mut stream, &mut said, "event: requests").await;
    ada.play(&game, "TopLeft", 0).await;
    until(&mut stream, &mut said, "SET TopLeft").await;
    until(&mut stream, &mut said, "<th scope=\"row\">TopLeft</th>").await;
    // What another does changes the item, and is no request of hers.
    said.clear();
    bob.play(&game, "BottomRight", 1).await;
    until(&mut stream, &mut said, "BottomRight").await;
    until(&mut stream, &mut said, "event: race").await;
    assert!(!said.contains("event: requests"), "{said}");
    ada.delete("/api/v1/session").await.is(204);
    while let Some(frame) = stream.frame().await {
        frame.unwrap();
    }
}

#[tokio::test]
async fn nothing_secret_and_nobody_elses_is_kept() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let carol = app.player("carol").await;
    carol.invite("bob").await;
    // A name that is taken, a wrong password, and a right one.
    let credentials = |name: &str, password: &str| json!({"name": name, "password": password});
    ada.post("/api/v1/players", credentials("carol", PASSWORD))
        .await
        .problem(409, "name_taken");
    ada.post("/api/v1/session", credentials("carol", "wrong password"))
        .await
        .problem(401, "wrong_credentials");
    ada.post("/api/v1/session", credentials("ada", PASSWORD))
        .await;
    ada.get("/api/v1/lobby").await.is(200);
    ada.get(&format!("/games/{game}")).await.is(200);
    for example in ["register", "log-in", "who-is-logged-in", "log-out"] {
        let request = ada
            .request(Method::POST, "/guide/run")
            .call(&[("example", example)]);
        request.send().await.is(200);
    }
    let panel = ada.panel("/").await;
    assert!(rows(&panel).len() >= 10, "{panel}");
    has(&plain(&panel), &["(not recorded)"]);

    let state = app.running.state();
    let mut secrets = vec![
        "$argon2".to_owned(),
        "carol".to_owned(),
        PASSWORD.to_owned(),
    ];
    for client in [&ada, &bob, &carol] {
        let token = client.token();
        assert!(
            accounts::session(state, Some(&token))
                .await
                .unwrap()
                .is_some()
        );
        secrets.extend([token.reveal(), token.id().as_str().to_owned()]);
    }
    // And what is kept, not only what is shown of it.
    let session = ada.token().id();
    let kept = format!(
        "{:?}",
        state.inspector.as_ref().unwrap().person(&session).after(0)
    );
    for secret in secrets {
        assert!(!panel.contains(&secret), "{secret} is shown");
        assert!(!kept.contains(&secret), "{secret} is kept");
    }
}

#[tokio::test]
async fn so_many_requests_are_kept_and_no_more() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let state = app.running.state();
    for _ in 0..KEPT + 20 {
        ada.see(&game).await;
    }
    let rows = rows(&ada.panel("/").await);
    assert_eq!(rows.len(), KEPT);
    assert!(state.inspector.is_some());
    // Logging out forgets them.
    let session = ada.token().id();
    ada.delete("/api/v1/session").await.is(204);
    assert!(
        state
            .inspector
            .as_ref()
            .unwrap()
            .person(&session)
            .after(0)
            .is_empty()
    );
}

#[tokio::test]
async fn switched_off_there_is_nothing_of_it() {
    let app = App::start_with(|config| config.inspector = Some(false)).await;
    let (ada, _, game) = app.game().await;
    let page = ada
        .request(Method::GET, "/")
        .header("accept", "text/html")
        .send()
        .await
        .is(200)
        .text();
    assert!(!page.contains("under-the-hood"), "{page}");
    assert!(app.running.state().inspector.is_none());
    ada.get("/inspector").await.problem(404, "not_found");
    ada.get("/inspector/events").await.problem(404, "not_found");
    ada.race(&game, "TopLeft", "5")
        .await
        .problem(404, "not_found");
    let switch = ada
        .request(Method::POST, "/inspector/faults")
        .call(&[("fault", "delayed"), ("on", "true")]);
    switch.send().await.problem(404, "not_found");
    // The guide is there, without its examples.
    let guide = ada.get("/guide").await.is(200).text();
    assert!(!guide.contains("/guide/run"));
    ada.request(Method::POST, "/guide/run")
        .call(&[("example", "move")])
        .send()
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn a_panel_that_is_anothers_or_out_of_date_is_loaded_anew() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let panel = bob.panel("/").await;
    let of_bob = panel
        .split("data-after=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    for outdated in [
        format!("after={of_bob}"),
        "after=7".to_owned(),
        "viewer=bob".to_owned(),
        "viewer=".to_owned(),
    ] {
        let path = format!("/inspector/events?page=/&{outdated}");
        let said = ada.get(&path).await.is(200).text();
        assert!(said.starts_with("event: reload"), "{outdated}: {said}");
    }
    let said = ada.get("/inspector?page=/&viewer=bob").await.is(200).text();
    assert!(
        plain(&said).contains("Somebody else is logged in by now") && !said.contains("<li"),
        "{said}"
    );
    assert!(!rows(&ada.get("/inspector?page=/&viewer=ada").await.text()).is_empty());
}

#[tokio::test]
async fn an_open_panel_is_told_that_its_game_is_gone() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let path = format!("/inspector/events?page=/games/{game}");
    let mut stream = ada.request(Method::GET, &path).open().await.into_body();
    let mut said = String::new();
    until(&mut stream, &mut said, "PENDING_").await;
    let path = format!("/api/v1/games/{game}");
    bob.post_nothing(&format!("{path}/decline")).await.is(204);
    until(&mut stream, &mut said, "There is no such item any more.").await;
}

#[tokio::test]
async fn one_persons_faults_leave_everybody_their_retries() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    ada.switch(Fault::Throttled, true).await;
    bob.switch(Fault::Throttled, true).await;
    // The SDK's own limit is 500 tokens for a process; each of these takes 30 or more.
    for _ in 0..60 {
        ada.get("/api/v1/lobby").await.is(200);
    }
    bob.get("/api/v1/lobby").await.is(200);
}

#[tokio::test]
async fn nobody_can_fill_the_memory_by_long_addresses() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let long = format!("http://localhost/{}", "x".repeat(20_000));
    let request = ada.request(Method::GET, &format!("/api/v1/games/{game}"));
    request.header("referer", &long).send().await.is(200);
    let panel = ada.panel("/").await;
    assert!(!panel.contains(&"x".repeat(200)));
    let elsewhere = ada.request(Method::GET, "/inspector?page=javascript:alert(1)");
    let document = elsewhere
        .header("accept", "text/html")
        .send()
        .await
        .is(200)
        .text();
    assert!(!document.contains("javascript:"), "{document}");
}
