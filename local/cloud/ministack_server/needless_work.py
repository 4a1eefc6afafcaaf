"""Work and waiting that MiniStack can do without.

- `transformation` sends the same statement for all rows. MiniStack parses it twice for each row, to check it and to run
  it, which took more than half of the time that it spent on DynamoDB.
- A new function is pending for half a second before it is active. It still is, but for a shorter time.
"""

# pylint: disable=import-error,protected-access  # installed in MiniStack's environment, not in ours
# ruff: noqa: SLF001
import functools
import threading
from collections.abc import Callable
from typing import Any, Final

from ministack.services import _dynamodb_keywords, dynamodb, lambda_svc  # type: ignore[import-not-found]  # see above

Parse = Callable[[str, list[Any]], dict[str, Any]]

_TEXTS: Final = 256
"""How many texts are remembered."""
_PENDING_SECONDS: Final = 0.05
_NOTHING: Final[tuple[None, None, dict[str, Any]]] = (None, None, {})


def skip_needless_work() -> None:
    """Replace what does it; MiniStack never changes the tokens of a text."""
    lambda_svc._LAMBDA_STATE_TRANSITION_DELAY = _PENDING_SECONDS
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
