"""Players who prepare games through the API."""

import uuid

import requests

PASSWORD = "correct horse 1"


class Player:
    """A player with a session."""

    def __init__(self, url, name):
        self.url, self.name = url, name
        self._client = requests.Session()
        self.post("players", {"name": name, "password": PASSWORD})

    def post(self, path, body=None):
        """Sends a request, which must succeed, and returns the response's JSON."""
        response = self._client.post(f"{self.url}/api/v1/{path}", json=body)
        response.raise_for_status()
        return response.json() if response.content else None

    def get(self, path):
        response = self._client.get(f"{self.url}/api/v1/{path}")
        response.raise_for_status()
        return response.json()

    def is_logged_in(self):
        return self._client.get(f"{self.url}/api/v1/session").ok

    def cookies(self):
        """The session cookie by its name."""
        return self._client.cookies.get_dict()

    def invite(self, opponent):
        """Invites a player and returns the id of the game."""
        return self.post("games", {"opponent": opponent.name})["game_id"]

    def accept(self, game):
        self.post(f"games/{game}/accept")
        return game

    def play(self, game, square, ply):
        self.post(f"games/{game}/moves", {"square": square, "ply": ply})
        return game


def new_id():
    """An id that no game has."""
    return str(uuid.uuid4())


def new_name():
    """A name that no player has."""
    return f"p{uuid.uuid4().hex[:12]}"
