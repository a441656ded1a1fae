//! Child processes that end with the test program.

use std::{
    ffi::OsStr,
    io::{self, Write},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

/// The shell becomes the program and leaves a watcher behind. The watcher sends the program each signal that it reads
/// by name, and KILL at the end of its input. The input ends with the test program however that ends, so a test
/// program that is killed leaves no children behind.
const START: &str = r#"
exec 3<&0
(while read -r signal <&3; do kill -s "$signal" $$; done; kill -s KILL $$) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
"#;

/// A child process. It is killed on drop.
pub(crate) struct SupervisedProcess {
    /// Its standard input is the watcher's.
    child: Child,
}

impl SupervisedProcess {
    /// Starts a program. `configure` adds arguments, variables and outputs.
    pub(crate) fn spawn(
        program: impl AsRef<OsStr>,
        configure: impl FnOnce(&mut Command),
    ) -> io::Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", START, "sh"]).arg(program);
        configure(&mut command);
        let child = command.stdin(Stdio::piped()).spawn()?;
        Ok(Self { child })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The standard output, if it was piped and has not been taken yet.
    pub(crate) fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Sends a signal (`"TERM"`).
    pub(crate) fn signal(&mut self, name: &str) {
        if let Some(input) = &mut self.child.stdin {
            // An error means that the process and its watcher have ended already.
            let _ = writeln!(input, "{name}");
        }
    }

    /// The status of a process that has ended.
    pub(crate) fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Waits for the end of the process, without ending it. Blocks meanwhile.
    pub(crate) fn wait(&mut self) -> io::Result<ExitStatus> {
        // `Child::wait` closes the input first, and the watcher would then kill the process.
        let input = self.child.stdin.take();
        let status = self.child.wait();
        self.child.stdin = input;
        status
    }
}

impl Drop for SupervisedProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        // The watcher ends before the process id is released, so it never kills an unrelated process.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
