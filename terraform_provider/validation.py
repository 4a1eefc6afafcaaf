"""Mistakes that can be told from the configuration alone: botocore's models know enums, lengths and ranges."""

import string
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from botocore.model import Shape, StructureShape

from terraform_provider.errors import Path
from terraform_provider.mapping import find_members, shape_at
from terraform_provider.resource import Definition, input_shape
from terraform_provider.spec import Call, Names, Style
from terraform_provider.values import UNKNOWN, State, is_empty

_OUTSIDE = frozenset({"id", "region", "tags", "timeouts"})
_NUMBERS = ("integer", "long", "double", "float")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something wrong in a configuration."""

    path: Path
    message: str


def problems(definition: Definition, config: State) -> list[Problem]:
    """What is wrong with a resource's configuration; each place is named once."""
    found: dict[Path, Problem] = {problem.path: problem for problem in _not_sent(definition, config)}
    for call in _calls(definition):
        if call.style is Style.MEMBERS:
            values = {name: value for name, value in config.items() if _takes(call, name)}
            values = {name: value for name, value in values.items() if definition.is_set(values, name)}
            validate = _Validate(names=definition.names(call), prepared=call.prepared)
            for problem in validate.structure(input_shape(definition.kind, call), values, ()):
                found.setdefault(problem.path, problem)
    return list(found.values())


def _calls(definition: Definition) -> tuple[Call, ...]:
    return definition.kind.create, *definition.kind.updates, *definition.kind.settings


def _not_sent(definition: Definition, config: State) -> Iterator[Problem]:
    """Nothing that is configured may be silently left out."""
    sent = definition.kind.unsent | _OUTSIDE | {f"{definition.kind.named}_prefix"}
    for call in _calls(definition):
        sent |= definition.sent_by(call) | _fields(call)
    for name in sorted(name for name, value in config.items() if not is_empty(value) and name not in sent):
        yield _missing((name,))


def _missing(path: Path) -> Problem:
    advice = "add it to terraform_provider/table/, or deploy with `--provider registry`"
    return Problem(path=path, message=f"the local provider does not send {_name(path)}: {advice}")


def _fields(call: Call) -> AbstractSet[str]:
    templates = [item for item in call.keys.values() if isinstance(item, str)]
    return {name for item in templates for _, name, _, _ in string.Formatter().parse(item) if name}


def _takes(call: Call, name: str) -> bool:
    return call.attributes is None or name in call.attributes


@dataclass(frozen=True, kw_only=True)
class _Validate:
    """Holds a call's attributes against the shapes of its request."""

    names: Names
    prepared: AbstractSet[str]

    def structure(self, shape: StructureShape, values: Mapping[str, Any], path: Path) -> Iterator[Problem]:
        outer = "".join(f"{step}." for step in path if isinstance(step, str))
        for name, value in values.items():
            members = find_members(shape, name, self.names, outer)
            if value is None or value is UNKNOWN or outer + name in self.prepared:
                continue
            if members:
                yield from self._value(shape_at(shape, members), value, (*path, name))
            elif path and not is_empty(value):
                yield _missing((*path, name))

    def _value(self, shape: Shape, value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, list):
            inner = getattr(shape, "member", shape)
            for at, item in enumerate(value):
                yield from self._value(inner, item, (*path, at))
        elif isinstance(shape, StructureShape) and isinstance(value, Mapping):
            yield from self.structure(shape, value, path)
        elif shape.type_name == "string" and isinstance(value, str) and value:
            yield from _in_text(shape, value, path)
        elif shape.type_name in _NUMBERS and isinstance(value, int | float):
            yield from _in_number(shape, value, path)


def _in_text(shape: Shape, value: str, path: Path) -> Iterator[Problem]:
    allowed = getattr(shape, "enum", None)
    shortest, longest = shape.metadata.get("min", 0), shape.metadata.get("max", len(value))
    if allowed and value not in allowed:
        yield Problem(path=path, message=f"expected {_name(path)} to be one of {', '.join(allowed)}; got {value}")
    elif not shortest <= len(value) <= longest:
        yield Problem(
            path=path,
            message=f"expected {_name(path)} to have {shortest} to {longest} characters; it has {len(value)}",
        )


def _in_number(shape: Shape, value: float, path: Path) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        bounds = f"at least {least}" if most is None else f"at most {most}" if least is None else f"{least} to {most}"
        yield Problem(path=path, message=f"expected {_name(path)} to be {bounds}; got {value}")


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path)
