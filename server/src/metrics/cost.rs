//! What recording costs, measured:
//! `cargo test --release -p server --features app/ssr --lib -- --ignored --nocapture metrics::cost`

use super::{database::OperationMetrics, recorder, requests};
use crate::database::{Observer, Operation, Outcome};
use axum::{Router, body::Body, extract::Request, middleware, routing::get};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use tower::ServiceExt;

const TIMES: u32 = 200_000;

/// The time that one of many takes, in nanoseconds.
fn each(began: Instant) -> u128 {
    began.elapsed().as_nanos() / u128::from(TIMES)
}

fn operations() -> u128 {
    let observer = OperationMetrics::new("test-");
    let operation = Operation {
        name: "GetItem",
        table: Some("test-Games"),
        index: None,
        outcome: Outcome::Done,
        attempts: 1,
        duration: Duration::from_millis(3),
        consumed: &[],
    };
    let began = Instant::now();
    for _ in 0..TIMES {
        observer.observe(black_box(&operation));
    }
    each(began)
}

fn moves() -> u128 {
    let began = Instant::now();
    for _ in 0..TIMES {
        app::ssr::metrics::move_made();
    }
    each(began)
}

async fn requests(router: Router) -> u128 {
    let began = Instant::now();
    for _ in 0..TIMES {
        let request = Request::get("/games/1").body(Body::empty()).unwrap();
        black_box(router.clone().oneshot(request).await.unwrap());
    }
    each(began)
}

#[tokio::test]
#[ignore = "a measurement"]
async fn of_recording() {
    let plain = || Router::new().route("/games/{id}", get(async || ()));
    let measured = || plain().layer(middleware::from_fn(requests::measure));
    println!("without a recorder: a move counted {} ns", moves());
    let bare = requests(plain()).await;
    let handle = recorder().unwrap();
    println!("with one: a move counted {} ns", moves());
    println!("with one: an operation on the tables {} ns", operations());
    let with = requests(measured()).await;
    println!("with one: a request {} ns", with.saturating_sub(bare));
    let began = Instant::now();
    let text = handle.render();
    println!("the text of {} bytes {:?}", text.len(), began.elapsed());
    assert!(text.contains(&format!("ttt_moves_total {TIMES}\n")));
}
