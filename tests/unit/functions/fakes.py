"""The ports of the functions, implemented in memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from functions.common.banks import Bank
from functions.common.errors import ReportMissingError
from functions.common.reports import FIRST_PART, ReportVersion, StoredReport
from functions.common.uploads import Upload
from functions.report.errors.validation_error import ValidationError
from functions.status.cursor import Position
from functions.status.selection import Selection
from functions.status.status import Page
from shared.contracts.outcomes import Outcome
from shared.contracts.uploads import NO_ATTEMPT, PREDECESSORS, RESTARTABLE, AttemptBy, UploadStatus
from shared.contracts.workflow import ByteRange, RangeLoaded, Start
from tests.outcomes import validated
from tests.unit.functions.report.reports import NOW


@dataclass
class FakeContext:
    aws_request_id: str = "request-1"
    remaining: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


def clock() -> datetime:
    return NOW


@dataclass
class FakeBanks:
    keys: Mapping[str, Bank]

    def find(self, api_key_sha256: str) -> Bank | None:
        by_hash = {sha256(key.encode()).hexdigest(): bank for key, bank in self.keys.items()}
        return by_hash.get(api_key_sha256)


def _may_restart(known: Upload, upload: Upload) -> bool:
    hides = upload.status is UploadStatus.REJECTED and known.declared_after is not None
    return known.status in RESTARTABLE[upload.status] and known.attempt != upload.attempt and not hides


@dataclass
class FakeUploads:
    """`rivals` are uploads that another process writes just before our next write."""

    items: dict[str, Upload] = field(default_factory=dict)
    rivals: list[Upload] = field(default_factory=list)

    def get(self, upload_id: str) -> Upload | None:
        return self.items.get(upload_id)

    def begin(self, upload: Upload) -> bool:
        self._let_rival_write()
        known = self.items.get(upload.upload_id)
        return self._write(upload, allowed=known is None or _may_restart(known, upload))

    def take_over(self, upload: Upload, *, known: Upload) -> bool:
        self._let_rival_write()
        now = self.items.get(upload.upload_id)
        same = now is not None and (now.attempt, now.status) == (known.attempt, known.status)
        return self._write(upload, allowed=same)

    def advance(
        self,
        upload_id: str,
        attempt: str,
        status: UploadStatus,
        *,
        at: str,
        if_replaced: int | None = None,
        **changes: Any,
    ) -> bool:
        self._let_rival_write()
        known = self.items.get(upload_id)
        if known is None or known.attempt != attempt or known.status not in PREDECESSORS[status]:
            return False
        if if_replaced is not None and if_replaced != (known.replaced or 0):
            return False
        stays = replace(known, expires_at=None, declared_after=None)
        return self._write(replace(stays, status=status, updated_at=at, **changes), allowed=True)

    def postpone(self, known: Upload, *, due_at: str) -> bool:
        self._let_rival_write()
        now = self.items.get(known.upload_id)
        if now is None or (now.attempt, now.status, now.due_at) != (known.attempt, known.status, known.due_at):
            return False
        return self._write(replace(now, due_at=due_at), allowed=True)

    def withdraw(self, known: Upload) -> bool:
        self._let_rival_write()
        now = self.items.get(known.upload_id)
        if now is None or (now.attempt, now.status) != (known.attempt, known.status):
            return False
        if known.declared_after:
            return self._write(Upload(**known.declared_after), allowed=True)
        del self.items[known.upload_id]
        return True

    def mark_notified(self, upload_id: str, attempt: str, status: UploadStatus, *, at: str) -> bool:
        self._let_rival_write()
        known = self.items.get(upload_id)
        if known is None or (known.attempt, known.status, known.notified_at) != (attempt, status, None):
            return False
        return self._write(replace(known, notified_at=at, due_at=None), allowed=True)

    def _write(self, upload: Upload, *, allowed: bool) -> bool:
        if allowed:
            self.items[upload.upload_id] = upload
        return allowed

    def page(self, bank_id: str, selection: Selection, *, limit: int, after: Position | None) -> Page:
        """As DynamoDB, which refuses a start outside of the key condition, and filters what it has looked at."""
        own = [upload for upload in self.items.values() if upload.bank_id == bank_id]
        own = [each for each in own if selection.earliest <= each.received_at <= selection.latest]
        own.sort(key=lambda upload: (upload.received_at, upload.upload_id), reverse=True)
        if after:
            assert selection.earliest <= after.received_at <= selection.latest
            own = [each for each in own if (each.received_at, each.upload_id) < (after.received_at, after.upload_id)]
        looked_at = own[:limit]
        return Page(
            uploads=[each for each in looked_at if selection.status in (None, each.status)],
            last=_position_of(looked_at[-1]) if len(own) > limit else None,
        )

    def _let_rival_write(self) -> None:
        if self.rivals:
            rival = self.rivals.pop(0)
            self.items[rival.upload_id] = rival


@dataclass
class FakeBucket:
    """Reports, errors and corrections; `events` are the keys whose `Object Created` events were sent."""

    reports: dict[str, bytes] = field(default_factory=dict)
    attempts: dict[str, str] = field(default_factory=dict)
    """The reports' metadata: the attempts that stored them."""
    errors: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    further_errors: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """Of one report, by part."""
    corrections: dict[tuple[str, str], bytes] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    chunk_bytes: int = 1_000_000

    def stored_attempt(self, key: str) -> str | None:
        return self.attempts.get(key, NO_ATTEMPT) if key in self.reports else None

    def store(self, key: str, content: bytes, *, attempt: str) -> None:
        self.reports[key] = content
        self.attempts[key] = attempt
        self.events.append(key)

    def read(self, key: str) -> StoredReport:
        if key not in self.reports:
            raise ReportMissingError(key)
        return StoredReport(content=self.reports[key], etag=_etag(self.reports[key]))

    def look_up(self, key: str) -> ReportVersion:
        stored = self.read(key)
        return ReportVersion(size=len(stored.content), etag=stored.etag)

    def read_chunks(self, key: str, version: ReportVersion) -> Iterator[bytes]:
        for start in range(0, version.size, self.chunk_bytes):
            yield self.read_range(key, start=start, end=start + self.chunk_bytes, etag=version.etag)

    def read_range(self, key: str, *, start: int, end: int, etag: str) -> bytes:
        assert etag == _etag(self.reports[key])
        return self.reports[key][start:end]

    def put_errors(
        self, bank_id: str, upload_id: str, errors: Sequence[ValidationError], *, part: int = FIRST_PART
    ) -> None:
        stored = [each.as_dict() for each in errors]
        if part == FIRST_PART:
            self.errors[bank_id, upload_id] = stored
        else:
            self.further_errors[part] = stored

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        if content := b"".join(chunks):
            self.corrections[bank_id, upload_id] = content

    def link_corrections(self, bank_id: str, upload_id: str, *, file_name: str) -> str:
        return f"https://bucket/{bank_id}/{upload_id}?{file_name}"

    def get_errors(self, bank_id: str, upload_id: str, *, part: int = FIRST_PART) -> list[dict[str, Any]]:
        return self.errors[bank_id, upload_id] if part == FIRST_PART else self.further_errors[part]


