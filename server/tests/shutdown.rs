//! The real program, asked to stop by a signal.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http;

use http::{Client, json, path_of};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};

/// What the program promises: it is gone ten seconds after it was asked.
const PROMISE: Duration = Duration::from_secs(10);

struct Program {
    /// Until it has ended.
    child: Option<Child>,
    address: SocketAddr,
    _data: TempDir,
}

impl Program {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--rate-limits",
                "off",
                "--data-dir",
            ])
            .arg(data.path())
            .current_dir("..")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.trim().rsplit('/').next().unwrap().parse().unwrap();
        Self {
            child: Some(child),
            address,
            _data: data,
        }
    }

    /// A new player, logged in.
    async fn player(&self, name: &str) -> Client {
        Client::registered(self.address, name).await
    }

    fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.unwrap().success());
    }

    async fn end_by(&mut self, promised: Instant) -> ExitStatus {
        let mut child = self.child.take().unwrap();
        let ended = spawn_blocking(move || child.wait());
        let ended = timeout_at(promised, ended).await;
        ended.expect("it keeps its promise").unwrap().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[tokio::test]
async fn terminated_it_drains_finishes_what_it_was_asked_and_ends() {
    let mut program = Program::start();
    let ada = program.player("ada").await;
    let mut stream = ada.events("/api/v1/events").await;

    // A request that has been sent by half.
    let body = json!({"opponent": "bob"}).to_string();
    let mut half_way = TcpStream::connect(program.address).await.unwrap();
    let head = format!(
        "POST /api/v1/games HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        program.address,
        ada.cookie().unwrap(),
        body.len()
    );
    half_way.write_all(head.as_bytes()).await.unwrap();
    // It is being answered: the server asks for the body.
    let mut asked = [0; 12];
    half_way.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100");

    program.signal("TERM");
    let promised = Instant::now() + PROMISE;
    stream.expect("reconnect").await;
    stream.expect_end().await;
    ada.get("/livez").await.is(200);
    ada.get("/readyz").await.is(503);
    ada.get("/api/v1/events")
        .await
        .problem(503, "server_stopping");

    half_way.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(PROMISE, half_way.read_to_string(&mut answer)).await;
    read.expect("an answer").unwrap();
    assert!(answer.contains("HTTP/1.1 201 Created"), "{answer}");
    assert!(program.end_by(promised).await.success());
}

#[tokio::test]
async fn interrupted_it_ends_without_draining() {
    let mut program = Program::start();
    let ada = program.player("ada").await;
    let game = ada.invite("bob").await;
    let mut stream = ada.events(&format!("{}/events", path_of(&game))).await;
    stream.expect("game").await;
    program.signal("INT");
    let promised = Instant::now() + PROMISE;
    stream.expect("reconnect").await;
    assert!(program.end_by(promised).await.success());
}
