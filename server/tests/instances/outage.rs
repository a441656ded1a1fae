//! The database itself is killed in mid-game and comes back with its data.

use super::*;
use std::sync::{Arc, Mutex};
use support::OnDisk;
use tokio::task::spawn_blocking;

type Engine = Arc<Mutex<OnDisk>>;

/// Does something that blocks to the engine.
async fn with<T: Send + 'static>(
    engine: &Engine,
    act: impl FnOnce(&mut OnDisk) -> T + Send + 'static,
) -> T {
    let engine = Arc::clone(engine);
    let act = move || act(&mut engine.lock().unwrap());
    spawn_blocking(act).await.unwrap()
}

#[tokio::test]
async fn nothing_is_lost_and_every_page_goes_on() {
    let engine = spawn_blocking(OnDisk::start).await.unwrap();
    let engine: Engine = Arc::new(Mutex::new(
        engine.unwrap_or_else(|reason| panic!("{reason}")),
    ));
    let endpoint = with(&engine, |engine| engine.endpoint()).await;
    let config = config("", &endpoint);
    let here = startup::start(config.clone()).await.unwrap();
    let there = startup::start(config).await.unwrap();
    let ada = Client::registered(here.address(), "ada").await;
    let bob = Client::registered(there.address(), "bob").await;
    let game = ada.invite("bob").await;
    bob.accept(&game).await;
    let mut page = watch(&bob, &game).await;
    let first = ada.play(&game, SEVEN_MOVES[0], 0).await;
    assert_eq!(until_version(&mut page, 3).await, first);

    with(&engine, OnDisk::kill).await;
    bob.try_move(&game, SEVEN_MOVES[1], 1)
        .await
        .problem(503, "database_unavailable");
    ada.get(&path_of(&game))
        .await
        .problem(503, "database_unavailable");
    for instance in [&ada, &bob] {
        instance.get("/livez").await.is(200);
        instance.get("/readyz").await.is(200);
    }

    with(&engine, OnDisk::restart)
        .await
        .unwrap_or_else(|reason| panic!("{reason}"));
    assert_eq!(ada.see(&game).await, first);
    let mut of_ada = watch(&ada, &game).await;
    let second = bob.play(&game, SEVEN_MOVES[1], 1).await;
    let third = ada.play(&game, SEVEN_MOVES[2], 2).await;
    assert_eq!(
        until_version(&mut of_ada, 4).await["moves"][1],
        second["moves"][1]
    );
    assert_eq!(until_version(&mut page, 5).await, third);
}
