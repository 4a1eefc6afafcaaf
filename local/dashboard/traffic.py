"""Reports of every sort, submitted for a while, and what their client measures."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import cycle
from random import Random
from typing import Final

from tools.client.api import Answer, ApiClient

_HEADER: Final = "transaction_id,amount,currency,timestamp,bank_id"
_SEED: Final = 15
_DAY: Final = "2026-11-20"
_SMALL: Final = 150
_LARGE: Final = 1_200
_PAUSE_SECONDS: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request, as its client saw it."""

    time: float
    """Of the answer, in seconds since 1970."""
    milliseconds: float
    status: int


@dataclass(kw_only=True)
class Sent:
    """What was sent so far."""

    calls: list[Call] = field(default_factory=list)
    uploads: dict[str, str] = field(default_factory=dict)
    """Upload's id -> bank."""


def send_for(
    seconds: float, api_of: Callable[[str], ApiClient], banks: tuple[str, ...], beat: Callable[[], None]
) -> Sent:
    """Submit reports of every sort in turn, and ask for their states.

    Args:
        seconds: for how long.
        api_of: returns the API with a bank's key.
        banks: who submits.
        beat: called after each report.
    """
    sent, end = Sent(), time.monotonic() + seconds
    for bank, report in _reports(banks):
        if time.monotonic() >= end:
            break
        api = api_of(bank)
        answer = _call(sent, partial(api.upload, "report.csv", report))
        if answer.status == HTTPStatus.ACCEPTED:
            sent.uploads[answer.body["upload_id"]] = bank
        for upload_id in list(sent.uploads)[-2:]:
            owner = api_of(sent.uploads[upload_id])
            _call(sent, partial(owner.upload_state, upload_id))
        _call(sent, ApiClient(url=api.url, api_key="not-a-key-of-any-bank").uploads)
        beat()
        time.sleep(_PAUSE_SECONDS)
    return sent


def _call(sent: Sent, request: Callable[[], Answer]) -> Answer:
    began = time.monotonic()
    answer = request()
    milliseconds = (time.monotonic() - began) * 1_000
    sent.calls.append(Call(time=time.time(), milliseconds=milliseconds, status=answer.status))
    return answer


def _reports(banks: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Reports without end: new ones, partly repeated and conflicting ones, invalid and foreign ones."""
    random, first = Random(_SEED), dict.fromkeys(banks, 0)  # noqa: S311  not for secrets
    for number, bank in enumerate(cycle(banks)):
        start, rows = first[bank], _LARGE if number % 4 == 0 else _SMALL
        sort = number % 5  # which is no multiple of the banks, so that each submits reports of every sort
        if sort in {0, 1}:
            first[bank] += rows
            yield bank, _report(bank, start, rows)
        elif sort == 2:  # noqa: PLR2004
            overlap = min(start, rows // 3)
            first[bank] += rows - overlap
            yield bank, _report(bank, start - overlap, rows, changed=random.randint(1, 5))
        elif sort == 3:  # noqa: PLR2004
            yield bank, _report(bank, start, rows).replace(b".00,EUR", b",00,EUR", 3)
        else:
            other = banks[(banks.index(bank) + 1) % len(banks)]
            yield bank, _report(bank, start, rows).replace(f",{bank}\r\n".encode(), f",{other}\r\n".encode(), 4)


def _report(bank: str, start: int, rows: int, *, changed: int = 0) -> bytes:
    """Rows with ids from `start` on; the first `changed` have another amount than the ids had before."""
    text = io.StringIO()
    text.write(f"{_HEADER}\r\n")
    for number in range(start, start + rows):
        amount = f"{number % 900 + 1 + (1_000 if number < start + changed else 0)}.00"
        clock = f"{number // 3_600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
        text.write(f"{bank}-{number:08},{amount},EUR,{_DAY}T{clock}Z,{bank}\r\n")
    return text.getvalue().encode()
