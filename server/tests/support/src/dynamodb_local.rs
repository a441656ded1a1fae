//! The process of Amazon's DynamoDB Local.

use crate::supervised_process::SupervisedProcess;
use std::{
    env,
    fs::File,
    io::{self, ErrorKind, Read, Seek, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::net::TcpSocket;

/// The variable that names the directory of `DynamoDBLocal.jar`, if `make test` did not install it.
const DIRECTORY: &str = "DYNAMODB_LOCAL_DIR";

/// A Java virtual machine on a busy machine takes seconds to start. One that takes a minute never will.
const DEADLINE: Duration = Duration::from_secs(60);

/// Options for the Java virtual machine: fast to start, small, and with the native library of SQLite.
const JAVA_OPTIONS: [&str; 3] = [
    "-XX:TieredStopAtLevel=1",
    "-Xmx256m",
    "-Djava.library.path=./DynamoDBLocal_lib",
];

/// The URL of the process that all tests of this program share. The first call starts it and blocks meanwhile. It
/// keeps its data in memory and ends with the test program.
///
/// # Errors
///
/// A sentence that says why it cannot be started, the same for every test that needs it.
pub fn endpoint() -> Result<String, String> {
    static STARTED: OnceLock<Result<Running, String>> = OnceLock::new();
    let start = || {
        let (port, address) = reserve_port().map_err(no_port)?;
        Ok(Running {
            address,
            _java: start(address, &["-inMemory"])?,
            _port: port,
        })
    };
    match STARTED.get_or_init(start) {
        Ok(running) => Ok(format!("http://{}", running.address)),
        Err(reason) => Err(reason.clone()),
    }
}

struct Running {
    address: SocketAddr,
    _java: SupervisedProcess,
    /// Keeps the port reserved.
    _port: TcpSocket,
}

/// A process of a test's own, which keeps its data on disk and can be killed and started again.
pub struct DynamoDbLocal {
    address: SocketAddr,
    data: TempDir,
    java: Option<SupervisedProcess>,
    _port: TcpSocket,
}

impl DynamoDbLocal {
    /// Starts a process without tables. Blocks until it answers.
    ///
    /// # Errors
    ///
    /// Those of [`endpoint`].
    pub fn start() -> Result<Self, String> {
        let (port, address) = reserve_port().map_err(no_port)?;
        let mut engine = Self {
            address,
            data: tempfile::tempdir().map_err(|e| e.to_string())?,
            java: None,
            _port: port,
        };
        engine.restart()?;
        Ok(engine)
    }

    /// The URL, which a restart does not change.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends the process as a power failure would.
    pub fn kill(&mut self) {
        self.java = None;
    }

    /// Starts the process again with the same data. Blocks until it answers.
    ///
    /// # Errors
    ///
    /// Those of [`endpoint`].
    pub fn restart(&mut self) -> Result<(), String> {
        let data = self.data.path().to_str().ok_or("the path is not Unicode")?;
        self.java = Some(start(self.address, &["-dbPath", data])?);
        Ok(())
    }
}

/// Reserves a port: it is bound, so no other process gets it, and not listened on, so a process that is started on it
/// can listen.
///
/// # Errors
///
/// When no port is free.
pub fn reserve_port() -> io::Result<(TcpSocket, SocketAddr)> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

fn no_port(error: io::Error) -> String {
    format!("no free port for DynamoDB Local: {error}")
}

/// Starts Java with these options of DynamoDB Local and waits until it answers at the address.
fn start(address: SocketAddr, storage: &[&str]) -> Result<SupervisedProcess, String> {
    let directory = directory()?;
    let mut log =
        tempfile::tempfile().map_err(|e| format!("no file for DynamoDB Local's log: {e}"))?;
    let output = |log: &File| log.try_clone().map(Stdio::from).map_err(|e| e.to_string());
    let (stdout, stderr) = (output(&log)?, output(&log)?);
    let java = SupervisedProcess::spawn("java", |command| {
        command
            .args(JAVA_OPTIONS)
            .args(["-jar", "DynamoDBLocal.jar"])
            .args(["-disableTelemetry", "-port", &address.port().to_string()])
            .args(storage)
            .current_dir(&directory)
            .stdout(stdout)
            .stderr(stderr);
    });
    let mut java = java.map_err(|e| format!("DynamoDB Local cannot be started: {e}"))?;
    match wait_until_ready(&mut java, address) {
        Ok(()) => Ok(java),
        Err(reason) => {
            drop(java);
            let mut output = String::new();
            let _ = log.rewind().and_then(|()| log.read_to_string(&mut output));
            Err(format!("{reason}; its output:\n{output}"))
        }
    }
}

/// The directory of the jar, after a check that Java can run it.
fn directory() -> Result<PathBuf, String> {
    let directory = env::var_os(DIRECTORY)
        .map(PathBuf::from)
        .or_else(installed_directory)
        .unwrap_or_default();
    if !directory.join("DynamoDBLocal.jar").is_file() {
        return Err(format!(
            "DynamoDB Local is not installed: `make test` installs it, or set {DIRECTORY} to the directory of its \
             DynamoDBLocal.jar"
        ));
    }
    let version = Command::new("java")
        .arg("-version")
        .stdin(Stdio::null())
        .output();
    match version {
        Ok(answer) if answer.status.success() => Ok(directory),
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("java cannot be run: {error}"))
        }
        _ => Err(
            "DynamoDB Local needs Java, which is missing: `make test` installs it, or install a Java runtime of \
             version 17 or later"
                .to_owned(),
        ),
    }
}

/// The directory where `make test` installs DynamoDB Local, for a test program that `make` did not start.
fn installed_directory() -> Option<PathBuf> {
    let home = || env::home_dir().map(|home| home.join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty());
    let tools = cache.map(PathBuf::from).or_else(home)?;
    let tools = tools.join("tic-tac-toe-dynamodb/tools").read_dir().ok()?;
    let names = tools.filter_map(|entry| Some(entry.ok()?.path()));
    // The names contain the version: take the newest.
    names
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("dynamodb-local-"))
        })
        .max()
}

/// Waits for a response. Fails if the process ends before, or when the deadline passes.
fn wait_until_ready(java: &mut SupervisedProcess, address: SocketAddr) -> Result<(), String> {
    let deadline = Instant::now() + DEADLINE;
    while !responds(address) {
        match java.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => return Err(format!("DynamoDB Local ended at once, with {status}")),
            Err(error) => return Err(format!("DynamoDB Local cannot be watched: {error}")),
        }
        if Instant::now() > deadline {
            return Err(format!(
                "DynamoDB Local did not respond within {DEADLINE:?}"
            ));
        }
        // DynamoDB Local does not say when it listens, so it is polled.
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Whether the engine lists its tables.
fn responds(address: SocketAddr) -> bool {
    let timeout = Duration::from_secs(5);
    let list_tables = || -> io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, timeout)?;
        stream.set_read_timeout(Some(timeout))?;
        stream.write_all(
            b"POST / HTTP/1.1\r\n\
              Host: localhost\r\n\
              Authorization: AWS4-HMAC-SHA256 Credential=ready/20200101/us-east-1/dynamodb/aws4_request, \
              SignedHeaders=host, Signature=0\r\n\
              X-Amz-Target: DynamoDB_20120810.ListTables\r\n\
              Content-Type: application/x-amz-json-1.0\r\n\
              Content-Length: 2\r\n\
              Connection: close\r\n\
              \r\n\
              {}",
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    list_tables().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
