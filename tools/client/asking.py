"""Asks again where an answer says nothing lasting: the API is busy, the bank is over its quota, or nothing responds."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from tools.client.api import Answer, NoResponseError
from tools.errors import ToolError

TRIES: Final = 20
"""In a row: with the pauses between them, some 14 minutes."""
_FIRST_PAUSE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 60.0
_LONGEST_RETRY_AFTER_SECONDS: Final = 900.0
"""The API may ask for longer pauses, within reason."""
_TEMPORARY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, *range(500, 505)})


def ask(question: Callable[[], Answer], sleep: Callable[[float], None]) -> Answer:
    """The first answer that is not a temporary one; between two tries is at least what `Retry-After` asks for.

    Args:
        question: a request that changes nothing.
        sleep: waits, for seconds.

    Raises:
        ToolError: there was none in `TRIES` tries.
    """
    reason = ""
    for number in range(TRIES):
        asked_for = 0.0
        try:
            answer = question()
        except NoResponseError as error:
            reason = str(error)
        else:
            if answer.status not in _TEMPORARY:
                return answer
            reason, asked_for = answer.described, min(answer.retry_after or 0.0, _LONGEST_RETRY_AFTER_SECONDS)
        if number < TRIES - 1:
            sleep(max(min(_FIRST_PAUSE_SECONDS * 2**number, _LONGEST_PAUSE_SECONDS), asked_for))
    raise ToolError(f"no usable answer in {TRIES} tries, the last time: {reason}")
