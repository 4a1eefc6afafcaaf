"""Reference paths, intrinsic functions and payload templates of Amazon States Language."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from tests.simulation.scheduler import NotModeledError

_PATH: Final = re.compile(r"\$\$?((?:\.[A-Za-z_][\w-]*|\[\d+\])*)")
_STEP: Final = re.compile(r"\.([A-Za-z_][\w-]*)|\[(\d+)\]")
_TOKEN: Final = re.compile(r"\s*(States\.\w+|'(?:[^'\\]|\\.)*'|-?\d+|true|false|null|[(),]|\$[^\s(),]*)")

Reader = Callable[[Any, Any], Any]
"""Reads a value from input and context."""


class PathError(Exception):
    """The path does not exist in the data."""


@cache
def reader(expression: str) -> Reader:
    """What a path (`$.a`, `$$.Execution.Id`) or an intrinsic function reads."""
    tokens = _tokens(expression)
    read, rest = _expression(tokens, expression)
    if rest:
        raise NotModeledError(f"{expression!r}: unexpected {rest[0]!r}")
    return read


def resolve(template: Any, data: Any, context: Any) -> Any:
    """Fill a payload template: names that end in `.$` are read, all others are literal."""
    if isinstance(template, Mapping):
        filled = {}
        for name, value in template.items():
            if name.endswith(".$"):
                filled[name[:-2]] = reader(value)(data, context)
            else:
                filled[name] = resolve(value, data, context)
        return filled
    if isinstance(template, list):
        return [resolve(each, data, context) for each in template]
    return template


def exists(path: str, data: Any, context: Any) -> bool:
    """Whether the data has something at a path."""
    try:
        reader(path)(data, context)
    except PathError:
        return False
    return True


def put(path: str | None, data: Any, value: Any) -> Any:
    """The data with a value at a ResultPath."""
    if path is None:
        return data
    steps = _steps(path)
    if not steps:
        return value
    copied = dict(data)
    inner = copied
    for step in steps[:-1]:
        inner[step] = dict(inner.get(step, {}))
        inner = inner[step]
    inner[steps[-1]] = value
    return copied


def _steps(path: str) -> list[str]:
    found = _PATH.fullmatch(path)
    if found is None or path.startswith("$$") or "[" in path:
        raise NotModeledError(f"ResultPath {path!r}")
    return [name for name, _ in _STEP.findall(found[1])]


def _tokens(expression: str) -> list[str]:
    tokens, position = [], 0
    while expression[position:].strip():
        found = _TOKEN.match(expression, position)
        if found is None:
            raise NotModeledError(f"{expression!r}: syntax at {position}")
        tokens.append(found[1])
        position = found.end()
    return tokens


def _expression(tokens: list[str], whole: str) -> tuple[Reader, list[str]]:
    if not tokens:
        raise NotModeledError(f"{whole!r} ends early")
    first, *rest = tokens
    if first.startswith("$"):
        return _path(first), rest
    if first.startswith("'"):
        text = re.sub(r"\\(.)", r"\1", first[1:-1])
        return (lambda _data, _context: text), rest
    if first.startswith("States."):
        return _call(first.removeprefix("States."), rest, whole)
    literal = json.loads(first)
    return (lambda _data, _context: literal), rest


def _call(name: str, tokens: list[str], whole: str) -> tuple[Reader, list[str]]:
    function = _FUNCTIONS.get(name)
    if function is None or tokens[:1] != ["("]:
        raise NotModeledError(f"{whole!r}: States.{name}")
    rest = tokens[1:]
    arguments: list[Reader] = []
    while rest[:1] != [")"]:
        argument, rest = _expression(rest, whole)
        arguments.append(argument)
        if rest[:1] == [","]:
            rest = rest[1:]
    return (lambda data, context: function(*(each(data, context) for each in arguments))), rest[1:]


def _path(path: str) -> Reader:
    found = _PATH.fullmatch(path)
    if found is None:
        raise NotModeledError(f"path {path!r}")
    steps: list[str | int] = [int(index) if index else name for name, index in _STEP.findall(found[1])]
    of_context = path.startswith("$$")

    def read(data: Any, context: Any) -> Any:
        value = context if of_context else data
        for step in steps:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError) as error:
                raise PathError(f"{path} does not exist") from error
        return value

    return read


def _format(text: str, *values: Any) -> str:
    parts = text.split("{}")
    if len(parts) != len(values) + 1:
        raise NotModeledError(f"States.Format({text!r}) of {len(values)} values")
    shown = [value if isinstance(value, str) else json.dumps(value, separators=(",", ":")) for value in values]
    return "".join(part + value for part, value in zip(parts, [*shown, ""], strict=True))


def _item(values: list[Any], index: int) -> Any:
    try:
        return values[index]
    except IndexError as error:
        raise PathError(f"States.ArrayGetItem of {len(values)} at {index}") from error


def _merge(first: dict[str, Any], second: dict[str, Any], deep: bool) -> dict[str, Any]:  # noqa: FBT001 - AWS's
    if deep:
        raise NotModeledError("a deep States.JsonMerge, which AWS does not have")
    return {**first, **second}


_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "Array": lambda *values: list(values),
    "ArrayGetItem": _item,
    "ArrayLength": len,
    "Format": _format,
    "JsonMerge": _merge,
    "JsonToString": lambda value: json.dumps(value, separators=(",", ":")),
    "MathAdd": lambda first, second: first + second,
    "StringSplit": lambda text, separators: [each for each in re.split(f"[{re.escape(separators)}]", text) if each],
    "StringToJson": json.loads,
}
