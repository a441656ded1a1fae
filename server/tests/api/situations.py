"""Games in the states that the operations need.

With random ids, a request would only ever find no game. So the valid parts of a request get the id of a real game, in
one situation after the other: first one in which the operation succeeds, then those in which it must be rejected. The
invalid parts of a request stay as they were generated.
"""

import itertools

from schemathesis.core.parameters import ParameterLocation

from players import PASSWORD, Player, new_id, new_name


class Situations:
    """The situations of `me`, who sends the requests. Each method returns the parameters and fields to replace."""

    def __init__(self, url):
        self.me, self.other, self.third = (Player(url, name) for name in ("me", "other", "third"))
        self._spare = None
        # More invitations than a page of the list has.
        for _ in range(11):
            self.other.invite(self.me)
        situations = {
            "log_in": [self.my_credentials, self.as_generated],
            "register": [self.new_account, self.as_generated],
            "change_password": [self.same_password, self.wrong_password, self.as_generated],
            "delete_account": [self.right_password, self.wrong_password, self.as_generated],
            "list": [self.second_page, self.as_generated],
            "invite": [self.new_invitation, self.invitation_without_id, self.repeated_invitation],
            "show": [self.invited, self.as_generated],
            "accept": [self.invited, self.accepted, self.inviting, self.as_generated],
            "decline": [self.invited, self.accepted, self.inviting, self.as_generated],
            "cancel": [self.inviting, self.my_turn, self.invited, self.as_generated],
            "play": [
                self.first_move,
                self.my_turn,
                self.square_taken,
                self.accepted,
                self.inviting,
                self.game_of_others,
                self.as_generated,
            ],
            "game_events": [self.invited, self.as_generated],
            # Without a game, the first event may take 15 seconds to come.
            "player_events": [self.invited, self.unknown_game],
        }
        self._next = {operation: itertools.cycle(each) for operation, each in situations.items()}

    def apply_to(self, case):
        """Puts a case into the next situation of its operation, if there are any."""
        operation = case.operation
        situations = self._next.get(operation.definition.raw["operationId"])
        for name, value in next(situations)().items() if situations else ():
            if f"{{{name}}}" in case.path:
                location, values = ParameterLocation.PATH, case.path_parameters
            elif operation.query.get(name):
                location, values = ParameterLocation.QUERY, case.query
            else:
                location, values = ParameterLocation.BODY, case.body
            # An invalid query stays invalid with one more of its parameters, all of which are optional.
            is_added = location == ParameterLocation.QUERY and name not in values
            if is_added or not case.meta.is_negative_at(location):
                values[name] = value

    def spare_player(self):
        """A player who is logged in and whose session may end."""
        if self._spare is None or not self._spare.is_logged_in():
            self._spare = Player(self.me.url, new_name())
        return self._spare

    def as_generated(self):
        return {}

    def my_credentials(self):
        return {"name": self.me.name, "password": PASSWORD}

    def new_account(self):
        return {"password": PASSWORD}

    def right_password(self):
        return {"current": PASSWORD}

    def wrong_password(self):
        return {"current": "wrong horse"}

    def same_password(self):
        """A change after which the spare player's password is still known."""
        return {"current": PASSWORD, "new": PASSWORD}

    def second_page(self):
        return {"list": "invitations", "cursor": self.me.get("lobby/invitations")["next"]}

    def new_invitation(self):
        return {"game_id": new_id()}

    def invitation_without_id(self):
        return {"game_id": None}

    def repeated_invitation(self):
        return {"game_id": self.me.invite(self.other), "opponent": self.other.name}

    def unknown_game(self):
        return {"game_id": new_id()}

    def invited(self):
        return {"game_id": self.other.invite(self.me)}

    def inviting(self):
        return {"game_id": self.me.invite(self.other)}

    def accepted(self):
        """A game that I have accepted. It is the other player's turn."""
        return {"game_id": self.me.accept(self.other.invite(self.me))}

    def my_turn(self):
        return {"game_id": self.other.accept(self.me.invite(self.other))}

    def first_move(self):
        return self.my_turn() | {"ply": 0}

    def square_taken(self):
        game = self.accepted()["game_id"]
        return {"game_id": self.other.play(game, "TopLeft", 0), "square": "TopLeft", "ply": 1}

    def game_of_others(self):
        return {"game_id": self.third.accept(self.other.invite(self.third))}
