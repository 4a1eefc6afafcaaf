"""Who submits what, and when: banks, their reports, repeated and corrected, and the operators' moments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random
from typing import Final

from functions.common.uploads import derive_upload_id
from functions.report.format.definition import MAX_FUTURE
from tests.simulation.installation import EPOCH, MAX_SMALL_BYTES

BANKS: Final[Mapping[str, str]] = {"alpenbank": "key-of-alpenbank", "nordbank": "key-of-nordbank"}
"""Id and API key of each bank."""
MAX_ROWS: Final = 30
_SIZES: Final = (1, 3, 7, 8, 14, 15, 21, MAX_ROWS)
_CURRENCIES: Final = ("EUR", "EUR", "USD", "JPY")
_COLUMNS: Final = "transaction_id,amount,currency,timestamp,bank_id"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row as the bank means it."""

    transaction_id: str
    amount: Decimal
    currency: str
    timestamp: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report; `rows` is what an independent reader finds in it."""

    name: str
    bank_id: str
    rows: tuple[Row, ...]
    valid: bool
    valid_from: float
    """Until then (seconds), it has a row of a time that has not come yet, and is invalid."""
    content: bytes

    @property
    def large(self) -> bool:
        """Whether it does not fit in one request."""
        return len(self.content) > MAX_SMALL_BYTES

    @property
    def upload_id(self) -> str:
        """The id of its upload."""
        return derive_upload_id(self.bank_id, self.content)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A bank submits a report at a time (seconds); `corrects` waits until that upload has ended."""

    at: float
    report: Report
    corrects: Report | None = None
    patient: bool = False
    """The bank asks for the status, and submits the report again if it has failed."""


@dataclass(frozen=True, kw_only=True)
class Storing:
    """A bank stores its report by a link: it begins some seconds after it has the link, and takes some seconds."""

    after: float
    seconds: float
    wrong: bool = False
    """It sends other bytes than it has declared."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A bank declares a report at a time (seconds), to store it itself, or never to."""

    at: float
    report: Report
    stores: tuple[Storing, ...]
    excess: int = 0
    """Bytes by which the declared size is wrong."""
    patient: bool = False
    """The bank asks for the status, and declares the report again if it has failed."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What happens in a run beside failures."""

    reports: tuple[Report, ...]
    submissions: tuple[Submission, ...]
    stored: tuple[Submission, ...]
    """Reports that are stored without the API."""
    redrives: tuple[float, ...]
    """When an operator runs dead letters again."""
    ends: float
    """When the nemesis stops."""
    declared: tuple[Declared, ...] = ()
    expired: tuple[Submission, ...] = ()
    """Reports whose bytes the bucket's lifecycle deletes, if their uploads have ended."""
    large: bool = False
    """Whether there are reports that do not fit in one request: they take longer to end."""


def scenario_of(seed: int | str) -> Scenario:
    """The scenario of a seed."""
    random = Random(f"{seed} scenario")
    ends = random.choice((30.0, 120.0, 400.0, 700.0))
    reports = reports_of(random, ends, sizes=_SIZES)
    submissions: list[Submission] = []
    stored: list[Submission] = []
    first = 0.0
    for number, report in enumerate(reports):
        together = number and random.random() < 0.4
        first = first + random.uniform(0, 2) if together else random.uniform(0, ends / 4)
        if report.valid_from:
            first = max(0.0, report.valid_from - random.uniform(1, 6))
            submissions.extend(
                Submission(at=report.valid_from + random.uniform(0, 10), report=report) for _ in range(3)
            )
        if random.random() < (0.6 if report.valid_from else 0.05):
            stored.append(Submission(at=first, report=report))
        elif number and random.random() < 0.4:
            submissions.append(Submission(at=first, report=report, corrects=reports[number - 1]))
        else:
            submissions.append(Submission(at=first, report=report, patient=random.random() < 0.5))
        submissions.extend(_repeats(random, report, first, ends))
    redrives = tuple(random.uniform(0, ends) for _ in range(random.choice((0, 1, 3))))
    return Scenario(
        reports=tuple(reports), submissions=tuple(submissions), stored=tuple(stored), redrives=redrives, ends=ends
    )


