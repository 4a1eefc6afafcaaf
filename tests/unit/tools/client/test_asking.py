"""Asking again while the API has no lasting answer."""

from collections.abc import Callable

import pytest

from tools.client.api import Answer, NoResponseError
from tools.client.asking import TRIES, ask
from tools.errors import ToolError


def answer(status: int, *, retry_after: float | None = None) -> Answer:
    return Answer(status=status, content_type="application/json", body={"detail": "so"}, retry_after=retry_after)


def asked(*answers: Answer | NoResponseError) -> tuple[Callable[[], Answer], list[float]]:
    """A question with these answers, the last of them again and again, and the pauses between them."""
    left = list(answers)

    def question() -> Answer:
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, NoResponseError):
            raise given
        return given

    return question, []


@pytest.mark.parametrize("status", [429, 500, 501, 502, 503, 504])
def test_a_temporary_answer_is_not_the_last_one(status: int) -> None:
    question, pauses = asked(answer(status), NoResponseError("closed"), answer(status), answer(200))

    assert ask(question, pauses.append).status == 200
    assert pauses == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 413, 422])
def test_every_other_answer_is_taken_at_once(status: int) -> None:
    question, pauses = asked(answer(status))

    assert ask(question, pauses.append).status == status
    assert not pauses


@pytest.mark.parametrize(("seconds", "pause"), [(None, 1), (0, 1), (30, 30), (float("inf"), 900)])
def test_the_next_request_is_not_before_the_api_asks_for_it(seconds: float | None, pause: float) -> None:
    question, pauses = asked(answer(429, retry_after=seconds), answer(200))

    assert ask(question, pauses.append).status == 200
    assert pauses == [pause]


@pytest.mark.parametrize(
    ("last", "reason"), [(answer(503), "the API answered 503: so"), (NoResponseError("no response"), "no response")]
)
def test_it_gives_up_after_some_tries_over_minutes(last: Answer | NoResponseError, reason: str) -> None:
    question, pauses = asked(last)

    with pytest.raises(ToolError, match=f"no usable answer in {TRIES} tries, the last time: {reason}"):
        ask(question, pauses.append)
    assert len(pauses) == TRIES - 1
    assert 600 < sum(pauses) < 1200
    assert max(pauses) == 60
