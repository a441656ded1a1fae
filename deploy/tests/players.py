"""Players, who use a server through its JSON API."""

import http.client
import json
import queue
import threading
import time

PASSWORD = "correct horse"
# Changes by another instance arrive within two seconds, log-outs within a few more. A busy machine takes longer.
EVENT_TIMEOUT = 20


class Failure(Exception):
    """The server does not do what it should."""


class Player:
    """A player, logged in or not, who uses one server."""

    def __init__(self, server, name, cookie=None):
        self.server = server
        self.name = name
        self.cookie = cookie

    def at(self, server):
        """Returns the same player, with the same session, at another server."""
        return Player(server, self.name, self.cookie)

    def request(self, expected, method, path, body=None):
        """Sends a request and returns the body of the response. Any other status than the expected one is a Failure."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), self._headers())
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status != expected:
            raise Failure(f"{method} {path}: {response.status} {content.decode()}")
        if cookie := response.headers["Set-Cookie"]:
            self.cookie = cookie.partition(";")[0]
        return json.loads(content) if content else None

    def _headers(self):
        headers = {"Content-Type": "application/json"}
        return headers | {"Cookie": self.cookie} if self.cookie else headers

    def _credentials(self):
        return {"name": self.name, "password": PASSWORD}

    def register(self):
        self.request(201, "POST", "/players", self._credentials())

    def log_in(self):
        self.request(200, "POST", "/session", self._credentials())

    def log_out(self):
        self.request(204, "DELETE", "/session")
        self.cookie = None

    def change_password(self):
        """Sets the same password again, which ends all other sessions."""
        self.request(204, "PUT", "/account/password", {"current": PASSWORD, "new": PASSWORD})

    def invite(self, opponent):
        return self.request(201, "POST", "/games", {"opponent": opponent.name})["game_id"]

    def accept(self, game):
        return self.request(200, "POST", f"/games/{game}/accept")

    def decline(self, game):
        self.request(204, "POST", f"/games/{game}/decline")

    def cancel(self, game):
        self.request(204, "POST", f"/games/{game}/cancel")

    def move(self, game, square, ply):
        return self.request(200, "POST", f"/games/{game}/moves", {"square": square, "ply": ply})

    def game(self, game):
        return self.request(200, "GET", f"/games/{game}")

    def lobby(self):
        """Returns the ids of the games in each list."""
        lists = self.request(200, "GET", "/lobby")
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
        self._response = self._connection.getresponse()
        if self._response.status != 200:
            raise Failure(f"GET {path}: {self._response.status} {self._response.read().decode()}")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        kind = None
        try:
            while line := self._response.readline():
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    kind = value
                elif field == "data":
                    self._events.put((kind, json.loads(value)))
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            # Closed by this test or by the server: the stream has ended in both cases.
            pass
        self._events.put(None)

    def until(self, matches, description):
        """Waits for an event (kind, data) that matches. None is the end of the stream."""
        deadline = time.monotonic() + EVENT_TIMEOUT
        while True:
            try:
                event = self._events.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failure(f"{self._path}: {description} did not arrive within {EVENT_TIMEOUT} s") from None
            if matches(event):
                return event
            if event is None:
                raise Failure(f"{self._path}: the stream ended before {description}")

    def until_lists_change(self, description):
        self.until(lambda event: event and event[0] == "lobby", description)

    def until_marks(self, number):
        self.until(lambda event: event and event[0] == "game" and len(event[1]["board"]) == number, f"mark {number}")

    def until_end(self, description):
        self.until(lambda event: event is None, description)

    def close(self):
        # Shut the socket down first: closing alone would wait for the thread that reads from it.
        if self._connection.sock:
            self._connection.sock.shutdown(2)
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
