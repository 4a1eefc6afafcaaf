"""Evaluates synthesized policies as IAM does, as far as they use it: effects, wildcards, and the operators below."""

import json
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

Context = Mapping[str, str | list[str]]
"""Condition key -> its value in the request; list for keys with several."""
Statement = Mapping[str, Any]
_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda actual, expected: actual == expected,
    "StringLike": fnmatchcase,
}


def statements(*documents: str) -> list[Statement]:
    """All statements of some policies."""
    return [each for document in documents for each in json.loads(document)["Statement"]]


def as_list(value: str | list[str]) -> list[str]:
    """One value or several, as IAM accepts both."""
    return [value] if isinstance(value, str) else value


def allows(policy: Iterable[Statement], action: str, resource: str, context: Context | None = None) -> bool:
    """Whether a request is allowed: by one statement, and denied by none."""
    effects = {
        each["Effect"]
        for each in policy
        if action in as_list(each["Action"])
        and any(fnmatchcase(resource, pattern) for pattern in as_list(each["Resource"]))
        and _met(each.get("Condition", {}), context or {})
    }
    return effects == {"Allow"}


def _met(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    return all(
        _holds(operator, context.get(key), as_list(expected))
        for operator, keys in conditions.items()
        for key, expected in keys.items()
    )


def _holds(operator: str, actual: str | list[str] | None, expected: list[str]) -> bool:
    if actual is None:
        return operator.endswith("IfExists") or operator.startswith("ForAllValues:")
    operator = operator.removesuffix("IfExists")
    quantifier, _, comparison = operator.rpartition(":")
    matches = _COMPARISONS[comparison]
    found = [any(matches(each, pattern) for pattern in expected) for each in as_list(actual)]
    return all(found) if quantifier == "ForAllValues" else any(found)
