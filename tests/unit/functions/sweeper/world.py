"""The sweeper around fakes: uploads and reports in memory, a workflow that only notes what it is to start."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count

from functions.common.restarts import Restarts
from functions.common.times import timestamp
from functions.common.uploads import Upload, derive_upload_id
from functions.sweeper.calendars import Calendar
from functions.sweeper.overdue import OverdueReports
from functions.sweeper.sweeper import StoredObject, Sweeper
from shared.contracts.objects import report_key
from tests.unit.functions.fakes import FakeBucket, FakeUploads, FakeWorkflow, upload
from tests.unit.functions.report.reports import BANK, NOW, report, row

CONTENT = report([row(transaction_id="a")])
UPLOAD_ID = derive_upload_id(BANK, CONTENT)
KEY = report_key(BANK, UPLOAD_ID)
MINUTE = timedelta(minutes=1)


@dataclass
class FakeListing:
    objects: list[StoredObject] = field(default_factory=list)
    error: Exception | None = None

    def banks(self) -> Iterator[str]:
        if self.error:
            raise self.error
        yield from sorted({each.key.split("/")[1] for each in self.objects})

    def of_bank(self, bank_id: str, *, beginning: str) -> Iterator[StoredObject]:
        yield from (each for each in self.objects if each.key.startswith(report_key(bank_id, beginning)))


@dataclass
class FakeIndex:
    """`lagging` are ids that the index still lists although they are not due any more."""

    uploads: FakeUploads
    lagging: list[str] = field(default_factory=list)

    def due(self, before: str) -> Iterator[str]:
        due = [each for each in self.uploads.items.values() if each.due_at and each.due_at < before]
        yield from [each.upload_id for each in sorted(due, key=lambda each: each.due_at or "")] + self.lagging


@dataclass
class FakeBankIndex:
    """`asked` are the banks that were looked up; those of `broken` cannot be."""

    uploads: FakeUploads
    asked: list[str] = field(default_factory=list)
    broken: dict[str, Exception] = field(default_factory=dict)

    def received(self, bank_id: str, *, earliest: str, latest: str) -> Iterator[Upload]:
        self.asked.append(bank_id)
        if bank_id in self.broken:
            raise self.broken[bank_id]
        own = [each for each in self.uploads.items.values() if each.bank_id == bank_id]
        found = [each for each in own if earliest <= each.received_at <= latest]
        yield from sorted(found, key=lambda each: each.received_at, reverse=True)


class World:
    def __init__(self, *known: Upload, stored: bool = True) -> None:
        self.now = NOW
        self.uploads, self.bucket, self.listing = FakeUploads(), FakeBucket(), FakeListing()
        self.uploads.items = {each.upload_id: each for each in known}
        self.workflow, self.index = FakeWorkflow(), FakeIndex(self.uploads)
        if stored:
            self.bucket.reports = {report_key(each.bank_id, each.upload_id): CONTENT for each in known}
        tokens = count(1)
        restarts = Restarts(
            uploads=self.uploads,
            workflow=self.workflow,
            bucket="reports-bucket",
            clock=lambda: self.now,
            new_attempt=lambda: f"attempt{next(tokens)}",
        )
        self.calendars: dict[str, Calendar] = {}
        self.by_bank = FakeBankIndex(self.uploads)
        self.sweeper = Sweeper(
            restarts=restarts,
            reports=self.bucket,
            by_due=self.index,
            by_prefix=self.listing,
            overdue=OverdueReports(calendars=self.calendars, by_bank=self.by_bank),
        )

    def sweep(self, seconds: float = 60) -> dict[str, int]:
        return dict(self.sweeper.run(lambda: seconds))

    def expect(self, bank_id: str, *, by: time) -> None:
        """Expect a report of a bank every day, since midnight and by an hour of UTC."""
        self.calendars[bank_id] = Calendar(
            by=by, opens=time(), weekdays=frozenset(range(7)), holidays=frozenset(), zone=UTC
        )

    def store(self, key: str, content: bytes, *, age: timedelta) -> None:
        self.bucket.reports[key] = content
        self.listing.objects.append(StoredObject(key=key, size=len(content), stored_at=self.now - age))

    def at_minute_of(self, upload_id: str) -> None:
        """Move the clock to a minute at which the sweeper looks at the prefix of an id."""
        wanted = int(upload_id[:2], 16)
        midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
        self.now = midnight + MINUTE * ((wanted - int(midnight.timestamp()) // 60) % 256)


def due(moment: datetime = NOW - MINUTE, **changes: object) -> Upload:
    """An upload whose attempt is due."""
    began = {"id": "first", "began_at": timestamp(moment), "by": "intake"}
    known = upload(upload_id=UPLOAD_ID, attempt="first", attempts=[began], due_at=timestamp(moment), size=len(CONTENT))
    return replace(known, **changes)  # type: ignore[arg-type]  # names and types are the test's
