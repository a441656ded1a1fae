"""People at a server, through its JSON API."""

import http.client
import json
import queue
import threading
import time

PASSWORD = "correct horse"
# A change by another instance is heard within a second or two, a log-out within some more; a busy machine takes longer.
HEARD_WITHIN = 20


class Broken(Exception):
    """Something that works does not."""


class Player:
    """Somebody with a name and perhaps a session, at one server."""

    def __init__(self, server, name, cookie=None):
        self.server = server
        self.name = name
        self.cookie = cookie

    def at(self, server):
        """The same with the same session at another server."""
        return Player(server, self.name, self.cookie)

    def ask(self, expected, method, path, body=None):
        """Sends a request and returns the answer's body; Broken if the status is another than expected."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), self._headers())
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != expected:
            raise Broken(f"{method} {path}: {answer.status} {content.decode()}")
        if cookie := answer.headers["Set-Cookie"]:
            self.cookie = cookie.partition(";")[0]
        return json.loads(content) if content else None

    def _headers(self):
        headers = {"Content-Type": "application/json"}
        return headers | {"Cookie": self.cookie} if self.cookie else headers

    def _credentials(self):
        return {"name": self.name, "password": PASSWORD}

    def register(self):
        self.ask(201, "POST", "/players", self._credentials())

    def log_in(self):
        self.ask(200, "POST", "/session", self._credentials())

    def log_out(self):
        self.ask(204, "DELETE", "/session")
        self.cookie = None

    def invite(self, opponent):
        return self.ask(201, "POST", "/games", {"opponent": opponent.name})["game_id"]

    def accept(self, game):
        return self.ask(200, "POST", f"/games/{game}/accept")

    def decline(self, game):
        self.ask(204, "POST", f"/games/{game}/decline")

    def cancel(self, game):
        self.ask(204, "POST", f"/games/{game}/cancel")

    def move(self, game, square, ply):
        return self.ask(200, "POST", f"/games/{game}/moves", {"square": square, "ply": ply})

    def game(self, game):
        return self.ask(200, "GET", f"/games/{game}")

    def lobby(self):
        """The games of each list, by id."""
        lists = self.ask(200, "GET", "/lobby")
        return {name: [game["game_id"] for game in games] for name, games in lists.items()}

    def watch(self, path):
        return Watch(self.server, path, self._headers())


class Watch:
    """An open event stream."""

    def __init__(self, server, path, headers):
        self._path = path
        self._events = queue.SimpleQueue()
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._connection.request("GET", f"/api/v1{path}", headers=headers)
        self._answer = self._connection.getresponse()
        if self._answer.status != 200:
            raise Broken(f"GET {path}: {self._answer.status} {self._answer.read().decode()}")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        kind = None
        try:
            while line := self._answer.readline():
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    kind = value
                elif field == "data":
                    self._events.put((kind, json.loads(value)))
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            # Closed by us, or broken off: over in either case.
            pass
        self._events.put(None)

    def until(self, is_it, what):
        """Waits for an event (kind, data); None is the end of the stream."""
        end = time.monotonic() + HEARD_WITHIN
        while True:
            try:
                event = self._events.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                raise Broken(f"{self._path}: {what} was not heard within {HEARD_WITHIN} s") from None
            if is_it(event):
                return event
            if event is None:
                raise Broken(f"{self._path}: the stream ended before {what}")

    def until_lists_change(self, what):
        self.until(lambda event: event and event[0] == "lobby", what)

    def until_marks(self, number):
        self.until(lambda event: event and event[0] == "game" and len(event[1]["board"]) == number, f"mark {number}")

    def until_end(self, what):
        self.until(lambda event: event is None, what)

    def close(self):
        # Wakes the thread that reads; closing alone would wait for it.
        if self._connection.sock:
            self._connection.sock.shutdown(2)
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
