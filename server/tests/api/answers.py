"""The answers that each operation gave, by status and code."""

from collections import Counter, defaultdict

_counts = defaultdict(Counter)


def count(operation, response):
    """Counts one response."""
    is_problem = response.headers.get("content-type") == ["application/problem+json"]
    code = response.json()["code"] if is_problem else ""
    _counts[operation.label][response.status_code, code] += 1


def table():
    """One line for each operation."""
    for operation, counts in sorted(_counts.items()):
        answers = ", ".join(f"{status} {code}".rstrip() + f" × {count}" for (status, code), count in sorted(counts.items()))
        yield f"{operation}: {answers}"


def successes_not_given(operation):
    """The documented statuses of successes that no request got."""
    documented = operation.definition.raw["responses"]
    given = {str(status) for status, _ in _counts[operation.label]}
    return [status for status in documented if status.startswith("2") and status not in given]
