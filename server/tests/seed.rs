//! `server seed`: that what it writes is shown as what it was asked for, by the real program, on both engines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http;
mod program;
#[path = "support/mod.rs"]
mod support;

use http::{Client, Method, Value, json, path_of};
use program::{Program, command, run};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse 1";
const GIVEN_ID: &str = "7d1f9e1c-52a8-4be4-9d59-3f0d5a6c2b10";

/// Tables that nobody else knows: the options that say where they are.
struct Place {
    options: Vec<String>,
    data: TempDir,
}

impl Place {
    fn embedded() -> Self {
        let data = tempfile::tempdir().unwrap();
        let options = ["--data-dir", data.path().to_str().unwrap()];
        Self {
            options: options.map(str::to_owned).into(),
            data,
        }
    }

    async fn dynamodb_local() -> Self {
        let endpoint = support::dynamodb_local_endpoint().await;
        let prefix = format!("t{}-", uuid::Uuid::new_v4().simple());
        let options = [
            "--database",
            "local",
            "--endpoint",
            &endpoint,
            "--table-prefix",
            &prefix,
        ];
        Self {
            options: options.map(str::to_owned).into(),
            data: tempfile::tempdir().unwrap(),
        }
    }

    fn options(&self) -> Vec<&str> {
        self.options.iter().map(String::as_str).collect()
    }

    /// Runs the command: its exit status, what it said, and what it said of errors.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        run(&mut command(
            &[&["seed"], &self.options()[..], arguments].concat(),
        ))
    }

    /// Runs it, successfully; what it said as JSON.
    fn seed(&self, arguments: &[&str]) -> Value {
        let (status, said, error) = self.run(&[&["--json"], arguments].concat());
        assert_eq!(status, Some(0), "{error}");
        serde_json::from_str(&said).unwrap()
    }

    fn serve(&self) -> Program {
        Program::serve(&self.options(), &[])
    }
}

async fn log_in(program: &Program, name: &str) -> Client {
    let client = Client::new(program.address);
    let credentials = json!({"name": name, "password": PASSWORD});
    client.post("/api/v1/session", credentials).await.is(200);
    client
}

/// The texts of a list, such as of ids.
fn texts<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap().iter();
    list.map(|item| item[member].as_str().unwrap()).collect()
}

/// The lines in which a page says how the game stands.
async fn status_of(viewer: &Client, game: &str) -> String {
    let page = viewer.request(Method::GET, &format!("/games/{game}"));
    let page = page
        .header("accept", "text/html")
        .send()
        .await
        .is(200)
        .text();
    let status = page
        .split("role=\"status\"")
        .nth(1)
        .unwrap_or_else(|| panic!("no status in {page}"));
    let text = status.split('>').nth(1).unwrap().split('<').next().unwrap();
    text.trim().to_owned()
}

/// What the pages and the API say of one of the games that are made up when nobody says which.
struct Shown {
    ada_sees: &'static str,
    bob_sees: &'static str,
    status: &'static str,
    turn: Option<&'static str>,
    result: Option<&'static str>,
    marks: usize,
    order_is_known: bool,
}

/// In the order of the command's default, without the expired invitation.
const SHOWN: [Shown; 10] = [
    shown(
        "Waiting for bob to accept",
        "ada invited you",
        "PENDING",
        None,
        None,
        0,
    ),
    shown(
        "bob invited you",
        "Waiting for ada to accept",
        "PENDING",
        None,
        None,
        0,
    ),
    shown(
        "Waiting for bob",
        "Your turn",
        "IN_PROGRESS",
        Some("bob"),
        None,
        1,
    ),
    shown(
        "Your turn",
        "Waiting for ada",
        "IN_PROGRESS",
        Some("ada"),
        None,
        2,
    ),
    shown(
        "Your turn",
        "Waiting for ada",
        "IN_PROGRESS",
        Some("ada"),
        None,
        4,
    ),
    shown("You lost", "You won", "FINISHED", None, Some("bob"), 6),
    shown("You won", "You lost", "FINISHED", None, Some("ada"), 5),
    shown("Draw", "Draw", "FINISHED", None, Some("Tie"), 9),
    shown("You won", "You lost", "FINISHED", None, Some("ada"), 9),
    Shown {
        order_is_known: false,
        ..shown("You lost", "You won", "FINISHED", None, Some("bob"), 5)
    },
];

const fn shown(
    ada_sees: &'static str,
    bob_sees: &'static str,
    status: &'static str,
    turn: Option<&'static str>,
    result: Option<&'static str>,
    marks: usize,
) -> Shown {
    Shown {
        ada_sees,
        bob_sees,
        status,
        turn,
        result,
        marks,
        order_is_known: true,
    }
}

