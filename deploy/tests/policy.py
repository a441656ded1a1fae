"""The server's policy in role.yaml as a set of grants, and policies made from grants."""

import re
from typing import NamedTuple

import templates


class Grant(NamedTuple):
    """One action on one resource."""

    action: str
    resource: str

    def allows(self, action, resource):
        # IAM's patterns: * matches any text, ? any character. Actions are case-insensitive.
        pattern = re.escape(self.resource).replace(r"\*", ".*").replace(r"\?", ".")
        return self.action.lower() == action.lower() and re.fullmatch(pattern, resource) is not None


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(pseudo_parameters):
    """Returns the statements of the server's policy in a stack with those pseudo parameters."""
    policies = templates.read("role")["Resources"]["InstanceRole"]["Properties"]["Policies"]
    (policy,) = [policy for policy in policies if policy["PolicyName"] == "server"]
    return templates.substituted(policy["PolicyDocument"]["Statement"], pseudo_parameters)


def grants(of_statements):
    return {
        Grant(action, resource)
        for statement in of_statements
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def document(actions, resource="*"):
    """Returns a policy that allows these actions on that resource."""
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def kind(resource):
    """Returns the kind of a resource of the tables stack, without prefix and label:
    `Games/stream` for `…:table/prefix-Games/stream/2026-11-22T05:30:00`."""
    table, _, part = resource.partition(":table/")[2].partition("/")
    name = re.search("(Games|Players|Sessions)$", table)
    return "/".join(filter(None, [name[0] if name else table, "stream" if part.startswith("stream/") else part]))
