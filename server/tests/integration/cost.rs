//! The capacity units of the yardstick game, played over HTTP on DynamoDB Local.
//!
//! Both players open their home pages, one invites, the other accepts, they make seven moves with both game pages and
//! their streams open, and both return to their home pages. The test does not wait between the moves, because an idle
//! page sends no requests.

use test_support::{Client, Events, HOST_WINS_AT_SEVEN, dynamodb_local, play_all, repository};

/// The budget of write units on `Games`.
const MAX_WRITE_UNITS: f64 = 20.0;
/// The budget of read units on `Games`.
const MAX_READ_UNITS: f64 = 16.0;

/// Loads a page and then opens its stream with the page's resume token, as the browser does.
async fn open(client: &Client, path: &str, events: &str) -> Events {
    let html = client.page(path).await.is(200).text();
    let (_, rest) = html
        .split_once(r#"\"resume_token\":\""#)
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
    let ada_page = open_game(&ada, &id).await;
    bob.accept(&id).await;
    let bob_page = open_game(&bob, &id).await;
    drop(homes);

    let table = fixture.games_table();
    let read_before_moves = fixture.capacity.read_units(&table);
    play_all(&ada, &bob, &id, &HOST_WINS_AT_SEVEN).await;
    let read_by_moves = fixture.capacity.read_units(&table) - read_before_moves;

    // Both pages receive the end of the game before the players leave them.
    for mut page in [ada_page, bob_page] {
        while page.expect("game").await["status"] != "FINISHED" {}
    }
    let homes = [open_home(&ada).await, open_home(&bob).await];

    let meter = &fixture.capacity;
    let write_units = meter.write_units(&table);
    let read_units = meter.read_units_as_billed(&table);
    let queries = meter.calls("Query");
    println!(
        "yardstick game on {table}: {write_units} write units, {read_units} read units \
         ({queries} queries at half a unit; {read_by_moves} read by the seven moves)"
    );
    assert!(write_units > 0.0 && write_units <= MAX_WRITE_UNITS);
    assert!(read_units > 0.0 && read_units <= MAX_READ_UNITS);
    let row = format!("| this one | **{write_units}** | **{read_units}** |");
    let document = std::fs::read_to_string(repository().join("docs/data-model.md")).unwrap();
    assert!(
        document.contains(&row),
        "docs/data-model.md has no row {row}"
    );
    assert!(read_by_moves <= 0.0, "a move reads nothing");
    assert_eq!(meter.failed_conditions(&table), 0);
    drop(homes);
}
