"""A PartiQL statement is parsed once for each row, and divided into tokens once for all rows.

`transformation` sends the same text for all rows. MiniStack parses it twice for each row, to check it and to run it,
which took more than half of the time that it spent on DynamoDB.
"""

# pylint: disable=import-error,protected-access  # installed in MiniStack's environment, not in ours
# ruff: noqa: SLF001
import functools
import threading
from collections.abc import Callable
from typing import Any, Final

from ministack.services import _dynamodb_keywords, dynamodb  # type: ignore[import-not-found]  # see above

Parse = Callable[[str, list[Any]], dict[str, Any]]

_TEXTS: Final = 256
"""How many texts are remembered."""
_NOTHING: Final[tuple[None, None, dict[str, Any]]] = (None, None, {})


def read_statements_once() -> None:
    """Put both in their place; MiniStack never changes the tokens of a text."""
    _dynamodb_keywords._tokenize = functools.lru_cache(_TEXTS)(_dynamodb_keywords._tokenize)
    dynamodb._parse_partiql = parse_once(dynamodb._parse_partiql)


def parse_once(parse: Parse) -> Parse:
    """Let the second of two calls in a row with the same objects have the result of the first."""
    latest = threading.local()

    def parsed(statement: str, parameters: list[Any]) -> dict[str, Any]:
        result: dict[str, Any]
        text, values, result = getattr(latest, "checked", _NOTHING)
        if text is statement and values is parameters:
            latest.checked = _NOTHING
        else:
            result = parse(statement, parameters)
            latest.checked = statement, parameters, result
        return result

    return parsed
