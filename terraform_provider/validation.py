"""Errors that a configuration shows without a call.

botocore's models know enums, lengths, ranges and patterns; the table's rules hold the rest.
"""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from botocore.model import Shape, StructureShape

from terraform_provider.errors import WAY_OUT, Path
from terraform_provider.mapping import find_members, shape_at
from terraform_provider.resource import Definition, input_shape
from terraform_provider.rules import ConfigurationError, values_at
from terraform_provider.spec import Names, ResourceType, Style
from terraform_provider.values import UNKNOWN, State, is_empty

_NUMBERS: Final = ("integer", "long", "double", "float")
_NO_MEMBERS: Final = StructureShape("Prepared", {"type": "structure", "members": {}})
"""For a block that only `prepare` sends."""


def configuration_errors(definition: Definition, config: State) -> list[ConfigurationError]:
    """What is invalid in a resource's configuration; each path is named once."""
    configured = {name for name, value in config.items() if not is_empty(value)}
    errors: dict[Path, ConfigurationError] = {
        (name,): _unsupported((name,)) for name in sorted(configured - definition.configurable)
    }
    for error in (*_broken_rules(definition.kind, config), *_broken_checks(definition.kind, config)):
        errors.setdefault(error.path, error)
    for call in definition.kind.calls:
        if call.style is Style.MEMBERS:
            sent = definition.sent_by(call)
            values = {name: value for name, value in config.items() if name in sent and definition.is_set(config, name)}
            validator = _Validator(names=definition.names(call), prepared=call.prepared)
            for error in validator.structure(input_shape(definition.kind, call), values, ()):
                errors.setdefault(error.path, error)
    return list(errors.values())


def _unsupported(path: Path) -> ConfigurationError:
    """Nothing that is configured may be left out without a word."""
    return ConfigurationError(path=path, message=f"the local provider does not send {_name(path)}: {WAY_OUT}")


def _broken_rules(kind: ResourceType, config: State) -> Iterator[ConfigurationError]:
    for names, rule in kind.rules.items():
        for path, value in values_at(config, names.split("."), whole=rule.whole):
            broken = rule.broken(value)
            if broken:
                yield ConfigurationError(path=path, message=f"expected {_name(path)} {broken}")


def _broken_checks(kind: ResourceType, config: State) -> Iterator[ConfigurationError]:
    for check in kind.checks:
        yield from check(config)


@dataclass(frozen=True, kw_only=True)
class _Validator:
    """Compares a call's attributes with the shapes of its request."""

    names: Names
    prepared: AbstractSet[str]

    def structure(self, shape: StructureShape, values: Mapping[str, Any], path: Path) -> Iterator[ConfigurationError]:
        outer = "".join(f"{step}." for step in path if isinstance(step, str))
        for name, value in values.items():
            if value is None or value is UNKNOWN or outer + name in self.prepared:
                continue
            members = find_members(shape, name, self.names, outer)
            if members:
                yield from self._value(shape_at(shape, members), value, (*path, name))
            elif any(prepared.startswith(f"{outer}{name}.") for prepared in self.prepared):
                yield from self._value(_NO_MEMBERS, value, (*path, name))
            elif path and not is_empty(value):
                yield _unsupported((*path, name))

    def _value(self, shape: Shape, value: Any, path: Path) -> Iterator[ConfigurationError]:
        if isinstance(value, list):
            if shape.type_name == "list":
                yield from _in_list(shape, value, path)
            inner = getattr(shape, "member", shape)
            for at, item in enumerate(value):
                yield from self._value(inner, item, (*path, at))
        elif isinstance(shape, StructureShape) and isinstance(value, Mapping):
            yield from self.structure(shape, value, path)
        elif shape.type_name == "string" and isinstance(value, str) and value:
            yield from _in_text(shape, value, path)
        elif shape.type_name in _NUMBERS and isinstance(value, int | float):
            yield from _in_number(shape, value, path)


def _in_list(shape: Shape, value: list[Any], path: Path) -> Iterator[ConfigurationError]:
    most = shape.metadata.get("max", len(value))
    if len(value) > most:
        yield ConfigurationError(
            path=path, message=f"expected {_name(path)} to have at most {most} items; it has {len(value)}"
        )


def _in_text(shape: Shape, value: str, path: Path) -> Iterator[ConfigurationError]:
    allowed = getattr(shape, "enum", None)
    shortest, longest = shape.metadata.get("min", 0), shape.metadata.get("max", len(value))
    if allowed and value not in allowed:
        message = f"expected {_name(path)} to be one of {', '.join(allowed)}; got {value}"
        yield ConfigurationError(path=path, message=message)
    elif not shortest <= len(value) <= longest:
        message = f"expected {_name(path)} to have {shortest} to {longest} characters; it has {len(value)}"
        yield ConfigurationError(path=path, message=message)
    elif not re.fullmatch(shape.metadata.get("pattern", ".*"), value, re.ASCII | re.DOTALL):
        message = f"expected {_name(path)} to match {shape.metadata['pattern']}; got {value}"
        yield ConfigurationError(path=path, message=message)


def _in_number(shape: Shape, value: float, path: Path) -> Iterator[ConfigurationError]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        bounds = f"at least {least}" if most is None else f"at most {most}" if least is None else f"{least} to {most}"
        yield ConfigurationError(path=path, message=f"expected {_name(path)} to be {bounds}; got {value}")


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path)
