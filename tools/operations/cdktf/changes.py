"""What a plan changes, from `terraform show -json`: a digest that only equal plans share, and what is to be masked."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

MASK: Final = "(masked)"
_CONFIDENTIAL: Final = frozenset(
    {
        ("aws_sns_topic_subscription", "endpoint"),  # where a bank or the operators can be reached
        ("aws_api_gateway_usage_plan_key", "value"),  # a bank's key, which hashicorp/aws does not mark as sensitive
    }
)
"""Type and attribute of what Terraform would print."""
_SHORTEST: Final = 8
"""Characters of a sensitive value that is searched for elsewhere: `true` or `prod` occurs everywhere by chance.

At its own place, Terraform masks a sensitive value of any length. No API key has fewer than 20 (API Gateway limit).
"""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a plan changes."""

    digest: str
    """SHA-256 of it in hexadecimal: equal for plans that change the same in the same way, and for no others."""
    types: frozenset[str]
    """Types of the resources that change."""
    outputs: frozenset[str]
    """Names of the outputs whose value changes."""
    confidential: frozenset[str]
    """Values that no summary may contain: sensitive ones, keys, contacts."""

    def mask(self, lines: Iterable[str]) -> list[str]:
        """Text about the plan, without the confidential values."""
        longest_first = sorted(self.confidential, key=len, reverse=True)
        return [_mask(line, longest_first) for line in lines]


def read_changes(document: Mapping[str, Any]) -> Changes:
    """Read a plan.

    Args:
        document: as `terraform show -json` prints it (format 1.x).
    """
    resources = document.get("resource_changes", [])
    outputs = {name: each for name, each in document.get("output_changes", {}).items() if _acts(each)}
    normal = {
        "resources": sorted((_resource(each) for each in resources if _acts(each["change"])), key=_to_json),
        "outputs": {name: _change(each) for name, each in outputs.items()},
    }
    seen = [*resources, *document.get("resource_drift", [])]
    confidential = {
        *(value for each in seen for value in _confidential(each)),
        *(value for each in outputs.values() for value in _sensitive(each)),
    }
    return Changes(
        digest=hashlib.sha256(_to_json(normal).encode()).hexdigest(),
        types=frozenset(each["type"] for each in resources if _acts(each["change"])),
        outputs=frozenset(outputs),
        confidential=frozenset(confidential),
    )


def _acts(change: Mapping[str, Any]) -> bool:
    return change["actions"] != ["no-op"] or "importing" in change


def _resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    identity = {name: resource.get(name) for name in ("address", "previous_address", "deposed")}
    return {**identity, **_change(resource["change"])}


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    before, after = change.get("before"), change.get("after")
    unknown = _pruned(change.get("after_unknown"))
    normal = {"actions": change["actions"], "importing": change.get("importing"), "unknown": unknown}
    if isinstance(before, dict) and isinstance(after, dict):
        # What stays is no change: it may be new since the last plan, such as the time of another change.
        staying = {name for name in before.keys() & after.keys() if before[name] == after[name]}
        before, after = ({k: v for k, v in side.items() if k not in staying} for side in (before, after))
    return {**normal, "before": before, "after": after}


def _pruned(unknown: Any) -> Any:
    """What is unknown until the apply: Terraform marks what is known by false, by an empty value, or not at all."""
    if isinstance(unknown, dict):
        return {name: part for name, each in unknown.items() if (part := _pruned(each))} or None
    if isinstance(unknown, list):
        parts = [_pruned(each) for each in unknown]
        return parts if any(parts) else None
    return unknown or None


def _confidential(resource: Mapping[str, Any]) -> Iterator[str]:
    change = resource["change"]
    for type_, attribute in _CONFIDENTIAL:
        if resource["type"] == type_:
            yield from (value for side in ("before", "after") if (value := (change.get(side) or {}).get(attribute)))
    yield from _sensitive(change)


def _sensitive(change: Mapping[str, Any]) -> Iterator[str]:
    for side in ("before", "after"):
        for text in _marked(change.get(side), change.get(f"{side}_sensitive")):
            yield from (part for part in {text, *text.splitlines()} if len(part) >= _SHORTEST)


def _marked(value: Any, marks: Any) -> Iterator[str]:
    """All texts in what is marked as sensitive: a mark is `true`, or has the structure of the value."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _marked(each, marks if marks is True else (marks or {}).get(name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            beyond = not marks or marks is True or number >= len(marks)
            yield from _marked(each, marks if beyond else marks[number])
    elif marks is True and isinstance(value, str):
        yield value


def _mask(line: str, values: Iterable[str]) -> str:
    for value in values:
        # Terraform prints a text in quotation marks, escaped; the escaped one may contain the other.
        for written in (json.dumps(value, ensure_ascii=False)[1:-1], value):
            line = line.replace(written, MASK)
    return line


def _to_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
