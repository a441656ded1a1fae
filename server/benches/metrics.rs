//! The cost of recording metrics: the time of a counter, of an operation on the tables, of a request, and of the export.
//!
//! `cargo bench -p server --bench metrics`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark panics when something goes wrong"
)]

use axum::{Router, body::Body, extract::Request, middleware, routing::get};
use server::{
    database::{CompletedOperation, Observer, OperationOutcome},
    metrics::{database::OperationMetrics, recorder, requests::measure},
};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use tower::ServiceExt;

const TIMES: u32 = 200_000;

/// The average time since `began`, in nanoseconds.
fn average(began: Instant) -> u128 {
    began.elapsed().as_nanos() / u128::from(TIMES)
}

fn operation() -> u128 {
    let observer = OperationMetrics::new("test-");
    let operation = CompletedOperation {
        name: "GetItem",
        table: Some("test-Games"),
        index: None,
        outcome: OperationOutcome::Done,
        attempts: 1,
        duration: Duration::from_millis(3),
        consumed: &[],
    };
    let began = Instant::now();
    for _ in 0..TIMES {
        observer.observe(black_box(&operation));
    }
    average(began)
}

fn counter() -> u128 {
    let began = Instant::now();
    for _ in 0..TIMES {
        backend::metrics::move_made();
    }
    average(began)
}

async fn request(router: Router) -> u128 {
    let began = Instant::now();
    for _ in 0..TIMES {
        let request = Request::get("/games/1").body(Body::empty()).unwrap();
        black_box(router.clone().oneshot(request).await.unwrap());
    }
    average(began)
}

#[tokio::main]
async fn main() {
    let plain = || Router::new().route("/games/{id}", get(async || ()));
    let measured = || plain().layer(middleware::from_fn(measure));
    println!("without a recorder, a counter: {} ns", counter());
    let unmeasured = request(plain()).await;
    let recorder = recorder().unwrap();
    println!("with a recorder, a counter: {} ns", counter());
    println!(
        "with a recorder, an operation on the tables: {} ns",
        operation()
    );
    let with_metrics = request(measured()).await;
    println!(
        "with a recorder, a request: {} ns",
        with_metrics.saturating_sub(unmeasured)
    );
    let began = Instant::now();
    let text = recorder.render();
    println!("the export of {} bytes: {:?}", text.len(), began.elapsed());
    assert!(text.contains(&format!("ttt_moves_total {TIMES}\n")));
}
