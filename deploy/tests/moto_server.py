"""moto's server, which evaluates the actions of a transaction as IAM does: python moto_server.py -H HOST -p PORT

moto itself evaluates an action named TransactWriteItems, which IAM does not have.
"""

import json

from moto.iam.access_control import IAMRequest
from moto.server import main

from proxy import TRANSACTED

original = IAMRequest.check_action_permitted


def check_action_permitted(self, resource):
    if self._action != "dynamodb:TransactWriteItems":
        return original(self, resource)
    for item in json.loads(self._body)["TransactItems"]:
        for part in item:
            # An error names this action.
            self._action = f"dynamodb:{TRANSACTED[part]}"
            original(self, resource)


if __name__ == "__main__":
    IAMRequest.check_action_permitted = check_action_permitted
    main()
