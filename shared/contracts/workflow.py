"""What the states of the Step Functions workflow pass to each other.

    event -> Validation -> Map(Transformation) -> Notification

The input is a `Start`: EventBridge's `Object Created` event of the reports bucket, or the same from the sweeper or an
operator, with the attempt that they have begun. Payloads are JSON; Step Functions allows 256 KiB, and these stay below
8 KB for a report that fits one request: what grows with the report is stored in S3, and states pass its key.

A deploy may come in the middle of an execution, so functions also accept the payloads of the previous version.
"""

from datetime import timedelta
from typing import Final, Literal, NotRequired, TypedDict

PAYLOAD_VERSION: Final = 2
"""Of the payloads below. Version 1 had no `version`, no attempt and no start time; Validation's input was the event."""

MAX_CONFLICT_SAMPLES: Final = 20
"""Conflicts that one range lists; further ones are only counted."""

GIVE_UP_AFTER: Final = timedelta(seconds=220)
"""After the execution's start: a function that is still at work gives up, so that the failure path runs before Step
Functions ends the execution without it (5 minutes, quota of Express workflows)."""


class EventBucket(TypedDict):
    """`detail.bucket` of the event."""

    name: str


class EventObject(TypedDict):
    """`detail.object` of the event; the hyphen is EventBridge's."""

    key: str
    size: int


class EventDetail(TypedDict):
    """`detail` of the event."""

    bucket: EventBucket
    object: EventObject


class ObjectCreated(TypedDict):
    """The part of EventBridge's `Object Created` event that is used."""

    detail: EventDetail


class Failure(TypedDict):
    """An error as Step Functions passes it to Catch: its name, and a text."""

    Error: str
    Cause: str


class Start(ObjectCreated):
    """Input of an execution. EventBridge's event has neither attempt nor failure."""

    attempt: NotRequired[str]
    """The attempt that the sweeper or an operator has begun."""
    give_up: NotRequired[Failure]
    """The sweeper's: do not try again, go straight to the failure path with this error."""


class Run(TypedDict):
    """What every function of an execution gets."""

    version: int
    upload_id: str
    bank_id: str
    attempt: str
    started_at: str
    """When the execution began, as Step Functions writes it (`2026-11-24T10:00:00.000Z`)."""


class ValidationInput(TypedDict):
    """Input of Validation."""

    version: int
    event: Start
    attempt: str
    """The upload's current attempt when the execution began, or the execution's name if there was no upload."""
    execution: str
    """ARN of the execution."""
    started_at: str


class ByteRange(TypedDict):
    """Whole records of a report: bytes `start` (included) to `end` (excluded)."""

    start: int
    end: int
    first_line: int
    rows: int


class Manifest(TypedDict):
    """Where the ranges of a large report are, which do not fit into a payload, and where their results will be."""

    key: str
    ranges: int
    """How many there are."""
    loads_prefix: str


class Validated(Run):
    """Output of Validation.

    `next` is LOAD for a valid report (then `ranges` has at least one entry), NOTIFY for one that was rejected, or that
    was loaded but whose outcome is not published, FAIL for one that has failed but has no dead letter, END if there is
    nothing left to do.
    """

    next: Literal["LOAD", "NOTIFY", "FAIL", "END"]
    bucket: str
    key: str
    etag: str
    columns: list[str]
    ranges: list[ByteRange]
    manifest: NotRequired[Manifest]
    """In place of the ranges of a large report."""


class TransformationInput(Run):
    """Input of one Transformation: one range of the report. `etag` identifies the bytes that were validated."""

    bucket: str
    key: str
    etag: str
    columns: list[str]
    range: ByteRange
    stuck_after: NotRequired[int]
    """Seconds until the sweeper looks after a large upload: each of its ranges is progress."""


class Conflict(TypedDict):
    """A row whose transaction exists with different content; the existing one is kept."""

    line: int
    transaction_id: str
    first_upload_id: str


class RangeLoaded(TypedDict):
    """Result of one Transformation, stored in S3; `loaded + repeated + conflicts` is the range's number of rows.

    The totals are decimal strings by currency; without rows, a currency is left out.
    """

    loaded: int
    repeated: int
    conflicts: int
    replaced: int
    """Of the loaded rows, those that took the place of a FAILED upload's row."""
    loaded_totals: dict[str, str]
    repeated_totals: dict[str, str]
    conflict_totals: dict[str, str]
    conflict_samples: list[Conflict]


class RangeStored(TypedDict):
    """Output of one Transformation: where its `RangeLoaded` is stored."""

    key: str


class NotificationInput(Run):
    """Input of Notification; `loads` has an entry per range, none if nothing was loaded.

    For a large report, they are all below `loads_prefix`, and there are `range_count` of them.
    """

    bucket: str
    loads: list[RangeStored]
    loads_prefix: NotRequired[str]
    range_count: NotRequired[int]


class DeadLetter(TypedDict):
    """Body of a message in the dead-letter queue: everything that a rerun needs.

    `event` restarts the workflow once a new attempt has begun. Letters of a version without attempts have no `attempt`.
    """

    upload_id: str
    bank_id: str
    attempt: NotRequired[str]
    execution: str
    error: str
    cause: str
    event: Start
