"""Handing reports in through the API, and following each until it has ended."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Protocol

from shared.contracts.uploads import ENDED, UploadStatus
from tools.client.api import Answer
from tools.errors import ToolError

LIMIT_SECONDS: Final = 300
"""An Express workflow lives no longer (Step Functions quota)."""
_PAUSE_SECONDS: Final = 0.2


class Api(Protocol):
    """The part of the API that is used here."""

    def upload(self, file_name: str, content: bytes) -> Answer:
        """Hand a report in."""

    def upload_state(self, upload_id: str) -> Answer:
        """How far an upload is."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Time that passes; a test's does so at once."""

    now: Callable[[], float] = time.monotonic
    """In seconds, from any beginning."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One report to submit."""

    bank_id: str
    path: Path
    status: UploadStatus = UploadStatus.COMPLETED
    """How it has to end."""
    rows: int | None = None
    """How many rows it has, where that is known beforehand."""
    again: bool = False
    """Whether it is submitted a second time: then it has to be known."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload as it stands."""

    sample: Sample
    upload_id: str
    answered: int
    """Status code with which the report was answered."""
    status: UploadStatus
    began: float
    seconds: float = 0.0
    """From submitting to the last news."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The rest of the API's last answer: rows, totals, counts, problems."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Problems of a refused report, in order of line."""
        return list(self.facts.get("errors", []))


def send(
    samples: Sequence[Sample], api_of: Callable[[str], Api], clock: Clock, show: Callable[[Upload], None]
) -> list[Upload]:
    """Hand reports in and follow them until all have ended; then those that are resubmitted.

    Args:
        samples: what to submit.
        api_of: the API with a bank's key.
        clock: for the pauses and the times.
        show: called with an upload whenever its status has changed.

    Returns:
        The uploads as they ended.

    Raises:
        ToolError: the API took no report, did not answer, or an upload has not ended within `LIMIT_SECONDS`.
    """
    ended: list[Upload] = []
    for again in (False, True):
        begun = []
        for sample in samples:
            if sample.again is again:
                begun.append(hand_in(sample, api_of(sample.bank_id), clock))
                show(begun[-1])
        ended += follow(begun, api_of, clock, show)
    return ended


def hand_in(sample: Sample, api: Api, clock: Clock) -> Upload:
    """Hand one report in.

    Raises:
        ToolError: the API neither took the report nor refused its content.
    """
    began = clock.now()
    answer = api.upload(sample.path.name, sample.path.read_bytes())
    if answer.status not in (HTTPStatus.ACCEPTED, HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY):
        raise ToolError(f"{sample.path.name}: {_told(answer)}")
    refused = answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    return Upload(
        sample=sample,
        upload_id=answer.body["upload_id"],
        answered=answer.status,
        status=UploadStatus.REJECTED if refused else UploadStatus(answer.body["status"]),
        began=began,
        seconds=clock.now() - began,
        facts=answer.body,
    )


def follow(
    uploads: Iterable[Upload], api_of: Callable[[str], Api], clock: Clock, show: Callable[[Upload], None]
) -> list[Upload]:
    """Follow uploads side by side until all have ended; arguments and errors as with `send`."""
    current = list(uploads)
    while not all(upload.ended for upload in current):
        clock.sleep(_PAUSE_SECONDS)
        for place, upload in enumerate(current):
            if not upload.ended:
                current[place] = _refresh(upload, api_of(upload.sample.bank_id), clock)
                _require_in_time(current[place])
                if current[place].status is not upload.status:
                    show(current[place])
    return current


def _refresh(upload: Upload, api: Api, clock: Clock) -> Upload:
    answer = api.upload_state(upload.upload_id)
    if answer.status != HTTPStatus.OK:
        raise ToolError(f"upload {upload.upload_id}: {_told(answer)}")
    status = UploadStatus(answer.body["status"])
    return replace(upload, status=status, seconds=clock.now() - upload.began, facts=answer.body)


def _require_in_time(upload: Upload) -> None:
    if not upload.ended and upload.seconds > LIMIT_SECONDS:
        raise ToolError(
            f"{upload.sample.path.name} is still {upload.status} after {LIMIT_SECONDS} s (upload {upload.upload_id})"
        )


def _told(answer: Answer) -> str:
    said = answer.body.get("detail") or answer.body.get("title") or answer.body.get("message") or "no reason given"
    return f"the API answered {answer.status}: {said}"


def complaints(uploads: Iterable[Upload]) -> list[str]:
    """What did not end as it should have, a line each; none if all is well."""
    return [line for upload in uploads for line in _complaints(upload)]


def _complaints(upload: Upload) -> list[str]:
    sample, name = upload.sample, upload.sample.path.name
    found = []
    if upload.status is not sample.status:
        found.append(f"{name} ended as {upload.status}, not as {sample.status}")
    if sample.rows is not None and upload.facts.get("rows") != sample.rows:
        found.append(f"{name} has {sample.rows} rows, the pipeline counted {upload.facts.get('rows')}")
    if sample.again and upload.answered != HTTPStatus.OK:
        found.append(f"{name} submitted twice was answered {upload.answered}, not {HTTPStatus.OK.value}")
    return found
