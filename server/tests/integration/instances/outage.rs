//! A database that is killed in the middle of a game and comes back with its data.

use super::{local_config, until_version, watch};
use server::lifecycle::start::start;
use std::sync::{Arc, Mutex};
use test_support::{Client, DynamoDbLocal, HOST_WINS_AT_SEVEN, game_path};
use tokio::task::spawn_blocking;

type SharedEngine = Arc<Mutex<DynamoDbLocal>>;

/// Calls a blocking function of the engine.
async fn with<T: Send + 'static>(
    engine: &SharedEngine,
    call: impl FnOnce(&mut DynamoDbLocal) -> T + Send + 'static,
) -> T {
    let engine = Arc::clone(engine);
    let call = move || call(&mut engine.lock().unwrap());
    spawn_blocking(call).await.unwrap()
}

#[tokio::test]
async fn a_killed_database_loses_nothing_and_pages_continue() {
    let engine = spawn_blocking(DynamoDbLocal::start).await.unwrap();
    let engine: SharedEngine = Arc::new(Mutex::new(
        engine.unwrap_or_else(|reason| panic!("{reason}")),
    ));
    let endpoint = with(&engine, |engine| engine.endpoint()).await;
    let config = local_config("", &endpoint);
    let here = start(config.clone()).await.unwrap();
    let there = start(config).await.unwrap();
    let ada = Client::registered(here.address(), "ada").await;
    let bob = Client::registered(there.address(), "bob").await;
    let game = ada.invite("bob").await;
    bob.accept(&game).await;
    let mut bob_page = watch(&bob, &game).await;
    let first = ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    assert_eq!(until_version(&mut bob_page, 3).await, first);

    with(&engine, DynamoDbLocal::kill).await;
    bob.try_move(&game, HOST_WINS_AT_SEVEN[1], 1)
        .await
        .problem(503, "database_unavailable");
    ada.get(&game_path(&game))
        .await
        .problem(503, "database_unavailable");
    for instance in [&ada, &bob] {
        instance.get("/livez").await.is(200);
        instance.get("/readyz").await.is(200);
    }

    with(&engine, DynamoDbLocal::restart)
        .await
        .unwrap_or_else(|reason| panic!("{reason}"));
    assert_eq!(ada.game(&game).await, first);
    let mut ada_page = watch(&ada, &game).await;
    let second = bob.play(&game, HOST_WINS_AT_SEVEN[1], 1).await;
    let third = ada.play(&game, HOST_WINS_AT_SEVEN[2], 2).await;
    assert_eq!(
        until_version(&mut ada_page, 4).await["moves"][1],
        second["moves"][1]
    );
    assert_eq!(until_version(&mut bob_page, 5).await, third);
}
