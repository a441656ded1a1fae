"""The server's policy in role.yaml, taken apart into its single grants, and put together again without one of them."""

import re
from typing import NamedTuple

import templates


class Grant(NamedTuple):
    """One action on one resource."""

    action: str
    resource: str

    def allows(self, action, resource):
        # Of IAM's patterns: * is any text, ? any character; actions are compared without regard to case.
        pattern = re.escape(self.resource).replace(r"\*", ".*").replace(r"\?", ".")
        return self.action.lower() == action.lower() and re.fullmatch(pattern, resource) is not None


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(place):
    """The statements of the server's policy, as they are for a stack at that place."""
    policies = templates.read("role")["Resources"]["InstanceRole"]["Properties"]["Policies"]
    (policy,) = [policy for policy in policies if policy["PolicyName"] == "server"]
    return templates.substituted(policy["PolicyDocument"]["Statement"], place)


def grants(of_statements):
    return {
        Grant(action, resource)
        for statement in of_statements
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def document(actions, resource="*"):
    """A policy that allows these actions on that resource."""
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def kind(resource):
    """What a resource of the tables stack is, whatever it is called there:
    `…:table/prefix-Games/stream/2026-11-22T05:30:00` is `Games/stream`."""
    table, _, part = resource.partition(":table/")[2].partition("/")
    name = re.search("(Games|Players|Sessions)$", table)
    return "/".join(filter(None, [name[0] if name else table, "stream" if part.startswith("stream/") else part]))
