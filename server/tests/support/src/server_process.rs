//! The server's binary in a process of its own, without the environment of the tests.

use crate::supervised_process::SupervisedProcess;
use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{sync::mpsc, time};

/// The variables of every process: nothing of the developer's AWS configuration, no metadata service.
const VARIABLES: [(&str, &str); 2] = [
    ("HOME", "/nonexistent"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

/// A deadline for tests that would otherwise hang. A server listens and ends long before.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The root of the repository, where the server finds the site.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

/// The server's binary, which cargo builds before it runs the tests. Cargo names it to the tests of the package
/// `server`. Elsewhere it is next to the test program's directory: `target/release/deps/test` and
/// `target/release/server`.
fn binary() -> PathBuf {
    let beside = || {
        let program = env::current_exe().unwrap();
        let directory = program.ancestors().nth(2).unwrap();
        directory.join(format!("server{}", env::consts::EXE_SUFFIX))
    };
    let binary = env::var_os("CARGO_BIN_EXE_server").map_or_else(beside, PathBuf::from);
    assert!(binary.is_file(), "{} does not exist", binary.display());
    binary
}

/// A command of the server.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(arguments)
        .env_clear()
        .envs(VARIABLES)
        .current_dir(repository())
        .stdin(Stdio::null());
    command
}

/// The result of a command.
#[derive(Debug)]
pub struct Finished {
    /// The exit status, or `None` after a signal.
    pub code: Option<i32>,
    /// The standard output.
    pub stdout: String,
    /// The standard error.
    pub stderr: String,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Finished {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Finished {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A serving process. It is killed on drop.
pub struct ServerProcess {
    /// The address that it listens on.
    pub address: SocketAddr,
    process: SupervisedProcess,
    /// The lines of the standard output. The end of the output is the end of the process.
    output: mpsc::UnboundedReceiver<String>,
    log: PathBuf,
    /// Contains the embedded database, unless the arguments say otherwise.
    _data: TempDir,
}

impl ServerProcess {
    /// Starts a server on a free port, without rate limits and by default with an embedded database of its own.
    pub async fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let log = data.path().join("server.log");
        let arguments = [&["--listen", "127.0.0.1:0"], arguments].concat();
        let started = Self::spawn(&arguments, variables, &log, data).await;
        started.unwrap_or_else(|reason| {
            let log = fs::read_to_string(log).unwrap_or_default();
            panic!("{reason}\n{log}")
        })
    }

    /// Like [`start`](Self::start), for a server that may fail to start. `arguments` contain the address to listen on,
    /// and the log is appended to a file.
    ///
    /// # Errors
    ///
    /// When the process ends before it listens.
    pub async fn try_start(
        arguments: &[&str],
        variables: &[(&str, &str)],
        log: &Path,
    ) -> Result<Self, String> {
        let data = tempfile::tempdir().unwrap();
        Self::spawn(arguments, variables, log, data).await
    }

    async fn spawn(
        arguments: &[&str],
        variables: &[(&str, &str)],
        log: &Path,
        data: TempDir,
    ) -> Result<Self, String> {
        let log_file = File::options().create(true).append(true).open(log).unwrap();
        let process = SupervisedProcess::spawn(binary(), |command| {
            command
                .args(["serve", "--rate-limits", "off"])
                .args(arguments)
                .env_clear()
                .envs(VARIABLES)
                .env("TTT_DATA_DIR", data.path().join("data"))
                .envs(variables.iter().copied())
                .current_dir(repository())
                .stdout(Stdio::piped())
                .stderr(log_file);
        });
        let mut process = process.unwrap();
        let stdout = process.take_stdout().unwrap();
        let (lines, mut output) = mpsc::unbounded_channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = lines.send(line);
            }
        });
        let line = time::timeout(TIMEOUT, output.recv()).await;
        let line = line.expect("the server neither listens nor ends");
        let line = line.ok_or("the server ended before it listened")?;
        let address = line.strip_prefix("listening on http://");
        let address = address.and_then(|address| address.parse().ok());
        Ok(Self {
            address: address.ok_or(line)?,
            process,
            output,
            log: log.to_owned(),
            _data: data,
        })
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The next line of the standard output.
    pub async fn line(&mut self) -> String {
        self.output.recv().await.expect("a line, not the end")
    }

    /// The log up to now.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Whether the process has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Sends a signal (`"TERM"`).
    pub fn signal(&mut self, name: &str) {
        self.process.signal(name);
    }

    /// Waits for the end of the process.
    pub async fn ended(&mut self) -> ExitStatus {
        let end = async { while self.output.recv().await.is_some() {} };
        let ended = time::timeout(TIMEOUT, end).await;
        ended.expect("the server ends");
        self.process.wait().unwrap()
    }

    /// Kills the process and waits for its end.
    pub async fn kill(&mut self) {
        self.signal("KILL");
        self.ended().await;
    }
}
