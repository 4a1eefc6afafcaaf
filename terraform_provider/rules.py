"""Rules for values that botocore's models do not hold: what the real provider or AWS rejects.

A rule sees known values only: what is "(known after apply)" is checked once it is known.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from terraform_provider.errors import Path
from terraform_provider.values import UNKNOWN, State, is_empty

_SHOWN: Final = 60
"""Characters of a wrong value that a message repeats."""


@dataclass(frozen=True, kw_only=True)
class ConfigurationError:
    """Something invalid in a resource's configuration."""

    path: Path
    message: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a value must be.

    Attributes:
        broken: Completes "expected <attribute> ...", or None if the value is right.
        whole: A list is checked as a whole, instead of each of its items.
    """

    broken: Callable[[Any], str | None]
    whole: bool = False


Check = Callable[[State], Iterable[ConfigurationError]]
"""A rule across attributes, for the whole configuration of a resource."""


# Rules for one value


def _rule(expected: str, holds: Callable[[Any], bool], *, whole: bool = False) -> Rule:
    return Rule(broken=lambda value: None if holds(value) else f"{expected}; got {_shown(value)}", whole=whole)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def matches(pattern: str, expected: str) -> Rule:
    """A text that a pattern matches as a whole; `expected` says it in words."""
    compiled = re.compile(pattern, re.ASCII)
    return _rule(f"to be {expected}", lambda value: bool(compiled.fullmatch(value)))


def between(least: float, most: float) -> Rule:
    """A number within bounds."""
    return _rule(f"to be {least} to {most}", lambda value: least <= value <= most)


def at_least(least: float) -> Rule:
    """A number with a lower bound."""
    return _rule(f"to be at least {least}", lambda value: bool(value >= least))


def one_of(*allowed: Any) -> Rule:
    """One of a few values."""
    return _rule(f"to be one of {', '.join(map(str, allowed))}", lambda value: value in allowed)


def length(least: int, most: int) -> Rule:
    """A text with a limited number of characters; the message does not show it, for it may be secret."""
    return Rule(
        broken=lambda value: (
            None if least <= len(value) <= most else f"to have {least} to {most} characters; it has {len(value)}"
        )
    )


def items(least: int, most: int) -> Rule:
    """A list with a limited number of items."""
    wanted = f"exactly {least}" if least == most else f"{least} to {most}"
    return Rule(
        broken=lambda value: (
            None if least <= len(value) <= most else f"to have {wanted} item{'s' * (most > 1)}; it has {len(value)}"
        ),
        whole=True,
    )


def seconds_of_a_period(*short: int) -> Rule:
    """A period of CloudWatch: one of a few short ones, or whole minutes."""
    return _rule(
        f"to be {', '.join(map(str, short))} or a multiple of 60",
        lambda value: value in short or (value > 0 and value % 60 == 0),
    )


def one_set(*names: str) -> Rule:
    """A block in which one of some attributes is set, and no other of them."""
    return Rule(
        broken=lambda block: None if _may_be_one(block, names) else f"to set exactly one of {', '.join(sorted(names))}"
    )


_ARN_PATTERN: Final = r"arn:aws[a-z-]*:[A-Za-z0-9-]+:[a-z0-9-]*:(\d{12}|aws|aws-managed|)?:.+"
ARN: Final = matches(_ARN_PATTERN, "an ARN")
ACTION_ARN: Final = matches(rf"{_ARN_PATTERN}|arn:aws[a-z-]*:automate:[a-z0-9-]+:ec2:[a-z]+", "an ARN")
"""What an alarm may do: everything with an ARN, and EC2's own actions."""

HTTP_METHOD: Final = one_of("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def _broken_json(value: str) -> str | None:
    try:
        parse_json(value)
    except ValueError as error:
        return f"to be JSON; {error}; got {_shown(value)}"
    return None


def _broken_object(value: str) -> str | None:
    broken = _broken_json(value)
    if broken or isinstance(parse_json(value), dict):
        return broken
    return f"to be a JSON object; got {_shown(value)}"


def parse_json(value: str) -> Any:
    """A JSON document; raises ValueError also for what only Python's parser accepts (NaN)."""
    return json.loads(value, parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


JSON: Final = Rule(broken=_broken_json)
OBJECT: Final = Rule(broken=_broken_object)
"""All policies, patterns and definitions."""


# Rules across attributes


def _is_known(values: State, name: str) -> bool:
    return values.get(name) is not UNKNOWN


def is_set(values: State, name: str) -> bool:
    """Whether an attribute has a known value."""
    return not is_empty(values.get(name))


def _may_be_one(values: State, names: Iterable[str]) -> bool:
    """Whether exactly one attribute is set, or may be once all are known."""
    known = [name for name in names if is_set(values, name)]
    return len(known) == 1 or (not known and not all(_is_known(values, name) for name in names))


def exactly_one(*names: str) -> Check:
    """One of some attributes is set, and no other of them."""

    def check(config: State) -> Iterator[ConfigurationError]:
        if not _may_be_one(config, names):
            path = next((name for name in names if is_set(config, name)), names[0])
            yield ConfigurationError(path=(path,), message=f"expected exactly one of {', '.join(names)} to be set")

    return check


def any_of(*names: str) -> Check:
    """At least one of some attributes is set."""

    def check(config: State) -> Iterator[ConfigurationError]:
        if not any(is_set(config, name) or not _is_known(config, name) for name in names):
            message = f"expected {' or '.join(names)} to be set"
            yield ConfigurationError(path=(names[0],), message=message)

    return check


def needs(*names: str, when: Callable[[State], bool], why: str) -> Check:
    """Attributes that have to be set in a certain case."""

    def check(config: State) -> Iterator[ConfigurationError]:
        if when(config):
            for name in names:
                if _is_known(config, name) and not is_set(config, name):
                    yield ConfigurationError(path=(name,), message=f"expected {name} to be set {why}")

    return check


def excludes(name: str, others: AbstractSet[str]) -> Check:
    """Attributes that must not be set beside another one."""

    def check(config: State) -> Iterator[ConfigurationError]:
        if is_set(config, name):
            for other in sorted(others):
                if is_set(config, other):
                    yield ConfigurationError(path=(other,), message=f"expected {other} not to be set beside {name}")

    return check


# Values of a configuration


def values_at(values: Any, names: list[str], path: Path = (), *, whole: bool = False) -> Iterator[tuple[Path, Any]]:
    """Every known value, with its path, to which names lead through blocks and lists."""
    if values in (None, "") or values is UNKNOWN:
        return
    if isinstance(values, list) and (names or not whole):
        for at, item in enumerate(values):
            yield from values_at(item, names, (*path, at), whole=whole)
    elif not names:
        yield path, values
    elif isinstance(values, dict):
        yield from values_at(values.get(names[0]), names[1:], (*path, names[0]), whole=whole)
