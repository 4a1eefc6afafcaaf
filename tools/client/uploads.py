"""Submits reports through the API, and follows each upload to its end."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from shared.contracts.uploads import ENDED, UploadStatus, is_large
from tools.client.api import ApiClient
from tools.client.asking import ask
from tools.client.files import Identity, identify
from tools.errors import ToolError

LIMIT_SECONDS: Final = 300
"""An Express workflow runs no longer (Step Functions quota)."""
LARGE_LIMIT_SECONDS: Final = 24 * 3600
"""For a large report: its execution runs no longer. With every retry it takes 13 hours (ADR 13)."""
PAUSE_SECONDS: Final = 2.0
"""Before an upload's state is asked for the first time, and at least between two requests: each of them counts toward
the bank's quota of a day."""
LOCAL_PAUSE_SECONDS: Final = 0.2
"""On the local cloud, where a person or a test waits for it."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How the pauses between two requests grow."""

    part: float
    """The pause between two requests, of the time so far."""
    longest: float
    """In seconds."""


PACE: Final = Pace(part=1 / 100, longest=5.0)
LARGE_PACE: Final = Pace(part=1 / 30, longest=60.0)
"""13 hours take fewer requests than a bank has in a day by default."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The clock; tests pass one that does not wait."""

    now: Callable[[], float] = time.monotonic
    """In seconds, from any start."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One report to submit."""

    bank_id: str
    path: Path
    status: UploadStatus = UploadStatus.COMPLETED
    """The expected final status."""
    rows: int | None = None
    """The expected number of rows, if it is known."""
    again: bool = False
    """Whether it was submitted before: then the API has to recognize it."""

    @property
    def large(self) -> bool:
        """Whether it does not fit in one request: then it is declared, and stored by a link."""
        return is_large(self.path.stat().st_size)

    @cached_property
    def identity(self) -> Identity:
        """What names it; the report is read once for it."""
        return identify(self.path)


