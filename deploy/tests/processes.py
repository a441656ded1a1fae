"""The real processes: moto's server, which imitates AWS, and servers of ours."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / os.environ.get("SERVER_BIN", "target/release/server")
REGION = "eu-central-1"
# Any that is no real one's.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "secret"}
DEADLINE = 20


class Process:
    """A program whose two outputs go to files in a directory of its own."""

    def __init__(self, command, directory, environment):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._output, self._log = self.directory / "output", self.directory / "log"
        with self._output.open("wb") as output, self._log.open("wb") as log:
            # Nothing of the developer's own: no profile, no region, no credentials, no address of a container's role.
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.directory), **environment}
            self.process = subprocess.Popen(
                command, cwd=self.directory, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=log
            )

    def output(self):
        return self._output.read_text()

    def log(self):
        return self._log.read_text()

    def has_ended(self):
        return self.process.poll() is not None

    def wait(self):
        return self.process.wait(DEADLINE)

    def stop(self):
        if not self.has_ended():
            # The server does not drain then.
            self.process.send_signal(signal.SIGINT)
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def until(self, found, what):
        """Waits until `found()` is something and returns that."""
        end = time.monotonic() + DEADLINE
        while not (result := found()):
            assert not self.has_ended(), f"ended before {what}:\n{self.log()}"
            assert time.monotonic() < end, f"no {what} within {DEADLINE} s:\n{self.log()}"
            # A process does not tell when its files grow.
            time.sleep(0.05)
        return result


class Moto(Process):
    """moto's server on a port of its own."""

    def __init__(self, directory):
        # Through -c and not the installed script: its first line breaks where the environment was moved.
        command = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", "0"]
        super().__init__(command, directory, {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"})
        self.port = self.url = None

    def __enter__(self):
        try:
            address = self.until(lambda: re.search(r"Running on http://127\.0\.0\.1:(\d+)", self.log()), "address")
        except BaseException:
            self.stop()
            raise
        self.port = int(address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def enforce_iam(self):
        """From now on every request has to be signed and allowed."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset-auth", data=b"0")
        request.add_header("Content-Type", "text/plain")
        with urllib.request.urlopen(request, timeout=DEADLINE):
            pass


def run(arguments, directory, environment=None):
    """Runs the server's program to its end: exit status, output, log."""
    with Process([SERVER, *arguments], directory, CREDENTIALS | (environment or {})) as process:
        return process.wait(), process.output(), process.log()


class Server(Process):
    """A server of ours that serves tables at an endpoint, as one on AWS would."""

    def __init__(self, directory, endpoint, prefix, credentials=None, environment=None):
        arguments = ["--database", "aws", "--listen", "127.0.0.1:0", "--rate-limits", "off"]
        settings = {"TTT_ENDPOINT": endpoint, "TTT_REGION": REGION, "TTT_TABLE_PREFIX": prefix}
        super().__init__([SERVER, *arguments], directory, settings | (credentials or CREDENTIALS) | (environment or {}))
        self.port = None

    def until_ready(self):
        """Whether it has become ready; else it has ended."""

        def address():
            return re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.output())

        if not self.port and (found := self.until(lambda: address() or self.has_ended(), "address")) is not True:
            self.port = int(found[1])
        return self.port is not None and self._answers("/readyz")

    def _answers(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=DEADLINE) as answer:
                return answer.status == 200
        except urllib.error.HTTPError:
            return False

    def complaints(self):
        """What it has logged as a warning or an error."""
        # The last line may be on its way.
        whole = self.log().rpartition("\n")[0].splitlines()
        lines = [json.loads(line) for line in whole if line.startswith("{")]
        return [line["fields"] for line in lines if line["level"] in ("WARN", "ERROR")]
