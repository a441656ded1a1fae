"""The templates as data, with the references resolved that need no deployed resources."""

import re
from pathlib import Path

import yaml

DEPLOY = Path(__file__).resolve().parent.parent
NAMES = ("tables", "role", "application")


class _Loader(yaml.SafeLoader):
    """A YAML loader that expands the short forms: `!Sub x` becomes `{"Fn::Sub": x}`."""


def _short_form(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if tag == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _short_form)


def path(name):
    return DEPLOY / f"{name}.yaml"


def text(name):
    return path(name).read_text()


def read(name):
    return yaml.load(text(name), _Loader)


def substituted(value, known):
    """Replaces `Ref` and `Fn::Sub` by the values in `known`. A reference to any other name is a KeyError."""
    if isinstance(value, list):
        return [substituted(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return known[value["Ref"]]
    if set(value) == {"Fn::Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda match: known[match[1]], value["Fn::Sub"])
    return {key: substituted(item, known) for key, item in value.items()}


def pseudo_parameters(prefix, partition="aws", region="eu-central-1", account="123456789012", suffix="amazonaws.com"):
    """Returns the table prefix and the pseudo parameters of a stack, for `substituted`."""
    return {
        "TablePrefix": prefix,
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::AccountId": account,
        "AWS::URLSuffix": suffix,
    }
