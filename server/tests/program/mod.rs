//! The real program in a process of its own, which knows nothing of the environment of the tests.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "in a test a panic is the report"
)]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Output, Stdio},
};
use tempfile::{NamedTempFile, TempDir};

/// The program with these arguments, in the repository, where the site is. Amazon's files and addresses of
/// whoever runs the tests are out of reach.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command
        .args(arguments)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .current_dir("..")
        .stdin(Stdio::null());
    command
}

/// Runs it to its end: the exit status, what it said, and what it said of errors.
pub fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// The program while it serves; killed on drop.
pub struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    log: NamedTempFile,
    pub address: SocketAddr,
    data: TempDir,
}

impl Program {
    /// On any free port, with an embedded database of its own if nothing else is said.
    pub fn serve(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let log = NamedTempFile::new().unwrap();
        let serve = ["serve", "--listen", "127.0.0.1:0", "--rate-limits", "off"];
        let mut child = command(&[&serve, arguments].concat())
            .env("TTT_DATA_DIR", data.path())
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log.reopen().unwrap())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut program = Self {
            child,
            output,
            log,
            address: SocketAddr::from(([0, 0, 0, 0], 0)),
            data,
        };
        let line = program.line();
        let address = line.strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line}{}", program.log()));
        program.address = address.parse().unwrap();
        program
    }

    /// The next line that it says.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// What is in its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log.path()).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
