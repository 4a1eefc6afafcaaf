"""Reads frozen dataclasses out of TOML tables, and names everything that is wrong with them at once."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, get_type_hints

_TYPE_NAMES: Final[Mapping[type, str]] = MappingProxyType(
    {str: "a string", int: "a whole number", bool: "true or false"}
)


@dataclass(frozen=True, kw_only=True)
class Problems:
    """What is wrong with a file, by kind; keys are dotted, as TOML writes them."""

    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.unknown or self.wrong)

    def __str__(self) -> str:
        """All of it in one line: `missing ['region'], unknown ['regoin']`."""
        kinds = [f"missing {sorted(self.missing)}"] if self.missing else []
        kinds += [f"unknown {sorted(self.unknown)}"] if self.unknown else []
        return ", ".join([*kinds, *self.wrong])


def read_values(table: Mapping[str, object], shape: type, problems: Problems, *, path: str = "") -> dict[str, Any]:
    """Pick the values of a dataclass's fields out of a table.

    Args:
        table: as `tomllib` gives it.
        shape: a dataclass whose fields are strings, whole numbers or booleans.
        problems: what is wrong is added here.
        path: dotted key of the table itself, with a final dot, for the problems.

    Returns:
        The values that are there and of the right type; fields with a default may be absent.
    """
    fields = {each.name: each for each in dataclasses.fields(shape)}
    types = get_type_hints(shape)
    problems.unknown.extend(f"{path}{key}" for key in table if key not in fields)
    problems.missing.extend(f"{path}{name}" for name, each in fields.items() if name not in table and _required(each))
    # pylint: disable-next=unidiomatic-typecheck  # True is an instance of int, too
    values = {key: value for key, value in table.items() if key in fields and type(value) is types[key]}
    problems.wrong.extend(
        f"{path}{key} = {value!r} is not {_TYPE_NAMES[types[key]]}"
        for key, value in table.items()
        if key in fields and key not in values
    )
    return values


def defaults(shape: type) -> dict[str, Any]:
    """The values that a dataclass's fields have where a table says nothing."""
    return {each.name: each.default for each in dataclasses.fields(shape) if not _required(each)}


def _required(each: dataclasses.Field[Any]) -> bool:
    return each.default is dataclasses.MISSING
