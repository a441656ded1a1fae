//! Shutdown by a signal.

use std::{process::ExitStatus, time::Duration};
use test_support::{Client, ServerProcess, game_path, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};

/// The longest time between the signal and the end of the process.
const MAX_SHUTDOWN: Duration = Duration::from_secs(10);

async fn ended_by(server: &mut ServerProcess, deadline: Instant) -> ExitStatus {
    let ended = timeout_at(deadline, server.ended()).await;
    ended.expect("the server ends in time")
}

#[tokio::test]
async fn a_terminated_server_drains_and_finishes_running_requests() {
    let mut server = ServerProcess::start(&[], &[]).await;
    let ada = Client::registered(server.address, "ada").await;
    let mut stream = ada.events("/api/v1/events").await;

    // A request whose body is not sent yet.
    let body = json!({"opponent": "bob"}).to_string();
    let mut unfinished = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/games HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        server.address,
        ada.cookie().unwrap(),
        body.len()
    );
    unfinished.write_all(head.as_bytes()).await.unwrap();
    // The server processes the request and asks for the body.
    let mut status_line = [0; 12];
    unfinished.read_exact(&mut status_line).await.unwrap();
    assert_eq!(&status_line, b"HTTP/1.1 100");

    server.signal("TERM");
    let deadline = Instant::now() + MAX_SHUTDOWN;
    stream.expect("reconnect").await;
    stream.expect_end().await;
    ada.get("/livez").await.is(200);
    ada.get("/readyz").await.is(503);
    ada.get("/api/v1/events")
        .await
        .problem(503, "server_stopping");

    unfinished.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(MAX_SHUTDOWN, unfinished.read_to_string(&mut answer)).await;
    read.expect("an answer").unwrap();
    assert!(answer.contains("HTTP/1.1 201 Created"), "{answer}");
    assert!(ended_by(&mut server, deadline).await.success());
}

#[tokio::test]
async fn an_interrupted_server_ends_without_draining() {
    let mut server = ServerProcess::start(&[], &[]).await;
    let ada = Client::registered(server.address, "ada").await;
    let game = ada.invite("bob").await;
    let mut stream = ada.events(&format!("{}/events", game_path(&game))).await;
    stream.expect("game").await;
    server.signal("INT");
    let deadline = Instant::now() + MAX_SHUTDOWN;
    stream.expect("reconnect").await;
    assert!(ended_by(&mut server, deadline).await.success());
}
