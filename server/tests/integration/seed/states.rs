//! Every state of a game, as the pages, the lists and the API show it.

use super::{CHOSEN_ID, SEED_PASSWORD, Tables, log_in, texts};
use test_support::{Client, Value, game_path, json};

/// The status line of a game's page.
async fn status_of(viewer: &Client, game: &str) -> String {
    let page = viewer.page(&format!("/games/{game}")).await;
    let page = page.is(200).text();
    let status = page
        .split("role=\"status\"")
        .nth(1)
        .unwrap_or_else(|| panic!("no status in {page}"));
    let text = status.split('>').nth(1).unwrap().split('<').next().unwrap();
    text.trim().to_owned()
}

/// A game of the command's default, as the pages and the API show it.
struct Shown {
    ada_sees: &'static str,
    bob_sees: &'static str,
    status: &'static str,
    turn: Option<&'static str>,
    result: Option<&'static str>,
    marks: usize,
    is_order_known: bool,
}

/// The games of the command's default in their order, without the expired invitation.
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
        is_order_known: false,
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
        is_order_known: true,
    }
}

async fn assert_every_state_is_shown(tables: Tables) {
    let seeded = tables.seed(&[]);
    assert_eq!(texts(&seeded["players"], "name"), ["ada", "bob"]);
    assert_eq!(texts(&seeded["players"], "password"), [SEED_PASSWORD; 2]);
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

    let server = tables.serve().await;
    let (ada, bob) = (log_in(&server, "ada").await, log_in(&server, "bob").await);

    // The lists come before the pages, which complete the older game and delete the expired invitation. In the lists,
    // the older game is still in progress.
    let listed = async |player: &Client, list: &str| {
        let lobby = player.get("/api/v1/lobby").await.is(200).json();
        let listed = texts(&lobby[list], "game_id");
        listed.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&ada, "outgoing").await, [ids[0]]);
    assert_eq!(listed(&ada, "invitations").await, [ids[1]]);
    assert_eq!(listed(&bob, "invitations").await, [ids[0]]);
    assert_eq!(listed(&bob, "outgoing").await, [ids[1]]);
    // The games that wait for the player come first.
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

    // A visitor sees the end of the older game and does not change it.
    let seen = Client::new(server.address).game(ids[9]).await;
    assert_eq!(seen["version"], 7, "{seen}");
    for (id, shown) in ids.iter().zip(&SHOWN) {
        assert_eq!(status_of(&ada, id).await, shown.ada_sees, "{id}");
        assert_eq!(status_of(&bob, id).await, shown.bob_sees, "{id}");
        let game = ada.game(id).await;
        assert_eq!(game["status"], shown.status, "{game}");
        assert_eq!(game["turn"], json!(shown.turn), "{game}");
        assert_eq!(game["result"], json!(shown.result), "{game}");
        assert_eq!(
            game["board"].as_object().unwrap().len(),
            shown.marks,
            "{game}"
        );
        let order = game["moves"].as_array().map(Vec::len);
        assert_eq!(order, shown.is_order_known.then_some(shown.marks), "{game}");
    }
    ada.get(&game_path(expired))
        .await
        .problem(404, "no_such_game");
    assert_eq!(
        listed(&ada, "finished").await,
        [&ids[9..], &ids[5..9]].concat(),
        "the older game is finished now"
    );

    // The games can be continued.
    bob.accept(ids[0]).await;
    let over = ada.play(ids[4], "TopRight", 4).await;
    assert_eq!(over["result"], "ada");
}

#[tokio::test]
async fn every_state_is_shown_on_the_embedded_engine() {
    assert_every_state_is_shown(Tables::embedded()).await;
}

#[tokio::test]
async fn every_state_is_shown_on_dynamodb_local() {
    assert_every_state_is_shown(Tables::dynamodb_local().await).await;
}

#[tokio::test]
async fn in_an_older_game_x_begins_and_the_order_of_moves_is_unknown() {
    let tables = Tables::embedded();
    for (squares, marks, turn) in [
        ("", json!({}), "bob"),
        (":1", json!({"TopLeft": "X"}), "ada"),
        (":15", json!({"TopLeft": "X", "MiddleMiddle": "O"}), "bob"),
    ] {
        let game = format!("ada:bob:older{squares}@{CHOSEN_ID}");
        let seeded = tables.seed(&["--game", &game]);
        let server = tables.serve().await;
        let shown = log_in(&server, "ada").await.game(CHOSEN_ID).await;
        assert_eq!(shown["status"], "IN_PROGRESS");
        assert_eq!(
            (&shown["board"], &shown["turn"]),
            (&marks, &json!(turn)),
            "{shown}"
        );
        // Without a mark the order is known.
        let order = if squares.is_empty() {
            json!([])
        } else {
            Value::Null
        };
        assert_eq!(shown["moves"], order, "{shown}");
        assert_eq!(seeded["games"][0]["turn"], turn);
    }
}