async fn every_state_is_shown_as_it_was_asked_for(place: Place) {
    let seeded = place.seed(&[]);
    assert_eq!(texts(&seeded["players"], "name"), ["ada", "bob"]);
    assert_eq!(texts(&seeded["players"], "password"), [PASSWORD; 2]);
    let states = texts(&seeded["games"], "state");
    let expired = states.iter().position(|state| *state == "expired").unwrap();
    assert_eq!(states.last(), Some(&"older"));
    let all = texts(&seeded["games"], "game_id");
    for (id, path) in all.iter().zip(texts(&seeded["games"], "path")) {
        assert_eq!(path, format!("/games/{id}"));
    }
    let mut ids = all.clone();
    let expired = ids.remove(expired);
    assert_eq!(ids.len(), SHOWN.len());

    let program = place.serve();
    let (ada, bob) = (log_in(&program, "ada").await, log_in(&program, "bob").await);

    // Before anybody opens one: that completes the older one, and removes the expired one. In the lists, it is
    // still in progress.
    let listed = async |player: &Client, list: &str| {
        let lobby = player.get("/api/v1/lobby").await.is(200).json();
        let listed = texts(&lobby[list], "game_id");
        listed.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&ada, "outgoing").await, [ids[0]]);
    assert_eq!(listed(&ada, "invitations").await, [ids[1]]);
    assert_eq!(listed(&bob, "invitations").await, [ids[0]]);
    assert_eq!(listed(&bob, "outgoing").await, [ids[1]]);
    // Those where it is one's own turn come first.
    assert_eq!(
        listed(&ada, "in_progress").await,
        [ids[3], ids[4], ids[2], ids[9]]
    );
    assert_eq!(
        listed(&bob, "in_progress").await,
        [ids[2], ids[3], ids[4], ids[9]]
    );
    for player in [&ada, &bob] {
        assert_eq!(listed(player, "finished").await, ids[5..9]);
    }

    // Of the older one, a watcher learns how it stands and changes nothing.
    let watched = Client::new(program.address).see(ids[9]).await;
    assert_eq!(watched["version"], 7, "{watched}");
    for (id, shown) in ids.iter().zip(&SHOWN) {
        assert_eq!(status_of(&ada, id).await, shown.ada_sees, "{id}");
        assert_eq!(status_of(&bob, id).await, shown.bob_sees, "{id}");
        let game = ada.see(id).await;
        assert_eq!(game["status"], shown.status, "{game}");
        assert_eq!(game["turn"], json!(shown.turn), "{game}");
        assert_eq!(game["result"], json!(shown.result), "{game}");
        assert_eq!(
            game["board"].as_object().unwrap().len(),
            shown.marks,
            "{game}"
        );
        let order = game["moves"].as_array().map(Vec::len);
        assert_eq!(order, shown.order_is_known.then_some(shown.marks), "{game}");
    }
    ada.get(&path_of(expired))
        .await
        .problem(404, "no_such_game");
    assert_eq!(
        listed(&ada, "finished").await,
        [&ids[9..], &ids[5..9]].concat(),
        "the older one is over now"
    );

    // They can be played on.
    bob.accept(ids[0]).await;
    let over = ada.play(ids[4], "TopRight", 4).await;
    assert_eq!(over["result"], "ada");
}

#[tokio::test]
async fn every_state_is_shown_on_the_embedded_engine() {
    every_state_is_shown_as_it_was_asked_for(Place::embedded()).await;
}

#[tokio::test]
async fn every_state_is_shown_on_dynamodb_local() {
    every_state_is_shown_as_it_was_asked_for(Place::dynamodb_local().await).await;
}

/// The same but for when.
fn without_dates(mut seeded: Value) -> Value {
    for game in seeded["games"].as_array_mut().unwrap() {
        game.as_object_mut().unwrap().remove("updated_at").unwrap();
    }
    for player in seeded["players"].as_array_mut().unwrap() {
        player.as_object_mut().unwrap().remove("created").unwrap();
    }
    seeded
}

