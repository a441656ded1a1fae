"""Two people at two instances do everything that the server can do. Whatever does not work is `Broken`."""

import time
import uuid
from contextlib import contextmanager

from players import HEARD_WITHIN, Broken, Player
from processes import Server


@contextmanager
def instances(directory, proxy, prefix, credentials=None, environment=None):
    """Two servers on the same tables."""
    servers = [Server(directory / name, proxy.url, prefix, credentials, environment) for name in ("one", "other")]
    try:
        for server in servers:
            if not server.until_ready():
                raise Broken(f"the server does not start: {server.log().splitlines()[-1]}")
        yield servers
    finally:
        for server in servers:
            server.stop()


def play(servers, proxy, streams):
    """Plays. `streams` are the ARNs of the streams of games and of sessions. Returns what there is to know of it."""
    here, there = servers
    some = uuid.uuid4().hex[:8]
    ada, bob = Player(here, f"ada-{some}"), Player(there, f"bob-{some}")
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
        # Whose turn it is in each game of this list, is read from the table.
        expect(ada.lobby()["in_progress"] == [game], "the list of games in progress")

        with Player(there, "watcher").watch(f"/games/{game}/events") as watcher:
            moves = ["TopLeft", "MiddleLeft", "TopMiddle", "MiddleMiddle", "TopRight"]
            for ply, square in enumerate(moves):
                player = (ada, bob)[ply % 2]
                player.move(game, square, ply)
                watcher.until_marks(ply + 1)
            # What is watched is read again where something may have been missed.
            proxy.trim(*streams)
            wanted = {("dynamodb:BatchGetItem", stream.partition("/stream/")[0]) for stream in streams}
            until(lambda: wanted <= proxy.asked() and not proxy.trims_left(), "reading again", servers)

        finished = bob.game(game)
        expect(finished["status"] == "FINISHED" and finished["result"] == ada.name, "the end of the game")
        expect(ada.lobby()["finished"] == [game] and bob.lobby()["finished"] == [game], "the list of history")

    for server in servers:
        if complaints := server.complaints():
            raise Broken(f"the server complains: {complaints}")
    return {"game": game, "ada": ada, "bob": bob, "moves": moves}


def expect(holds, what):
    if not holds:
        raise Broken(f"{what} is not as it should be")


def until(holds, what, servers):
    """Waits for something that nobody tells."""
    end = time.monotonic() + HEARD_WITHIN
    while not holds():
        for server in servers:
            if complaints := server.complaints():
                raise Broken(f"the server complains: {complaints}")
        if time.monotonic() > end:
            raise Broken(f"no {what} within {HEARD_WITHIN} s")
        time.sleep(0.05)
