//! A server process that can be killed and started again at the same address.

use std::{fs, net::SocketAddr, path::PathBuf};
use test_support::{ServerProcess, reserve_port};
use tokio::net::TcpSocket;

/// An address, with or without a running server.
pub struct Instance {
    pub number: usize,
    pub address: SocketAddr,
    arguments: Vec<String>,
    log: PathBuf,
    server: Option<ServerProcess>,
    /// Keeps the port reserved while no server listens.
    _port: TcpSocket,
}

impl Instance {
    /// An instance on the tables that the arguments select, not started yet. It logs to a file.
    pub fn new(number: usize, database: &[&str], log: PathBuf) -> Self {
        let (port, address) = reserve_port().unwrap();
        let listen = ["--listen".to_owned(), address.to_string()];
        let database = database.iter().map(|argument| (*argument).to_owned());
        Self {
            number,
            address,
            arguments: listen.into_iter().chain(database).collect(),
            log,
            server: None,
            _port: port,
        }
    }

    /// Starts the server. Fails if it ends before it listens.
    pub async fn start(&mut self) -> Result<(), String> {
        assert!(
            self.server.is_none(),
            "instance {} is running already",
            self.number
        );
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let variables = [("RUST_LOG", "warn")];
        let started = ServerProcess::try_start(&arguments, &variables, &self.log).await;
        let number = self.number;
        self.server = Some(started.map_err(|reason| format!("instance {number}: {reason}"))?);
        Ok(())
    }

    /// Fails if the server has ended by itself.
    pub fn assert_running(&mut self) {
        assert!(
            self.server.as_mut().is_some_and(ServerProcess::is_running),
            "instance {} has ended by itself; its log:\n{}",
            self.number,
            self.log_tail()
        );
    }

    /// Stops the server's execution, as a stalled virtual machine would.
    pub fn pause(&mut self) {
        self.signal("STOP");
    }

    pub fn resume(&mut self) {
        self.signal("CONT");
    }

    fn signal(&mut self, name: &str) {
        if let Some(server) = &mut self.server {
            server.signal(name);
        }
    }

    /// Kills the server.
    pub async fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().await;
        }
    }

    /// Asks the server to stop and waits for its end.
    pub async fn terminate(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.signal("TERM");
            server.ended().await;
        }
    }

    /// The last lines of the log.
    pub fn log_tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}