async fn seeded_again_games_are_as_they_were_and_players_stay(place: Place) {
    let first = place.seed(&[]);
    assert!(first["players"][0]["created"].as_bool().unwrap());
    let ids = texts(&first["games"], "game_id");
    let game = |state: &str, n: usize| {
        let all = first["games"].as_array().unwrap().iter();
        let found = all.filter(|game| game["state"] == state).nth(n);
        found.unwrap()["game_id"].as_str().unwrap()
    };
    {
        // Each is changed, or gone, by what people do.
        let program = place.serve();
        let (ada, bob) = (log_in(&program, "ada").await, log_in(&program, "bob").await);
        bob.accept(game("pending", 0)).await;
        ada.post_nothing(&format!("{}/decline", path_of(game("pending", 1))))
            .await
            .is(204);
        bob.play(game("in-progress", 0), "TopLeft", 1).await;
        ada.see(game("older", 0)).await;
        ada.get(&path_of(game("expired", 0))).await.is(404);
    }
    let again = place.seed(&["--password", "another password"]);
    // Who is there keeps the password.
    let expected = json!([
        {"name": "ada", "password": null, "created": false},
        {"name": "bob", "password": null, "created": false},
    ]);
    assert_eq!(again["players"], expected);
    assert_eq!(texts(&again["games"], "game_id"), ids);
    assert_eq!(without_dates(place.seed(&[])), without_dates(first.clone()));

    let program = place.serve();
    let ada = log_in(&program, "ada").await;
    assert_eq!(ada.see(game("pending", 0)).await["status"], "PENDING");
    assert_eq!(ada.see(game("pending", 1)).await["status"], "PENDING");
    assert_eq!(ada.see(game("in-progress", 0)).await["turn"], "bob");
    let lobby = ada.get("/api/v1/lobby").await.json();
    assert!(
        texts(&lobby["in_progress"], "game_id").contains(&game("older", 0)),
        "{lobby}"
    );
}

#[tokio::test]
async fn seeded_again_it_is_the_same_on_the_embedded_engine() {
    seeded_again_games_are_as_they_were_and_players_stay(Place::embedded()).await;
}

#[tokio::test]
async fn seeded_again_it_is_the_same_on_dynamodb_local() {
    seeded_again_games_are_as_they_were_and_players_stay(Place::dynamodb_local().await).await;
}

#[tokio::test]
async fn players_and_games_of_ones_own() {
    let place = Place::embedded();
    let seeded = place.seed(&[
        "--player",
        "Cleo",
        "--password",
        PASSWORD,
        "--game",
        &format!("cleo:newcomer:pending@{GIVEN_ID}"),
        "--game",
        "cleo:dan:in-progress:15",
        "--game",
        "cleo:dan:in-progress:15",
    ]);
    assert_eq!(texts(&seeded["players"], "name"), ["cleo"]);
    let ids = texts(&seeded["games"], "game_id");
    assert_eq!(ids[0], GIVEN_ID);
    assert_ne!(ids[1], ids[2], "the same game twice is two games");
    assert_eq!(
        texts(&seeded["games"], "spec")[1],
        "cleo:dan:in-progress:TopLeft,MiddleMiddle"
    );

    let program = place.serve();
    let cleo = log_in(&program, "cleo").await;
    let page = cleo.request(Method::GET, &format!("/games/{GIVEN_ID}"));
    let page = page
        .header("accept", "text/html")
        .send()
        .await
        .is(200)
        .text();
    assert!(
        page.contains("There is no player called newcomer yet."),
        "{page}"
    );
    let game = cleo.see(ids[1]).await;
    assert_eq!(game["board"], json!({"TopLeft": "O", "MiddleMiddle": "X"}));
    assert_eq!(game["moves"], json!(["TopLeft", "MiddleMiddle"]));
}

/// Tests out there name the games by the ids that they find there.
#[test]
fn the_documentation_has_every_game_with_its_id() {
    let text = std::fs::read_to_string("../docs/testing.md").unwrap();
    let seeded = Place::embedded().seed(&[]);
    let games = seeded["games"].as_array().unwrap();
    for game in games {
        let id = game["game_id"].as_str().unwrap();
        let line = text.lines().find(|line| line.contains(id));
        let line = line.unwrap_or_else(|| panic!("no {id} in docs/testing.md"));
        assert!(line.contains(game["spec"].as_str().unwrap()), "{line}");
    }
    let lines = text.lines().filter(|line| line.starts_with("| `/games/"));
    let lines = lines.filter(|line| !line.contains("{id}"));
    assert_eq!(lines.count(), games.len());
}