def _repeats(random: Random, report: Report, first: float, ends: float) -> list[Submission]:
    """The same report again: at the same time, and at any time."""
    together = random.choice((0, 0, 1, 3))
    later = random.choice((0, 0, 1, 2))
    return [
        *(Submission(at=first + random.uniform(0, 0.1), report=report) for _ in range(together)),
        *(Submission(at=random.uniform(first, ends), report=report) for _ in range(later)),
    ]


def reports_of(random: Random, ends: float, *, sizes: Sequence[int]) -> list[Report]:
    """Reports of some numbers of rows, each perhaps another version of an earlier one."""
    reports: list[Report] = []
    bank_id = random.choice(tuple(BANKS))
    for number in range(random.choice((1, 2, 2, 3, 3, 4))):
        earlier = [each for each in reports if each.valid]
        if earlier and random.random() < 0.7:
            reports.append(_version(random, random.choice(earlier), number, max_rows=max(sizes)))
        else:
            if random.random() < 0.3:
                bank_id = random.choice(tuple(BANKS))
            reports.append(_new(random, bank_id, number, ends, rows=random.choice(sizes)))
    return reports


def _new(random: Random, bank_id: str, number: int, ends: float, *, rows: int) -> Report:
    start = random.choice((0, 10, 20, 100))
    made = tuple(_row(random, start + each) for each in range(rows))
    if random.random() < 0.1:
        valid_from = float(round(random.uniform(1, ends / 2)))
        last = replace(made[-1], timestamp=_time(MAX_FUTURE.total_seconds() + valid_from))
        return _report(f"report-{number}", bank_id, (*made[:-1], last), valid_from=valid_from)
    return _report(f"report-{number}", bank_id, made, valid=random.random() >= 0.05)


def _version(random: Random, report: Report, number: int, *, max_rows: int) -> Report:
    """The same transactions, or some of them, with some amounts changed, and perhaps others."""
    share = random.choice((0.0, 0.2, 1.0))
    kept = [row for row in report.rows if random.random() < 0.8] or list(report.rows)
    changed = [_changed(random, row) if random.random() < share else row for row in kept]
    used = {row.transaction_id for row in changed}
    more = [_row(random, 200 + each) for each in range(random.choice((0, 0, 1, 5)))]
    rows = [*changed, *(row for row in more if row.transaction_id not in used)][:max_rows]
    return _report(f"report-{number}", report.bank_id, tuple(rows), valid_from=report.valid_from)


def _changed(random: Random, row: Row) -> Row:
    return replace(row, amount=row.amount + random.choice((1, -1, 2)))


def _row(random: Random, number: int) -> Row:
    """A transaction; the same number is often the same transaction."""
    currency = _CURRENCIES[number % len(_CURRENCIES)]
    amount = Decimal(100 + number * 3 + (random.random() < 0.1))
    return Row(
        transaction_id=f"T-{number:04d}",
        amount=amount if currency == "JPY" else amount / 4,
        currency=currency,
        timestamp=f"2026-11-{19 + number % 2}T10:{number % 60:02d}:00Z",
    )


def _report(name: str, bank_id: str, rows: tuple[Row, ...], *, valid: bool = True, valid_from: float = 0.0) -> Report:
    lines = [
        f"{row.transaction_id},{row.amount if valid else '1,5'},{row.currency},{row.timestamp},{bank_id}"
        for row in rows
    ]
    content = "".join(f"{line}\n" for line in (_COLUMNS, *lines)).encode()
    return Report(name=name, bank_id=bank_id, rows=rows, valid=valid, valid_from=valid_from, content=content)


def _time(seconds: float) -> str:
    return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def bank_items() -> list[dict[str, dict[str, str]]]:
    """The rows of the banks table."""
    return [
        {
            "api_key_sha256": {"S": sha256(key.encode()).hexdigest()},
            "revision": {"S": "1"},
            "bank_id": {"S": bank_id},
            "name": {"S": bank_id.capitalize()},
        }
        for bank_id, key in BANKS.items()
    ]
