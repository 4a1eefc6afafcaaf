"""What the states of the Step Functions workflow pass to each other.

    event -> Validation -> Map(Transformation) -> Notification

The input is EventBridge's `Object Created` event of the reports bucket. Payloads are JSON of at most 256 KiB
(Step Functions payload limit), so lists are bounded where they are created.
"""

from typing import Final, Literal, TypedDict

MAX_CONFLICT_SAMPLES: Final = 20
"""Conflicts that one range lists; further ones are only counted."""


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


class ByteRange(TypedDict):
    """Whole records of a report: bytes `start` (included) to `end` (excluded)."""

    start: int
    end: int
    first_line: int
    rows: int


class Validated(TypedDict):
    """Output of Validation.

    `next` is LOAD for a valid report (then `ranges` has at least one entry), NOTIFY for one that was rejected, or that
    was loaded but whose outcome is not published, END if there is nothing left to do.
    """

    next: Literal["LOAD", "NOTIFY", "END"]
    upload_id: str
    bank_id: str
    bucket: str
    key: str
    etag: str
    columns: list[str]
    ranges: list[ByteRange]


class TransformationInput(TypedDict):
    """Input of one Transformation: one range of the report. `etag` identifies the bytes that were validated."""

    upload_id: str
    bank_id: str
    bucket: str
    key: str
    etag: str
    columns: list[str]
    range: ByteRange


class Conflict(TypedDict):
    """A row whose transaction exists with different content; the existing one is kept."""

    line: int
    transaction_id: str
    first_upload_id: str


class RangeLoaded(TypedDict):
    """Output of one Transformation; `loaded + repeated + conflicts` is the range's number of rows."""

    loaded: int
    repeated: int
    conflicts: int
    conflict_samples: list[Conflict]


class NotificationInput(TypedDict):
    """Input of Notification; `loads` has an entry per range, none if nothing was loaded."""

    upload_id: str
    bank_id: str
    loads: list[RangeLoaded]


class DeadLetter(TypedDict):
    """Body of a message in the dead-letter queue: everything that a rerun needs. `event` restarts the workflow."""

    upload_id: str
    bank_id: str
    execution: str
    error: str
    cause: str
    event: ObjectCreated