#[tokio::test]
async fn in_an_older_game_x_begins_and_the_order_of_play_is_not_known() {
    let place = Place::embedded();
    for (squares, marks, turn) in [
        ("", json!({}), "bob"),
        (":1", json!({"TopLeft": "X"}), "ada"),
        (":15", json!({"TopLeft": "X", "MiddleMiddle": "O"}), "bob"),
    ] {
        let game = format!("ada:bob:older{squares}@{GIVEN_ID}");
        let seeded = place.seed(&["--game", &game]);
        let program = place.serve();
        let shown = log_in(&program, "ada").await.see(GIVEN_ID).await;
        assert_eq!(shown["status"], "IN_PROGRESS");
        assert_eq!(
            (&shown["board"], &shown["turn"]),
            (&marks, &json!(turn)),
            "{shown}"
        );
        // Without a mark there is no order to miss.
        let order = if squares.is_empty() {
            json!([])
        } else {
            Value::Null
        };
        assert_eq!(shown["moves"], order, "{shown}");
        assert_eq!(seeded["games"][0]["turn"], turn);
    }
}

#[tokio::test]
async fn a_person_is_told_where_each_thing_is() {
    let place = Place::embedded();
    let (status, said, error) =
        place.run(&["--game", &format!("ada:bob:finished:14253@{GIVEN_ID}")]);
    assert_eq!(status, Some(0), "{error}");
    let expected = format!(
        "/ player ada: new, password \"{PASSWORD}\"\n/ player bob: new, password \"{PASSWORD}\"\n\
         /games/{GIVEN_ID} ada vs bob: ada won with 5 marks\n"
    );
    assert_eq!(said, expected);
}

#[test]
fn what_cannot_be_is_told_in_a_sentence_and_nothing_is_written() {
    let place = Place::embedded();
    let same_id = [
        format!("ada:bob:pending@{GIVEN_ID}"),
        format!("bob:ada:pending@{GIVEN_ID}"),
    ];
    for (arguments, sentence) in [
        (
            &["--game", "ada:bob:in-progress:TopLeft,TopLeft"][..],
            "move 2 is on TopLeft, where O is since move 1; choose an empty square",
        ),
        (
            &[
                "--game",
                "ada:bob:pending",
                "--game",
                "ada:bob:finished:142536",
            ],
            "move 6 is on MiddleRight, but the game was over after move 5 (O won); end there",
        ),
        (
            &["--game", "ada:bob:won"],
            "there is no state \"won\"; say pending",
        ),
        (&["--player", "a"], "\"a\" can't be a player's name"),
        (
            &["--password", "short"],
            "Use at least 8 characters for the password.",
        ),
        (
            &["--game", &same_id[0], "--game", &same_id[1]],
            "two games can't both have the id 7d1f9e1c",
        ),
        (
            &["--database", "aws", "--region", "eu-central-1"],
            "error: made-up players have no place on Amazon DynamoDB, where people play; use --database embedded or local",
        ),
    ] {
        let (status, said, error) = place.run(arguments);
        assert!(status.is_some_and(|status| status != 0), "{arguments:?}");
        assert_eq!(said, "", "{arguments:?}");
        assert!(error.contains(sentence), "{arguments:?}: {error}");
        assert_eq!(
            error.matches("error: ").count(),
            1,
            "{arguments:?}: {error}"
        );
    }
    assert_eq!(
        place.data.path().read_dir().unwrap().count(),
        0,
        "nothing was opened"
    );
}

#[tokio::test]
async fn somebody_elses_game_is_not_replaced_and_nothing_else_is_written() {
    let place = Place::embedded();
    let theirs = format!("cleo:dan:in-progress:1@{GIVEN_ID}");
    place.seed(&["--game", &theirs]);
    let ours = format!("ada:bob:pending@{GIVEN_ID}");
    let (status, said, error) = place.run(&["--game", "ada:bob:pending", "--game", &ours]);
    assert_eq!((status, said.as_str()), (Some(1), ""));
    let sentence = format!(
        "error: nothing was written: the game {GIVEN_ID} is there already, between cleo and dan; give another id\n"
    );
    assert_eq!(error, sentence);

    let program = place.serve();
    let cleo = log_in(&program, "cleo").await;
    assert_eq!(cleo.see(GIVEN_ID).await["status"], "IN_PROGRESS");
    let ada = json!({"name": "ada", "password": PASSWORD});
    Client::new(program.address)
        .post("/api/v1/session", ada)
        .await
        .problem(401, "wrong_credentials");
}

#[test]
fn tables_that_a_server_has_open_are_told_of() {
    let place = Place::embedded();
    let _program = place.serve();
    let (status, _, error) = place.run(&[]);
    assert_eq!(status, Some(1));
    assert!(
        error.contains("is in use by another server; stop it, or choose another --data-dir"),
        "{error}"
    );
}
