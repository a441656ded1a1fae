"""The processes that the tests start: moto's server, which imitates AWS, and the application's server."""

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
# Invented credentials.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "secret"}
TIMEOUT = 20


class Process:
    """A process that writes its standard output and standard error to files in a directory of its own."""

    def __init__(self, command, directory, environment):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._output, self._log = self.directory / "output", self.directory / "log"
        with self._output.open("wb") as output, self._log.open("wb") as log:
            # Leave out the developer's environment: profile, region, credentials, the address of a container's role.
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
        return self.process.wait(TIMEOUT)

    def stop(self):
        if not self.has_ended():
            # On SIGINT, the server stops without draining.
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

    def until(self, find, description):
        """Waits until `find()` returns a true value, and returns it."""
        deadline = time.monotonic() + TIMEOUT
        while not (result := find()):
            assert not self.has_ended(), f"ended before {description}:\n{self.log()}"
            assert time.monotonic() < deadline, f"no {description} within {TIMEOUT} s:\n{self.log()}"
            # Nothing signals that a process has written to its files.
            time.sleep(0.05)
        return result


class Moto(Process):
    """moto's server on a port of its own."""

    def __init__(self, directory):
        command = [sys.executable, Path(__file__).with_name("moto_server.py"), "-H", "127.0.0.1", "-p", "0"]
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
        """From now on, moto accepts only signed requests that IAM allows."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset-auth", data=b"0")
        request.add_header("Content-Type", "text/plain")
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            pass


def run(arguments, directory, environment=None):
    """Runs a command of the server to its end, and returns its exit status, standard output and standard error."""
    with Process([SERVER, *arguments], directory, CREDENTIALS | (environment or {})) as process:
        return process.wait(), process.output(), process.log()


class Server(Process):
    """The application's server, configured as on AWS but with another endpoint."""

    def __init__(self, directory, endpoint, prefix, credentials=None, environment=None):
        arguments = ["--database", "aws", "--listen", "127.0.0.1:0", "--rate-limits", "off"]
        settings = {"TTT_ENDPOINT": endpoint, "TTT_REGION": REGION, "TTT_TABLE_PREFIX": prefix}
        super().__init__([SERVER, *arguments], directory, settings | (credentials or CREDENTIALS) | (environment or {}))
        self.port = None

    def until_ready(self):
        """Waits until the server is ready, and returns False if it ends instead."""

        def address():
            return re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.output())

        if not self.port and (found := self.until(lambda: address() or self.has_ended(), "address")) is not True:
            self.port = int(found[1])
        return self.port is not None and self._succeeds("/readyz")

    def _succeeds(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=TIMEOUT) as response:
                return response.status == 200
        except urllib.error.HTTPError:
            return False

    def warnings(self):
        """Returns the warnings and errors in the log."""
        # The last line may be incomplete.
        complete = self.log().rpartition("\n")[0].splitlines()
        lines = [json.loads(line) for line in complete if line.startswith("{")]
        return [line["fields"] for line in lines if line["level"] in ("WARN", "ERROR")]
