//! A real server process, which can be killed and started again at the same address.

use crate::support;
use std::{
    env,
    fs::File,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};
use tokio::{net::TcpSocket, sync::oneshot, time};

/// The shell becomes the server, and leaves a watcher behind that sends it the signals whose names it reads, and
/// KILL when there is no more to read: also when the test program has ended in whatever way.
const START: &str = r#"
exec 3<&0
(while read -r signal <&3; do kill -s "$signal" $$; done; kill -s KILL $$) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
"#;

/// Nothing takes this long that happens at all.
const DEADLINE: Duration = Duration::from_secs(60);

/// An address with or without a server.
pub struct Instance {
    pub number: usize,
    pub address: SocketAddr,
    arguments: Vec<String>,
    log: PathBuf,
    process: Option<Process>,
    /// Keeps the port ours while nobody listens.
    _port: TcpSocket,
}

struct Process {
    child: Child,
    /// Resolves when the process has closed its standard output, that is when it has ended.
    ended: oneshot::Receiver<()>,
}

impl Instance {
    /// One that is to use the tables with a prefix behind an endpoint. Not started yet. What it logs goes to a file.
    pub fn new(number: usize, endpoint: &str, prefix: &str, log: PathBuf) -> Self {
        let (port, address) = support::reserve_port().unwrap();
        let arguments = [
            "serve",
            "--listen",
            &address.to_string(),
            "--database",
            "local",
            "--endpoint",
            endpoint,
            "--table-prefix",
            prefix,
            "--rate-limits",
            "off",
        ];
        Self {
            number,
            address,
            arguments: arguments.map(str::to_owned).to_vec(),
            log,
            process: None,
            _port: port,
        }
    }

    /// Starts the server and returns when it says that it listens, or with an error when it has ended before.
    pub async fn start(&mut self) -> Result<(), String> {
        assert!(
            self.process.is_none(),
            "instance {} runs already",
            self.number
        );
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .unwrap();
        let mut command = Command::new("sh");
        command
            .args(["-c", START, "sh", env!("CARGO_BIN_EXE_server")])
            .args(&self.arguments)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log);
        // What the developer's environment says of other servers is not meant for these.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("TTT_")
                || name.to_string_lossy().starts_with("LEPTOS_")
            {
                command.env_remove(name);
            }
        }
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (listens, mut listening) = oneshot::channel();
        let (ends, ended) = oneshot::channel();
        thread::spawn(move || {
            let mut listens = Some(listens);
            for line in output.lines().map_while(Result::ok) {
                if line.starts_with("listening on ")
                    && let Some(listens) = listens.take()
                {
                    let _ = listens.send(());
                }
            }
            drop(listens);
            let _ = ends.send(());
        });
        let heard = time::timeout(DEADLINE, &mut listening).await;
        self.process = Some(Process { child, ended });
        match heard {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => {
                self.kill().await;
                Err(format!("instance {} ended while it started", self.number))
            }
            Err(_) => panic!("instance {} neither listens nor ends", self.number),
        }
    }

    /// Whether there is a process and it has not ended by itself.
    pub fn is_running(&mut self) -> bool {
        let running = |process: &mut Process| process.ended.try_recv().is_err();
        self.process.as_mut().is_some_and(running)
    }

    /// Ends the process at once, with all that it is doing.
    pub async fn kill(&mut self) {
        self.end("KILL").await;
    }

    /// Asks the process to end, and returns when it has.
    pub async fn terminate(&mut self) {
        self.end("TERM").await;
    }

    async fn end(&mut self, signal: &str) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        let mut input = process.child.stdin.take().unwrap();
        // It may have ended already, and the watcher with it.
        let _ = writeln!(input, "{signal}");
        if process.ended.try_recv().is_err()
            && time::timeout(DEADLINE, &mut process.ended).await.is_err()
        {
            panic!("instance {} does not end by {signal}", self.number);
        }
        // The watcher first, so that it does not outlive the process whose number it knows.
        drop(input);
        process.child.wait().unwrap();
    }

    /// The last lines of its log.
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}