@dataclass(frozen=True, kw_only=True)
class SubmittedUpload:
    """One upload, with its latest status."""

    submission: Submission
    upload_id: str
    answered: int
    """Status code of the answer to the report."""
    status: UploadStatus
    began: float
    seconds: float = 0.0
    """From the submission to the latest answer."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The API's latest answer: rows, totals, counts, errors."""
    limit: float = LIMIT_SECONDS
    """Seconds after which it counts as lost."""
    size: int = 0
    """Of the report, in bytes."""
    sent: int | None = None
    """Bytes that are sent by the link so far; None if it is not being stored."""

    @property
    def ended(self) -> bool:
        """Whether its status is final."""
        return self.status in ENDED

    @property
    def progress(self) -> tuple[int, int] | None:
        """Rows that are processed so far, and of how many; None while that is not known."""
        done, rows = self.facts.get("rows_processed"), self.facts.get("rows")
        return (done, rows) if self.status is UploadStatus.LOADING and done is not None and rows else None

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Validation errors of a rejected report, in order of line."""
        return list(self.facts.get("errors", []))


def send(
    submissions: Sequence[Submission],
    api_of: Callable[[str], ApiClient],
    clock: Clock,
    show: Callable[[SubmittedUpload], None],
    *,
    pause: float = PAUSE_SECONDS,
) -> list[SubmittedUpload]:
    """Submit reports and follow them until all have ended; then the ones that are submitted again.

    Args:
        submissions: what to submit.
        api_of: returns the API with a bank's key.
        clock: for pauses and durations.
        show: called with an upload whenever its status or its progress changes.
        pause: seconds between two requests, at least.

    Returns:
        The uploads as they ended.

    Raises:
        ToolError: the API did not accept or reject a report, or an upload has not ended within its limit.
    """
    ended: list[SubmittedUpload] = []
    for again in (False, True):
        begun = []
        for submission in submissions:
            if submission.again is again:
                begun.append(submit(submission, api_of(submission.bank_id), clock, show))
                show(begun[-1])
        ended += follow(begun, api_of, clock, show, pause=pause)
    return ended


def find(submission: Submission, upload_id: str, api: ApiClient, clock: Clock) -> SubmittedUpload | None:
    """The upload of a report that may have been submitted before, to `follow` it.

    Returns:
        None if it is still to be submitted: the API does not know it, or it is only declared.

    Raises:
        ToolError: the API did not tell.
    """
    answer = api.upload_state(upload_id)
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    if answer.status != HTTPStatus.OK:
        raise ToolError(f"upload {upload_id}: {answer.described}")
    status = UploadStatus(answer.body["status"])
    if status is UploadStatus.DECLARED:
        return None
    return SubmittedUpload(
        submission=submission,
        upload_id=answer.body["upload_id"],
        answered=answer.status,
        status=status,
        began=clock.now(),
        facts=answer.body,
        limit=LARGE_LIMIT_SECONDS if submission.large else LIMIT_SECONDS,
    )


def submit(
    submission: Submission, api: ApiClient, clock: Clock, show: Callable[[SubmittedUpload], None]
) -> SubmittedUpload:
    """Submit one report: in one request if it fits, otherwise it is declared and stored.

    Raises:
        ToolError: the API neither accepted nor rejected the report, or S3 did not store it.
    """
    return _declare(submission, api, clock, show) if submission.large else _send(submission, api, clock)


def _send(submission: Submission, api: ApiClient, clock: Clock) -> SubmittedUpload:
    began = clock.now()
    answer = api.upload(submission.path.name, submission.path.read_bytes())
    if answer.status not in (HTTPStatus.ACCEPTED, HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY):
        raise ToolError(f"{submission.path.name}: {answer.described}")
    rejected = answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    return SubmittedUpload(
        submission=submission,
        upload_id=answer.body["upload_id"],
        answered=answer.status,
        status=UploadStatus.REJECTED if rejected else UploadStatus(answer.body["status"]),
        began=began,
        seconds=clock.now() - began,
        facts=answer.body,
    )


def _declare(
    submission: Submission, api: ApiClient, clock: Clock, show: Callable[[SubmittedUpload], None]
) -> SubmittedUpload:
    began = clock.now()
    report = submission.identity
    answer = api.declare(submission.path.name, report)
    if answer.status not in (HTTPStatus.CREATED, HTTPStatus.OK):
        raise ToolError(f"{submission.path.name}: {answer.described}")
    facts = {name: value for name, value in answer.body.items() if name != "put"}
    upload = SubmittedUpload(
        submission=submission,
        upload_id=answer.body["upload_id"],
        answered=answer.status,
        status=UploadStatus(answer.body["status"]),
        began=began,
        seconds=clock.now() - began,
        facts=facts,
        limit=LARGE_LIMIT_SECONDS,
        size=report.size,
    )
    if put := answer.body.get("put"):
        show(replace(upload, sent=0))
        shown = 0

        def count(sent: int) -> None:
            nonlocal shown
            if (percent := sent * 100 // report.size) > shown:
                shown = percent
                show(replace(upload, sent=sent, seconds=clock.now() - began))

        api.store(put, submission.path, count)
    # Only the time in which the pipeline works on it counts against its limit.
    return replace(upload, began=clock.now(), seconds=0.0)


def follow(
    uploads: Iterable[SubmittedUpload],
    api_of: Callable[[str], ApiClient],
    clock: Clock,
    show: Callable[[SubmittedUpload], None],
    *,
    pause: float = PAUSE_SECONDS,
) -> list[SubmittedUpload]:
    """Follow uploads in parallel until all have ended; arguments and errors as for `send`."""
    current = list(uploads)
    while not all(upload.ended for upload in current):
        clock.sleep(min(_pause(upload, pause) for upload in current if not upload.ended))
        for index, upload in enumerate(current):
            if not upload.ended:
                current[index] = _refresh(upload, api_of(upload.submission.bank_id), clock)
                _require_in_time(current[index])
                if (current[index].status, current[index].progress) != (upload.status, upload.progress):
                    show(current[index])
    return current


def _pause(upload: SubmittedUpload, shortest: float) -> float:
    pace = LARGE_PACE if upload.submission.large else PACE
    return min(max(upload.seconds * pace.part, shortest), pace.longest)


def _refresh(upload: SubmittedUpload, api: ApiClient, clock: Clock) -> SubmittedUpload:
    try:
        answer = ask(lambda: api.upload_state(upload.upload_id), clock.sleep)
    except ToolError as error:
        raise ToolError(f"upload {upload.upload_id}: {error}. {_goes_on(upload)}") from error
    if answer.status != HTTPStatus.OK:
        raise ToolError(f"upload {upload.upload_id}: {answer.described}")
    status = UploadStatus(answer.body["status"])
    return replace(upload, status=status, seconds=clock.now() - upload.began, facts=answer.body)


def _require_in_time(upload: SubmittedUpload) -> None:
    if not upload.ended and upload.seconds > upload.limit:
        name = upload.submission.path.name
        raise ToolError(f"{name} is still {upload.status} after {upload.limit:.0f} s. {_goes_on(upload)}")


def _goes_on(upload: SubmittedUpload) -> str:
    return f"The upload goes on without this command; GET /uploads/{upload.upload_id} shows what becomes of it"


def failed_expectations(uploads: Iterable[SubmittedUpload]) -> list[str]:
    """Differences from what was expected, a line each."""
    return [line for upload in uploads for line in _differences(upload)]


def _differences(upload: SubmittedUpload) -> list[str]:
    submission, name = upload.submission, upload.submission.path.name
    found = []
    if upload.status is not submission.status:
        found.append(f"{name} ended as {upload.status}, not as {submission.status}")
    if submission.rows is not None and upload.facts.get("rows") != submission.rows:
        found.append(f"{name} has {submission.rows} rows, the pipeline counted {upload.facts.get('rows')}")
    if submission.again and upload.answered != HTTPStatus.OK:
        found.append(f"{name} submitted twice was answered {upload.answered}, not {HTTPStatus.OK.value}")
    return found
