"""The server under test: the release binary with an empty database, without rate limits."""

import atexit
import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BINARY = ROOT / os.environ.get("SERVER_BIN", "target/release/server")


def start():
    """Starts a server, which ends with this process, and returns its address."""
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is missing: build it with `make build`, or set SERVER_BIN to its path.")
    directory = tempfile.TemporaryDirectory(prefix="tic-tac-toe-api-")
    arguments = ["serve", "--listen", "127.0.0.1:0", "--database", "embedded", "--data-dir", directory.name]
    log = Path(directory.name, "log").open("w+b")
    process = subprocess.Popen(
        [BINARY, *arguments, "--rate-limits", "off"], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
    )

    def stop():
        # On SIGINT, the server stops without draining.
        process.send_signal(signal.SIGINT)
        process.wait()
        directory.cleanup()

    atexit.register(stop)
    for line in process.stdout:
        if found := re.search(r"listening on (http://\S+)", line):
            return found[1]
    raise RuntimeError(f"the server ended: {Path(log.name).read_text()}")