@dataclass
class FakeLoads:
    items: dict[str, RangeLoaded] = field(default_factory=dict)

    def store(self, key: str, loaded: RangeLoaded) -> None:
        self.items[key] = loaded

    def read(self, key: str) -> RangeLoaded:
        return self.items[key]

    def read_all(self, keys: Sequence[str]) -> Iterator[RangeLoaded]:
        return map(self.read, keys)

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.items if key.startswith(prefix))


@dataclass
class FakeManifests:
    items: dict[str, list[ByteRange]] = field(default_factory=dict)

    def store(self, key: str, ranges: Sequence[ByteRange]) -> None:
        self.items[key] = list(ranges)


@dataclass
class FakeAttempts:
    """Tokens that count: 32 hexadecimal digits, as real ones."""

    count: int = 0

    def __call__(self) -> str:
        self.count += 1
        return f"{self.count:032x}"


@dataclass
class FakeWorkflow:
    started: dict[str, Start] = field(default_factory=dict)
    error: Exception | None = None

    def start(self, start: Start, *, name: str) -> None:
        if self.error:
            raise self.error
        assert name not in self.started
        assert len(name) <= 80
        self.started[name] = start

    @property
    def only(self) -> Start:
        assert len(self.started) == 1
        return next(iter(self.started.values()))


@dataclass
class FakeOutcomes:
    published: list[Outcome] = field(default_factory=list)

    def publish(self, outcome: Outcome) -> None:
        self.published.append(validated(outcome))


def _position_of(upload: Upload) -> Position:
    return Position(received_at=upload.received_at, upload_id=upload.upload_id)


def _etag(content: bytes) -> str:
    return sha256(content).hexdigest()


def upload(**changes: Any) -> Upload:
    known = Upload(
        upload_id="u1",
        bank_id="nordbank",
        status=UploadStatus.RECEIVED,
        received_at="2026-11-23T12:00:00.000000Z",
        updated_at="2026-11-23T12:00:00.000000Z",
    )
    return replace(known, **changes)


def began(attempt: str, began_at: str, by: AttemptBy = AttemptBy.INTAKE) -> dict[str, Any]:
    """Attributes of an upload whose only attempt began then."""
    return {"attempt": attempt, "attempts": [{"id": attempt, "began_at": began_at, "by": by.value}]}


def uploads_of(*known: Upload) -> FakeUploads:
    return FakeUploads(items={each.upload_id: each for each in known})


def keys_of(sequence: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    return [each[name] for each in sequence]


class UploadsWithLostAnswers(FakeUploads):
    """Every write of an attempt is done, but its answer is lost; boto3 repeats it, and finds its condition unmet."""

    def begin(self, upload: Upload) -> bool:
        return super().begin(upload) and super().begin(upload)

    def take_over(self, upload: Upload, *, known: Upload) -> bool:
        return super().take_over(upload, known=known) and super().take_over(upload, known=known)
