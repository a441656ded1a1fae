"""A scenario in which two players at two instances use every feature of the server. A feature that does not work raises
`Failure`."""

import time
import uuid
from contextlib import contextmanager

from players import EVENT_TIMEOUT, Failure, Player
from processes import Server


@contextmanager
def instances(directory, proxy, prefix, credentials=None, environment=None):
    """Starts two servers on the same tables."""
    servers = [Server(directory / name, proxy.url, prefix, credentials, environment) for name in ("one", "other")]
    try:
        for server in servers:
            if not server.until_ready():
                raise Failure(f"the server does not start: {server.log().splitlines()[-1]}")
        yield servers
    finally:
        for server in servers:
            server.stop()


def play(servers, proxy, streams):
    """Plays the scenario, and returns its game, players and moves. `streams` are the ARNs of the streams of games and of
    sessions."""
    here, there = servers
    suffix = uuid.uuid4().hex[:8]
    ada, bob = Player(here, f"ada-{suffix}"), Player(there, f"bob-{suffix}")
    ada.register()
    bob.register()
    with bob.at(here).watch("/events") as lists:
        bob.log_out()
        lists.until_end("a log-out at another instance")
    bob.log_in()

    with ada.at(there).watch("/events") as lists:
        declined = ada.invite(bob)
        lists.until_lists_change("an invitation by another instance")
        bob.decline(declined)
        ada.cancel(ada.invite(bob))
        game = ada.invite(bob)
        expect(ada.lobby()["outgoing"] == [game] and bob.lobby()["invitations"] == [game], "one invitation")
        bob.accept(game)
        # This list reads each game's turn from the table.
        expect(ada.lobby()["in_progress"] == [game], "the list of games in progress")

        # The instance that meets the gap reads again only what is watched there, so both have watchers.
        watched_here = bob.at(here).watch(f"/events?game_id={game}")
        with watched_here, Player(there, "watcher").watch(f"/games/{game}/events") as watcher:
            moves = ["TopLeft", "MiddleLeft", "TopMiddle", "MiddleMiddle", "TopRight"]
            for ply, square in enumerate(moves):
                player = (ada, bob)[ply % 2]
                player.move(game, square, ply)
                watcher.until_marks(ply + 1)
            # After a gap in a stream, the server reads again whatever is watched.
            proxy.trim(*streams)
            expected = {("dynamodb:BatchGetItem", stream.partition("/stream/")[0]) for stream in streams}
            until(lambda: expected <= proxy.requested() and not proxy.has_pending_trims(), "second read", servers)

        finished = bob.game(game)
        expect(finished["status"] == "FINISHED" and finished["result"] == ada.name, "the end of the game")
        with bob.watch("/events") as lists:
            elsewhere = Player(here, bob.name)
            elsewhere.log_in()
            elsewhere.change_password()
            lists.until_end("a changed password at another instance")
        bob.log_in()
        expect(ada.lobby()["finished"] == [game] and bob.lobby()["finished"] == [game], "the list of history")

    for server in servers:
        if warnings := server.warnings():
            raise Failure(f"the server logged warnings: {warnings}")
    return {"game": game, "ada": ada, "bob": bob, "moves": moves}


def expect(condition, description):
    if not condition:
        raise Failure(f"{description} is wrong")


def until(condition, description, servers):
    """Polls until the condition holds."""
    deadline = time.monotonic() + EVENT_TIMEOUT
    while not condition():
        for server in servers:
            if warnings := server.warnings():
                raise Failure(f"the server logged warnings: {warnings}")
        if time.monotonic() > deadline:
            raise Failure(f"no {description} within {EVENT_TIMEOUT} s")
        time.sleep(0.05)
