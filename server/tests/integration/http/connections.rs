//! Slow clients and the number of connections.

use futures::FutureExt;
use server::http::connections::ConnectionLimits;
use std::{net::SocketAddr, pin::pin, time::Duration};
use test_support::{App, game_path};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A limit that a test waits for.
const SHORT: Duration = Duration::from_millis(100);
/// A limit that no test reaches.
const LONG: Duration = Duration::from_secs(3600);
/// A deadline for tests that would otherwise hang.
const TIMEOUT: Duration = Duration::from_secs(60);

const UNLIMITED: ConnectionLimits = ConnectionLimits {
    count: 100,
    idle: LONG,
    body: LONG,
    stalled: LONG,
};

async fn start(limits: ConnectionLimits) -> App {
    App::start_with(|config| {
        config.connections = limits;
        config.ping_interval = SHORT / 10;
    })
    .await
}

/// Opens a connection and sends this.
async fn connect(address: SocketAddr, text: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(text.as_bytes()).await.unwrap();
    connection
}

/// What the server sends until it closes the connection.
async fn rest(mut connection: TcpStream) -> String {
    let mut answer = Vec::new();
    let closed = timeout(TIMEOUT, connection.read_to_end(&mut answer)).await;
    // The server may close a connection with unread data, which resets it.
    let _ = closed.expect("the server closes the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_connection_without_a_complete_head_is_closed() {
    let app = start(ConnectionLimits {
        idle: SHORT,
        ..UNLIMITED
    })
    .await;
    let address = app.running.address();
    for text in [
        "",
        "G",
        "GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = rest(connect(address, text).await).await;
        assert!(!answer.contains("HTTP/1.1 200"), "{text:?}: {answer}");
    }
    // The same holds after a first request.
    let request = "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\nGET";
    let answer = rest(connect(address, request).await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_slow_body_is_rejected() {
    let app = start(ConnectionLimits {
        body: SHORT,
        ..UNLIMITED
    })
    .await;
    for headers in ["content-length: 10", "transfer-encoding: chunked"] {
        let request = format!(
            "POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             connection: close\r\n{headers}\r\n\r\n"
        );
        let answer = rest(connect(app.running.address(), &request).await).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(answer.contains("malformed_request"), "{answer}");
    }
}

#[tokio::test]
async fn event_streams_outlive_the_limits() {
    let app = start(ConnectionLimits {
        idle: SHORT,
        stalled: SHORT,
        ..UNLIMITED
    })
    .await;
    let ada = app.player("ada").await;
    let game = ada.invite("bob").await;
    let mut stream = ada.events(&format!("{}/events", game_path(&game))).await;
    stream.expect("game").await;
    // Together these pings take three times the limit.
    for _ in 0..30 {
        stream.expect("ping").await;
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_disconnected() {
    let app = start(ConnectionLimits {
        idle: SHORT,
        stalled: SHORT,
        ..UNLIMITED
    })
    .await;
    let address = app.running.address();
    // Without a reader, the responses fill the buffers of the connection, and the server can't go on.
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = b"GET /guide HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let send = async { while connection.write_all(request).await.is_ok() {} };
    let sent = timeout(TIMEOUT, send).await;
    sent.expect("the server closes the connection");
}

#[tokio::test]
async fn connections_beyond_the_maximum_wait() {
    let app = start(ConnectionLimits {
        count: 2,
        ..UNLIMITED
    })
    .await;
    let address = app.running.address();
    let first = connect(address, "").await;
    let mut second = connect(address, "").await;
    let request = "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let closing = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut third = pin!(rest(connect(address, closing).await));

    // The server works, and would have answered on the third connection as well.
    let mut answer = [0; 12];
    for _ in 0..10 {
        second.write_all(request.as_bytes()).await.unwrap();
        second.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        drain(&mut second).await;
        assert!(third.as_mut().now_or_never().is_none());
    }
    drop(first);
    assert!(third.await.starts_with("HTTP/1.1 200"));
}

/// Reads the rest of a response without a body.
async fn drain(connection: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
}
