//! What a game costs: the yardstick game, through the real server, on an engine that reports consumed
//! capacity.
//!
//! Both players log in and open their home pages, one invites, the other accepts, seven moves are made
//! with both game pages and their streams open, and both go back to their home pages. Time passes
//! between the moves of a real game; here it does not, because a page that only waits sends nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http;
#[path = "support/mod.rs"]
mod support;

use http::{Client, Events, Method, play_all};
use support::{SEVEN_MOVES, dynamodb_local};

/// The budget, in write units on `Games`.
const MOST_WRITE_UNITS: f64 = 20.0;
/// The budget, in read units on `Games`.
const MOST_READ_UNITS: f64 = 16.0;

/// Loads a page, then opens its stream where the page leaves off, as the browser does.
async fn open(client: &Client, path: &str, events: &str) -> Events {
    let request = client
        .request(Method::GET, path)
        .header("accept", "text/html");
    let html = request.send().await.is(200).text();
    let (_, rest) = html
        .split_once(r#"\"since\":\""#)
        .expect("a resume token in the page");
    let (since, _) = rest.split_once('\\').expect("its end");
    client.events(&format!("{events}?since={since}")).await
}

async fn open_home(client: &Client) -> Events {
    open(client, "/", "/api/v1/events").await
}

async fn open_game(client: &Client, id: &str) -> Events {
    let events = format!("/api/v1/games/{id}/events");
    open(client, &format!("/games/{id}"), &events).await
}

#[tokio::test]
async fn the_yardstick_game_stays_within_its_budget() {
    let fixture = dynamodb_local().await;
    let address = fixture.serve().await;
    let ada = Client::registered(address, "ada").await;
    let bob = Client::registered(address, "bob").await;
    fixture.capacity.reset();

    let homes = [open_home(&ada).await, open_home(&bob).await];
    let id = ada.invite("bob").await;
    let ada_sees = open_game(&ada, &id).await;
    bob.accept(&id).await;
    let bob_sees = open_game(&bob, &id).await;
    drop(homes);

    let table = fixture.games_table();
    let before_moves = fixture.capacity.read_units(&table);
    play_all(&ada, &bob, &id, &SEVEN_MOVES).await;
    let moves_read = fixture.capacity.read_units(&table) - before_moves;

    // The end of the game reaches both pages before they are left.
    for mut page in [ada_sees, bob_sees] {
        while page.expect("game").await["status"] != "FINISHED" {}
    }
    let homes = [open_home(&ada).await, open_home(&bob).await];

    let meter = &fixture.capacity;
    let write_units = meter.write_units(&table);
    let read_units = meter.read_units_as_billed(&table);
    let queries = meter.calls("Query");
    println!(
        "yardstick game on {table}: {write_units} write units, {read_units} read units \
         ({queries} queries at half a unit; {moves_read} read by the seven moves)"
    );
    assert!(write_units > 0.0 && write_units <= MOST_WRITE_UNITS);
    assert!(read_units > 0.0 && read_units <= MOST_READ_UNITS);
    let row = format!("| this one | **{write_units}** | **{read_units}** |");
    let page = include_str!("../../docs/data-model.md");
    assert!(
        page.contains(&row),
        "docs/data-model.md says otherwise: {row}"
    );
    assert!(moves_read <= 0.0, "a move reads nothing");
    assert_eq!(meter.failed_conditions(&table), 0);
    drop(homes);
}
