"""EventBridge's event patterns, as far as the rules use them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tests.simulation.scheduler import NotModeledError

_NUMERIC: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "=": lambda value, limit: value == limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether a rule with this pattern takes an event: every field that it names has one of the values."""
    if not isinstance(event, Mapping):
        return False
    return all(_field(each, event.get(name)) for name, each in pattern.items())


def _field(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, Mapping):
        return matches(pattern, value)
    return any(_choice(each, value) for each in pattern)


def _choice(choice: Any, value: Any) -> bool:
    if not isinstance(choice, Mapping):
        # JSON's true is no number, though Python's is.
        return type(choice) is type(value) and bool(choice == value)
    ((kind, wanted),) = choice.items()
    if kind == "prefix":
        return isinstance(value, str) and value.startswith(wanted)
    if kind == "numeric":
        return type(value) in (int, float) and _in_range(wanted, value)
    raise NotModeledError(f"event pattern with {kind}")


def _in_range(comparisons: Sequence[Any], value: float) -> bool:
    pairs = zip(comparisons[::2], comparisons[1::2], strict=True)
    return all(_NUMERIC[operator](value, limit) for operator, limit in pairs)
