"""The server writes its credentials nowhere: not into a log, however talkative, nor an answer, an error or a file."""

import pytest

import scenario
from players import PASSWORD
from processes import REGION, run
from proxy import Proxy

# As long as real ones and unlike anything else.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "ASIAFINDTHISKEYNOWHERE",
    "AWS_SECRET_ACCESS_KEY": "SecretThatMustNotBeSeen/+0123456789abcde",
    "AWS_SESSION_TOKEN": "TokenThatMustNotBeSeen//" + "0123456789abcdef" * 16 + "==",
}
SECRETS = [CREDENTIALS["AWS_SECRET_ACCESS_KEY"], CREDENTIALS["AWS_SESSION_TOKEN"]]


def leaks(directory):
    """The files under a directory that hold a secret, its log and output among them."""
    found = []
    for file in directory.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            # JSON writes some characters in another way.
            forms = [form for secret in SECRETS for form in (secret, secret.replace("/", "\\/"))]
            found += [f"{file.name}: {form[:8]}…" for form in forms if form.encode() in content]
    return found


def test_a_leak_would_be_found(tmp_path):
    (tmp_path / "log").write_text(f"the credentials are {CREDENTIALS}")
    assert len(leaks(tmp_path)) == 2


@pytest.fixture(scope="module")
def talkative(deployed, tmp_path_factory):
    """What was said and written while people played, with everything logged that can be; and who played."""
    directory = tmp_path_factory.mktemp("talkative")
    proxy = Proxy(deployed.aws.moto.port, deployed.tables)
    try:
        with scenario.instances(directory, proxy, deployed.prefix, CREDENTIALS, {"RUST_LOG": "trace"}) as servers:
            played = scenario.play(servers, proxy, deployed.streams)
    finally:
        proxy.stop()
    return directory, servers, played


def test_no_log_or_file_of_a_server_has_them_however_much_is_logged(talkative):
    directory, servers, _ = talkative
    assert leaks(directory) == []
    # They were used, and everything was logged: the SDK names the token where it signs, and keeps it to itself.
    assert all("x-amz-security-token:** redacted" in server.log() for server in servers)


def test_no_log_has_what_players_log_in_with_however_much_is_logged(talkative):
    _, servers, played = talkative
    for secret in (PASSWORD, played["ada"].cookie.partition("=")[2], played["bob"].cookie.partition("=")[2]):
        assert len(secret) > 8
        assert not [server for server in servers if secret in server.log()]


def test_no_log_has_what_passwords_were_made_into_however_much_is_logged(talkative):
    _, servers, _ = talkative
    assert not [server for server in servers if "$argon2" in server.log()]


def test_the_configuration_does_not_show_them(tmp_path):
    status, output, _ = run(["config", "--database", "aws"], tmp_path, CREDENTIALS)
    assert status == 0
    assert "database" in output
    assert leaks(tmp_path) == []


@pytest.mark.parametrize("command", [["serve", "--listen", "127.0.0.1:0"], ["tables", "create"], ["tables", "describe"],
                                     ["tables", "delete", "--yes"]], ids=" ".join)
def test_no_error_has_them_where_they_are_refused(tmp_path, refusing, command):
    place = ["--database", "aws", "--endpoint", refusing.url, "--region", REGION]
    status, _, log = run([*command, *place], tmp_path, CREDENTIALS | {"RUST_LOG": "debug"})
    assert status == 1
    assert "error: Amazon DynamoDB" in log
    assert leaks(tmp_path) == []
