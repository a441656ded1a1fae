"""The server never writes its credentials to a log at any level, to a response, an error or a file."""

import pytest

import scenario
from players import PASSWORD
from processes import REGION, run
from proxy import Proxy

# As long as real ones, and unique.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "ASIAFINDTHISKEYNOWHERE",
    "AWS_SECRET_ACCESS_KEY": "SecretThatMustNotBeSeen/+0123456789abcde",
    "AWS_SESSION_TOKEN": "TokenThatMustNotBeSeen//" + "0123456789abcdef" * 16 + "==",
}
SECRETS = [CREDENTIALS["AWS_SECRET_ACCESS_KEY"], CREDENTIALS["AWS_SESSION_TOKEN"]]


def leaks(directory):
    """Lists the files under a directory that contain a secret, including logs and outputs."""
    found = []
    for file in directory.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            # JSON may escape the slashes.
            forms = [form for secret in SECRETS for form in (secret, secret.replace("/", "\\/"))]
            found += [f"{file.name}: {form[:8]}…" for form in forms if form.encode() in content]
    return found


def test_the_search_finds_a_leak(tmp_path):
    (tmp_path / "log").write_text(f"the credentials are {CREDENTIALS}")
    assert len(leaks(tmp_path)) == 2


@pytest.fixture(scope="module")
def traced(deployed, tmp_path_factory):
    """A scenario with all logging on: its directory, servers and result."""
    directory = tmp_path_factory.mktemp("traced")
    proxy = Proxy(deployed.aws.moto.port, deployed.tables)
    try:
        with scenario.instances(directory, proxy, deployed.prefix, CREDENTIALS, {"RUST_LOG": "trace"}) as servers:
            played = scenario.play(servers, proxy, deployed.streams)
    finally:
        proxy.stop()
    return directory, servers, played


def test_no_log_or_file_of_a_server_contains_them_at_any_log_level(traced):
    directory, servers, _ = traced
    assert leaks(directory) == []
    # Proof that the credentials were used and everything was logged: the SDK logs the signed headers, with the token
    # redacted.
    assert all("x-amz-security-token:** redacted" in server.log() for server in servers)


def test_no_log_contains_passwords_or_session_tokens_at_any_log_level(traced):
    _, servers, played = traced
    for secret in (PASSWORD, played["ada"].cookie.rpartition(".")[2], played["bob"].cookie.rpartition(".")[2]):
        assert len(secret) > 8
        assert not [server for server in servers if secret in server.log()]


def test_no_log_contains_password_hashes_at_any_log_level(traced):
    _, servers, _ = traced
    assert not [server for server in servers if "$argon2" in server.log()]


def test_the_configuration_does_not_contain_them(tmp_path):
    status, output, _ = run(["config", "--database", "aws"], tmp_path, CREDENTIALS)
    assert status == 0
    assert "database" in output
    assert leaks(tmp_path) == []


@pytest.mark.parametrize("command", [["serve", "--listen", "127.0.0.1:0"], ["tables", "create"], ["tables", "describe"],
                                     ["tables", "delete", "--yes"]], ids=" ".join)
def test_no_error_contains_them_when_they_are_rejected(tmp_path, rejecting_moto, command):
    place = ["--database", "aws", "--endpoint", rejecting_moto.url, "--region", REGION]
    status, _, log = run([*command, *place], tmp_path, CREDENTIALS | {"RUST_LOG": "debug"})
    assert status == 1
    assert "error: Amazon DynamoDB" in log
    assert leaks(tmp_path) == []
