"""The law: what must hold at the end of every run, checked against the tables by independent means."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.common.times import timestamp
from functions.intake.intake import BEGINNER_TIME
from shared.contracts.objects import REPORTS_PREFIX, report_key
from shared.contracts.uploads import (
    DECLARED_AGAIN_AFTER,
    DECLARED_DUE_AFTER,
    DECLARED_FOR,
    LARGE_STUCK_AFTER,
    is_large,
)
from tests.outcomes import differences
from tests.simulation import installation as names
from tests.simulation.aws.expressions import Item
from tests.simulation.scenario import Report, Row
from tests.simulation.scheduler import Scheduler
from tests.simulation.workflow.machine import EXPRESS_SECONDS
from tests.simulation.world import World

ENDED: Final = frozenset({"COMPLETED", "REJECTED", "FAILED"})
_MARGIN: Final = 15 * 60.0
DECLARED_WITHIN: Final = (DECLARED_FOR + DECLARED_AGAIN_AFTER).total_seconds() + _MARGIN
"""Seconds after which no declaration is left whose report was not stored."""
_NOTICED_WITHIN: Final = max(DECLARED_DUE_AFTER, DECLARED_AGAIN_AFTER).total_seconds() + _MARGIN
"""Seconds after which a declared report that is stored is no longer DECLARED, even if its event was lost."""
_ALLOWED: Final = {
    (None, "RECEIVED"),
    (None, "REJECTED"),
    (None, "DECLARED"),
    *(("DECLARED", each) for each in (None, "DECLARED", "RECEIVED", "REJECTED", "FAILED")),
    *((each, "DECLARED") for each in ("REJECTED", "FAILED")),
    *(("RECEIVED", each) for each in ("RECEIVED", "VALIDATED", "REJECTED", "FAILED")),
    *(("VALIDATED", each) for each in ("RECEIVED", "VALIDATED", "LOADING", "FAILED")),
    *(("LOADING", each) for each in ("RECEIVED", "LOADING", "COMPLETED", "FAILED")),
    ("COMPLETED", "COMPLETED"),
    *(("REJECTED", each) for each in ("RECEIVED", "REJECTED")),
    *(("FAILED", each) for each in ("RECEIVED", "FAILED")),
}
"""Status before and after a write. RECEIVED and DECLARED begin a new attempt; None is no upload."""


@dataclass
class Witness:
    """Sees every write to the tables while the run goes on."""

    failed: set[tuple[str, str]] = field(default_factory=set)
    """Upload and attempt of all that were FAILED."""
    completed: set[tuple[str, str]] = field(default_factory=set)
    by_intake: set[tuple[str, str]] = field(default_factory=set)
    """Upload and attempt of all that were REJECTED when they were submitted: nothing is announced."""
    before: dict[str, Item] = field(default_factory=dict)
    """What the declared uploads were before they were declared, if they were anything, by id."""
    wrong: list[str] = field(default_factory=list)

    def observe(self, scheduler: Scheduler, table: str, old: Item | None, new: Item | None) -> None:
        """See `TimedObserver`."""
        if table != names.UPLOADS_TABLE:
            return
        if old and _status(old) == "DECLARED" and (new is None or self._is_back(new)):
            self._withdrawn(old, new)
            return
        self._upload(old, new)
        if old is None or new is None:
            return
        if new["status"]["S"] == "DECLARED" and old["status"]["S"] != "DECLARED":
            self.before[new["upload_id"]["S"]] = old
        task, attempt = scheduler.current, _text(new, "attempt")
        if _text(old, "attempt") != attempt:
            self._taken_over(names.EPOCH + timedelta(seconds=scheduler.now), old, new)
        elif task.attempt is not None and task.attempt != attempt:
            self.wrong.append(f"upload {new['upload_id']['S']}: {task.name} changed an attempt that is not its own")

    def _is_back(self, new: Item) -> bool:
        """Whether an upload has the attempt that it had before it was declared."""
        before = self.before.get(new["upload_id"]["S"])
        return before is not None and _text(before, "attempt") == _text(new, "attempt")

    def _withdrawn(self, old: Item, new: Item | None) -> None:
        """A declaration has ended: its upload is gone, or what it was before."""
        upload_id = old["upload_id"]["S"]
        if new != self.before.pop(upload_id, None):
            self.wrong.append(f"upload {upload_id}: a declaration is withdrawn, and leaves {_status(new)}")

    def _taken_over(self, now: datetime, old: Item, new: Item) -> None:
        """A new attempt takes the place of a living one only when that can make no progress any more."""
        by = new["attempts"]["L"][-1]["M"]["by"]["S"]
        status = old["status"]["S"]
        if status not in ENDED:
            if by == "sweeper" and _is_stuck(old, now):
                return
            if by == "intake" and status == "RECEIVED" and _began_at(old) < timestamp(now - BEGINNER_TIME):
                return
            if by == "redrive" or status == "DECLARED":
                return
            self.wrong.append(f"upload {old['upload_id']['S']}: {by} takes over a living attempt, {status}")

    def _upload(self, old: Item | None, new: Item | None) -> None:
        if new is None:
            self.wrong.append(f"upload {(old or {}).get('upload_id')}: {_status(old)} is deleted")
            return
        if "status" not in new:
            self.wrong.append(f"an upload without a status: {new}")
            return
        upload_id, attempt, status = new["upload_id"]["S"], _text(new, "attempt"), new["status"]["S"]
        before = old["status"]["S"] if old else None
        if (before, status) not in _ALLOWED:
            self.wrong.append(f"upload {upload_id}: {before} -> {status}")
        if old and before == status == "COMPLETED" and _text(old, "attempt") != attempt:
            self.wrong.append(f"upload {upload_id}: a new attempt of a COMPLETED upload")
        if status == "FAILED":
            self.failed.add((upload_id, attempt))
        if status == "COMPLETED":
            self.completed.add((upload_id, attempt))
        if status == "REJECTED" and (old is None or _text(old, "attempt") != attempt):
            self.by_intake.add((upload_id, attempt))


@dataclass(frozen=True, kw_only=True)
class Law:
    """Checks a world."""

    world: World
    reports: Mapping[str, Report]
    """By upload id."""
    witness: Witness
    accepted: set[str]
    """Uploads whose bank was told that the report is accepted."""

    def violations(self) -> list[str]:
        """Everything that does not hold now."""
        uploads = {item["upload_id"]["S"]: item for item in self.world.dynamodb.tables[names.UPLOADS_TABLE].items()}
        return [
            *self.world.defects,
            *self.witness.wrong,
            *(f"upload {each}: accepted, but does not exist" for each in self._missing(set(uploads))),
            *(each for upload in uploads.values() for each in self._of(upload)),
            *self._of_rows(),
            *self._of_letters(),
            *self._of_objects(),
            *self._of_messages(uploads),
            *(f"execution {each.name} still runs" for each in self.world.large.running),
        ]

    def _missing(self, uploads: set[str]) -> list[str]:
        """Accepted uploads that do not exist, and whose report's event waits for no operator."""
        events = [json.loads(each.body) for each in self.world.sqs.queues[names.EVENT_DEAD_LETTERS_URL].left]
        waiting = {each["detail"]["object"]["key"].rpartition("/")[2] for each in events}
        return sorted(self.accepted - uploads - waiting)

    def _of(self, upload: Item) -> Iterator[str]:
        upload_id, status = upload["upload_id"]["S"], upload["status"]["S"]
        if upload_id not in self.reports:
            yield f"upload {upload_id}: no bank has submitted it"
        elif status == "DECLARED":
            yield from self._declared(upload, self.reports[upload_id])
        elif status not in ENDED:
            yield f"upload {upload_id}: has no end, it is {status}"
        elif status == "COMPLETED":
            yield from self._completed(upload, self.reports[upload_id])
        elif status == "FAILED" and not self._letters(upload_id, _text(upload, "attempt")):
            yield f"upload {upload_id}: FAILED without a dead letter of its attempt {_text(upload, 'attempt')!r}"
        elif status == "REJECTED" and self._was_valid(upload, self.reports[upload_id]):
            yield f"upload {upload_id}: REJECTED, but its report was valid"

    def _declared(self, upload: Item, report: Report) -> Iterator[str]:
        """A declaration may wait for its report, but not for longer than it may, nor if the report is stored."""
        now, healthy_from = self.world.scheduler.now, self.world.nemesis.ends
        began = (datetime.fromisoformat(_began_at(upload)) - names.EPOCH).total_seconds()
        if now > max(began, healthy_from) + DECLARED_WITHIN:
            yield f"upload {report.upload_id}: its declaration does not end"
        versions = self.world.s3.buckets[names.BUCKET].versions.get(report_key(report.bank_id, report.upload_id))
        if versions and now > max(began, versions[0].stored_at, healthy_from) + _NOTICED_WITHIN:
            yield f"upload {report.upload_id}: its report is stored, but it is DECLARED"

    def _was_valid(self, upload: Item, report: Report) -> bool:
        moment = names.EPOCH + timedelta(seconds=report.valid_from)
        return report.valid and upload["updated_at"]["S"] > timestamp(moment + timedelta(seconds=EXPRESS_SECONDS))

    def _completed(self, upload: Item, report: Report) -> Iterator[str]:
        """An independent count of the table must find what the upload says."""
        stored = self._transactions()
        found: dict[str, list[Row]] = {"loaded": [], "repeated": [], "conflicts": []}
        for row in report.rows:
            item = stored.get((report.bank_id, row.transaction_id))
            if item is None:
                yield f"upload {report.upload_id}: COMPLETED, but {row.transaction_id} is not in the table"
            elif not _same(item, row):
                found["conflicts"].append(row)
            else:
                own = item["upload_id"]["S"] == report.upload_id
                found["loaded" if own else "repeated"].append(row)
        said = {name: int(upload.get(name, {"N": "-1"})["N"]) for name in found}
        counted = {name: len(rows) for name, rows in found.items()}
        if said != counted or sum(said.values()) != len(report.rows):
            yield f"upload {report.upload_id}: of {len(report.rows)} rows it says {said}, the table has {counted}"
        if _decimals(upload.get("totals")) != _sums(report.rows):
            yield f"upload {report.upload_id}: wrong totals"
        singular = {"loaded": "loaded", "repeated": "repeated", "conflicts": "conflict"}
        for name, rows in found.items():
            said_sums = upload.get(f"{singular[name]}_totals")
            if said_sums is not None and _decimals(said_sums) != _sums(rows):
                yield f"upload {report.upload_id}: its {singular[name]}_totals are not the table's"

    def _of_rows(self) -> Iterator[str]:
        """Every row in the table is one of its upload's report, once."""
        seen: Counter[tuple[str, str]] = Counter()
        for item in self.world.dynamodb.tables[names.TRANSACTIONS_TABLE].items():
            bank_id, transaction_id = item["bank_id"]["S"], item["transaction_id"]["S"]
            seen[bank_id, transaction_id] += 1
            report = self.reports.get(item["upload_id"]["S"])
            line = int(item["line"]["N"]) - 2
            rows = report.rows if report else ()
            if report is None or report.bank_id != bank_id or not 0 <= line < len(rows):
                yield f"row {transaction_id}: it is not in a report of upload {item['upload_id']['S']}"
            elif rows[line].transaction_id != transaction_id or not _same(item, rows[line]):
                yield f"row {transaction_id}: it is not line {line + 2} of upload {report.upload_id}"
        yield from (f"row {key}: {count} times in the table" for key, count in seen.items() if count > 1)

    def _of_letters(self) -> Iterator[str]:
        """A letter is of a FAILED attempt, or of an execution that found no upload, or could not look for it."""
        for message in self.world.sqs.queues[names.DEAD_LETTERS_URL].messages:
            letter = json.loads(message.body)
            key = (letter["upload_id"], letter.get("attempt", ""))
            if key not in self.witness.failed and letter["execution"] not in self.world.blind:
                yield f"upload {key[0]}: a dead letter of attempt {key[1]!r}, which was never FAILED"

    def _of_objects(self) -> Iterator[str]:
        """Only the request that began an attempt stores the report."""
        for (key, attempt), count in self.world.s3.requests.items():
            if key.startswith(REPORTS_PREFIX) and attempt and count > 1:
                yield f"object {key}: {count} requests have stored it for attempt {attempt!r}"

    def _of_messages(self, uploads: Mapping[str, Item]) -> Iterator[str]:
        said: dict[tuple[str, str, str], int] = Counter()
        for message in self.world.sns.published:
            body = message.body
            attempt = body.get("attempt", "")
            yield from (f"message about upload {body['upload_id']}: {each}" for each in differences(body))
            said[body["upload_id"], attempt, body["status"]] += 1
            if body["status"] == "FAILED" and (body["upload_id"], attempt) not in self.witness.failed:
                yield f"upload {body['upload_id']}: FAILED was announced of attempt {attempt!r}, which was not"
            if body["status"] == "COMPLETED" and (body["upload_id"], attempt) not in self.witness.completed:
                yield f"upload {body['upload_id']}: COMPLETED was announced of attempt {attempt!r}, which was not"
        for upload_id, upload in uploads.items():
            status, attempt = upload["status"]["S"], _text(upload, "attempt")
            if status not in ENDED or (upload_id, attempt) in self.witness.by_intake:
                continue
            if not said[upload_id, attempt, status]:
                yield f"upload {upload_id}: {status} of attempt {attempt!r} was not announced"

    def _letters(self, upload_id: str, attempt: str) -> list[Any]:
        queue = self.world.sqs.queues[names.DEAD_LETTERS_URL]
        letters = [json.loads(message.body) for message in queue.left]
        return [each for each in letters if (each["upload_id"], each.get("attempt", "")) == (upload_id, attempt)]

    def _transactions(self) -> dict[tuple[str, str], Item]:
        items = self.world.dynamodb.tables[names.TRANSACTIONS_TABLE].items()
        return {(each["bank_id"]["S"], each["transaction_id"]["S"]): each for each in items}


def _same(item: Item, row: Row) -> bool:
    stored = (Decimal(item["amount"]["N"]), item["currency"]["S"], item["timestamp"]["S"][:19])
    return stored == (row.amount, row.currency, row.timestamp[:19])


def _sums(rows: Iterable[Row]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.amount
    return sums


def _decimals(attribute: Any) -> dict[str, Decimal]:
    return {currency: Decimal(value["S"]) for currency, value in (attribute or {"M": {}})["M"].items()}


def _is_stuck(item: Item, now: datetime) -> bool:
    """Whether no execution can be at work on a living attempt: by its begin, or the last progress of a large one."""
    if is_large(int(item.get("size", {"N": "0"})["N"])):
        return bool(item["updated_at"]["S"] <= timestamp(now - LARGE_STUCK_AFTER))
    return _began_at(item) < timestamp(now - timedelta(seconds=EXPRESS_SECONDS))


def _began_at(item: Item) -> str:
    text: str = item["attempts"]["L"][-1]["M"]["began_at"]["S"]
    return text


def _status(item: Item | None) -> str | None:
    return item.get("status", {}).get("S") if item else None


def _text(item: Item, name: str) -> str:
    text: str = item.get(name, {"S": ""})["S"]
    return text
