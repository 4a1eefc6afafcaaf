"""The law of a day, checked without the pipeline's code: what the tables, queues and topic must hold at its end."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks.parts.day_plan import DayRow, ReportKind
from benchmarks.parts.day_run import Answered

Totals = Mapping[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is there at the end.

    Attributes:
        uploads: item of each upload by its id; numbers are `Decimal`.
        upload_count: of the whole uploads table.
        rows: item of each transaction by bank and transaction id.
        row_count: of the whole transactions table.
        messages: outcomes that the topic has sent.
        dead_letters: of all queues of dead letters.
    """

    uploads: Mapping[str, Mapping[str, Any]]
    upload_count: int
    rows: Mapping[tuple[str, str], Mapping[str, Any]]
    row_count: int
    messages: Sequence[Mapping[str, Any]]
    dead_letters: int


def violations(answered: Iterable[Answered], found: Found) -> list[str]:
    """All that does not hold, a line each; none if it is as it must be."""
    submitted: dict[str, Answered] = {}
    for each in answered:
        submitted.setdefault(each.upload_id, each)
    accepted = {key: each for key, each in submitted.items() if each.report.kind is not ReportKind.INVALID}
    return [
        *_of_uploads(submitted, found),
        *_of_rows(accepted.values(), found),
        *_of_totals(found),
        *_of_messages(set(accepted), found),
        *([f"{found.dead_letters} dead letters"] if found.dead_letters else []),
    ]


def _of_uploads(submitted: Mapping[str, Answered], found: Found) -> Iterator[str]:
    if found.upload_count != len(submitted):
        yield f"{len(submitted):,} different reports were submitted, the uploads table has {found.upload_count:,}"
    for upload_id, each in submitted.items():
        item = found.uploads.get(upload_id, {})
        expected = "REJECTED" if each.report.kind is ReportKind.INVALID else "COMPLETED"
        status = item.get("status", "not in the table")
        if status != expected:
            yield f"upload {upload_id} ({each.report.kind}) is {status}, not {expected}"
        elif expected == "COMPLETED":
            yield from _of_completed(upload_id, each, item, found)


def _of_completed(upload_id: str, each: Answered, item: Mapping[str, Any], found: Found) -> Iterator[str]:
    """An independent count of the table finds what the upload says, and its totals are the report's."""
    groups: dict[str, list[DayRow]] = {"loaded": [], "repeated": [], "conflicts": []}
    for row in each.report.rows:
        stored = found.rows.get((each.report.bank_id, row.transaction_id))
        if stored is None:
            yield f"upload {upload_id}: {row.transaction_id} is not in the table"
        elif (stored["amount"], stored["currency"]) != row.content:
            groups["conflicts"].append(row)
        else:
            groups["loaded" if stored["upload_id"] == upload_id else "repeated"].append(row)
    said = {name: int(item.get(name, -1)) for name in groups}
    counted = {name: len(rows) for name, rows in groups.items()}
    if said != counted or sum(said.values()) != len(each.report.rows):
        yield f"upload {upload_id}: of {len(each.report.rows)} rows it says {said}, the table has {counted}"
    if _decimals(item.get("totals", {})) != _sums(row.content for row in each.report.rows):
        yield f"upload {upload_id}: its totals are not the report's"


def _of_rows(accepted: Iterable[Answered], found: Found) -> Iterator[str]:
    """Every id of an accepted report is one row, with the content of one of the reports that have it."""
    contents: defaultdict[tuple[str, str], set[tuple[Decimal, str]]] = defaultdict(set)
    for each in accepted:
        for row in each.report.rows:
            contents[each.report.bank_id, row.transaction_id].add(row.content)
    if found.row_count != len(contents):
        yield f"the reports have {len(contents):,} different ids, the transactions table {found.row_count:,} rows"
    for key, stored in found.rows.items():
        if (stored["amount"], stored["currency"]) not in contents.get(key, set()):
            yield f"row {key}: no accepted report has it with this content"


def _of_totals(found: Found) -> Iterator[str]:
    """What all uploads say that they have loaded is what the ledger adds up to, by currency."""
    said: defaultdict[str, Decimal] = defaultdict(Decimal)
    for item in found.uploads.values():
        if item.get("status") == "COMPLETED":
            # Without rows that are repeated or in conflict, all of the report is loaded.
            for currency, total in _decimals(item.get("loaded_totals", item.get("totals", {}))).items():
                said[currency] += total
    ledger = _sums((row["amount"], row["currency"]) for row in found.rows.values())
    if {key: total for key, total in said.items() if total} != {key: total for key, total in ledger.items() if total}:
        yield f"the uploads say that they have loaded {dict(said)}, the ledger has {dict(ledger)}"


def _of_messages(accepted: set[str], found: Found) -> Iterator[str]:
    """Each outcome of an accepted report is announced; one that the answer rejects never is.

    At least once: upload, attempt and status name a message that comes twice (docs/reliability.md).
    """
    sent: dict[_Outcome, Mapping[str, Any]] = {}
    for message in found.messages:
        first = sent.setdefault(_outcome(message), message)
        if first != message:
            yield f"upload {message['upload_id']}: two messages about one outcome differ"
    expected = {(upload_id, found.uploads.get(upload_id, {}).get("attempt", ""), "COMPLETED") for upload_id in accepted}
    for upload_id, _, status in sorted(expected - sent.keys()):
        yield f"upload {upload_id}: {status} was not announced"
    for upload_id, attempt, status in sorted(sent.keys() - expected):
        yield f"upload {upload_id}: {status} of attempt {attempt!r} was announced"


def repeated_messages(messages: Sequence[Mapping[str, Any]]) -> int:
    """How many messages came again, though one said it already."""
    return len(messages) - len({_outcome(each) for each in messages})


_Outcome = tuple[str, str, str]
"""Upload, attempt and status."""


def _outcome(message: Mapping[str, Any]) -> _Outcome:
    return message["upload_id"], message.get("attempt", ""), message["status"]


def _sums(contents: Iterable[tuple[Decimal, str]]) -> Totals:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for amount, currency in contents:
        sums[currency] += amount
    return dict(sums)


def _decimals(totals: Mapping[str, str]) -> Totals:
    return {currency: Decimal(total) for currency, total in totals.items()}
