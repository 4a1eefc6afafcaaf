"""The parts of `./dev bench day`: the reports of a day, the banks' programs, the law that is checked, the figures."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from benchmarks.day import SETTINGS, Result, percentile, ratios
from benchmarks.parts.day_law import Found, repeated_messages, violations
from benchmarks.parts.day_plan import SHARES, DayReport, DayRow, ReportKind, day_reports
from benchmarks.parts.day_run import EXPECTED, Answered, DayRun
from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.submission import NOW
from functions.common.uploads import derive_upload_id
from functions.report.validator import validate_report
from shared.infra.settings.settings import FILE_VARIABLE, SUFFIX_VARIABLE, read_settings
from tools.client.api import Answer

BANKS = ("bayside", "nordbank")


def a_day(uploads: int = 400, rows: int = 6) -> list[DayReport]:
    return list(day_reports(BANKS, uploads=uploads, rows=rows))


def is_valid(bank_id: str, content: bytes) -> bool:
    return not validate_report(content, bank_id=bank_id, now=NOW).errors


def test_the_same_arguments_make_the_same_reports() -> None:
    assert [each.body for each in a_day()] == [each.body for each in a_day()]


def test_the_banks_take_turns_and_the_shares_are_about_as_stated() -> None:
    day = a_day(2_000)
    assert Counter(each.bank_id for each in day) == {"bayside": 1_000, "nordbank": 1_000}
    kinds = Counter(each.kind for each in day)
    for kind, share in SHARES.items():
        assert share / 2 < kinds[kind] / 20 < share * 2


def test_the_validator_rejects_the_invalid_reports_and_no_others() -> None:
    for report in a_day():
        assert is_valid(report.bank_id, report.body) == (report.kind is not ReportKind.INVALID)


def test_a_repeated_report_is_an_earlier_one_of_its_bank_and_all_others_are_new() -> None:
    seen: set[str] = set()
    for report in a_day():
        upload_id = derive_upload_id(report.bank_id, report.body)
        assert (upload_id in seen) == (report.kind is ReportKind.REPEATED)
        seen.add(upload_id)


def test_half_of_an_overlapping_report_is_in_an_earlier_one_and_one_row_differs() -> None:
    earlier: dict[tuple[str, str], DayRow] = {}
    overlapping = 0
    for report in a_day():
        shared = [row for row in report.rows if (report.bank_id, row.transaction_id) in earlier]
        if report.kind is ReportKind.OVERLAPPING:
            overlapping += 1
            assert len(shared) == 3
            assert sum(earlier[report.bank_id, row.transaction_id] != row for row in shared) == 1
        if report.kind is ReportKind.NEW:
            assert not shared
            earlier |= {(report.bank_id, row.transaction_id): row for row in report.rows}
    assert overlapping > 0


def test_a_report_of_one_row_cannot_overlap() -> None:
    with pytest.raises(ValueError, match="needs 2 rows"):
        next(day_reports(BANKS, uploads=1, rows=1))


class Bank:
    """Answers as the API does; an upload ends when it is looked at for the second time."""

    def __init__(self, bank_id: str, world: "World") -> None:
        self._bank_id, self._world = bank_id, world

    def upload(self, file_name: str, content: bytes) -> Answer:
        """Submit."""
        upload_id = derive_upload_id(self._bank_id, content)
        with_errors = not is_valid(self._bank_id, content)
        known = upload_id in self._world.looks
        if not known and not with_errors:
            self._world.looks[upload_id] = 0
            self._world.file_names.append(file_name)
        status = 422 if with_errors else 200 if known else 202
        return Answer(
            status=self._world.answer or status, content_type="application/json", body={"upload_id": upload_id}
        )


class World:
    """All banks, and the uploads table."""

    def __init__(self, *, answer: int = 0) -> None:
        self.answer = answer
        self.looks: dict[str, int] = {}
        self.file_names: list[str] = []
        self.most = 0

    def items_of(self, upload_ids: Sequence[str]) -> Mapping[str, Any]:
        """Of the uploads table."""
        self.most = max(self.most, len(upload_ids))
        for upload_id in upload_ids:
            self.looks[upload_id] += 1
        return {
            each: {"status": "COMPLETED" if self.looks[each] > 1 else "LOADING", "upload_id": each}
            for each in upload_ids
        }


def run_of(world: World) -> DayRun:
    return DayRun(
        client_of=lambda bank_id: Bank(bank_id, world), items_of=world.items_of, open_uploads=1, look_seconds=0.001
    )


def test_every_report_is_submitted_once_in_order_and_every_upload_followed_to_its_end() -> None:
    world, day, shown = World(), a_day(60), 0

    def show(_: DayRun) -> None:
        nonlocal shown
        shown += 1

    run = run_of(world)
    run.submit_all(day, most_seconds=60, show=show)
    for bank_id in BANKS:
        submitted = [each.report for each in run.answered if each.report.bank_id == bank_id]
        assert submitted == [each for each in day if each.bank_id == bank_id]
    accepted = {each.upload_id for each in run.answered if EXPECTED[each.report.kind] == 202}
    assert set(run.ended) == accepted
    assert world.most <= len(BANKS)
    assert shown > 0
    assert run.seconds > 0


def test_an_unexpected_answer_ends_the_run() -> None:
    with pytest.raises(BenchmarkError, match=r"nordbank-000001\.csv \(new\): expected 202, but the API answered 503"):
        run_of(World(answer=503)).submit_all(a_day(4), most_seconds=60, show=lambda _: None)


def test_nothing_is_submitted_after_the_time_is_up() -> None:
    run = run_of(World())
    run.submit_all(a_day(4), most_seconds=-1, show=lambda _: None)
    assert not run.answered


ROWS = (DayRow("a", "1.50", "EUR", "t"), DayRow("b", "-2", "EUR", "t"))
OTHER_ROWS = (DayRow("b", "-2.0", "EUR", "t"), DayRow("a", "7", "EUR", "t"), DayRow("c", "100", "JPY", "t"))


def answered(upload_id: str, kind: ReportKind, rows: Sequence[DayRow]) -> Answered:
    report = DayReport(bank_id="nordbank", number=0, kind=kind, rows=rows)
    return Answered(report=report, upload_id=upload_id, seconds=0.1)


SUBMITTED = [
    answered("one", ReportKind.NEW, ROWS),
    answered("two", ReportKind.OVERLAPPING, OTHER_ROWS),
    answered("bad", ReportKind.INVALID, ROWS),
    answered("one", ReportKind.REPEATED, ROWS),
]


def stored(transaction_id: str, amount: str, currency: str, upload_id: str) -> Mapping[str, Any]:
    return {
        "bank_id": "nordbank",
        "transaction_id": transaction_id,
        "amount": Decimal(amount),
        "currency": currency,
        "upload_id": upload_id,
    }


def completed(**more: Any) -> Mapping[str, Any]:
    return {"status": "COMPLETED", **more}


FOUND = Found(
    uploads={
        "one": completed(loaded=2, repeated=0, conflicts=0, totals={"EUR": "-0.50"}),
        # b is repeated, a is in conflict, c is new; by hand: -2 + 7 = 5 EUR and 100 JPY, of which 100 JPY are loaded.
        "two": completed(
            loaded=1, repeated=1, conflicts=1, totals={"EUR": "5", "JPY": "100"}, loaded_totals={"JPY": "100"}
        ),
        "bad": {"status": "REJECTED"},
    },
    upload_count=3,
    rows={
        ("nordbank", each["transaction_id"]): each
        for each in (
            stored("a", "1.5", "EUR", "one"),
            stored("b", "-2", "EUR", "one"),
            stored("c", "100", "JPY", "two"),
        )
    },
    row_count=3,
    messages=[{"upload_id": "one", "status": "COMPLETED"}, {"upload_id": "two", "status": "COMPLETED"}],
    dead_letters=0,
)


def test_the_law_holds() -> None:
    assert not violations(SUBMITTED, FOUND)


def test_the_same_message_may_come_again() -> None:
    """At least once is what is promised: a call whose answer comes too late is repeated."""
    again = replace(FOUND, messages=[*FOUND.messages, FOUND.messages[0]])
    assert not violations(SUBMITTED, again)
    assert (repeated_messages(FOUND.messages), repeated_messages(again.messages)) == (0, 1)


def with_upload(upload_id: str, **more: Any) -> Found:
    return replace(FOUND, uploads={**FOUND.uploads, upload_id: {**FOUND.uploads[upload_id], **more}})


def with_row(transaction_id: str, **more: Any) -> Found:
    key = ("nordbank", transaction_id)
    return replace(FOUND, rows={**FOUND.rows, key: {**FOUND.rows[key], **more}})


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (lambda: replace(FOUND, dead_letters=1), ["1 dead letters"]),
        (
            lambda: replace(FOUND, upload_count=4),
            ["3 different reports were submitted, the uploads table has 4"],
        ),
        (lambda: with_upload("one", status="LOADING"), ["upload one (new) is LOADING, not COMPLETED"]),
        (lambda: with_upload("bad", status="FAILED"), ["upload bad (invalid) is FAILED, not REJECTED"]),
        (lambda: with_upload("one", totals={"EUR": "-0.51"}), ["upload one: its totals are not the report's"]),
        (lambda: with_upload("one", loaded=1, repeated=1), ["upload one: of 2 rows it says "]),
        (lambda: with_upload("two", loaded_totals={"JPY": "99"}), ["the uploads say that they have loaded "]),
        (lambda: replace(FOUND, row_count=4), ["the reports have 3 different ids, the transactions table 4 rows"]),
        (
            lambda: with_row("c", amount=Decimal(101)),
            ["upload two: of 3 rows it says ", "row ('nordbank', 'c'): no accepted report has it"],
        ),
        (
            lambda: replace(FOUND, rows={key: row for key, row in FOUND.rows.items() if key[1] != "c"}),
            ["upload two: c is not in the table"],
        ),
        (
            lambda: replace(FOUND, messages=[*FOUND.messages, {**FOUND.messages[0], "loaded": 1}]),
            ["upload one: two messages about one outcome differ"],
        ),
        (lambda: replace(FOUND, messages=FOUND.messages[:1]), ["upload two: COMPLETED was not announced"]),
        (
            lambda: replace(FOUND, messages=[*FOUND.messages, {"upload_id": "bad", "status": "REJECTED"}]),
            ["upload bad: REJECTED of attempt '' was announced"],
        ),
        (
            lambda: replace(FOUND, messages=[FOUND.messages[0], {**FOUND.messages[1], "attempt": "other"}]),
            ["upload two: COMPLETED was not announced", "upload two: COMPLETED of attempt 'other' was announced"],
        ),
    ],
)
def test_every_planted_violation_is_found(found: Callable[[], Found], lines: list[str]) -> None:
    listed = violations(SUBMITTED, found())
    for line in lines:
        assert any(each.startswith(line) for each in listed), listed


def test_ten_banks_may_submit_a_day_in_an_hour() -> None:
    settings = read_settings({SUFFIX_VARIABLE: "local", FILE_VARIABLE: str(SETTINGS.with_suffix(""))})
    assert len(settings.banks) == 10
    assert all(bank.quota_per_day * 10 >= settings.committed_daily_uploads for bank in settings.banks.values())
    assert settings.local_cloud


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(number) for number in range(200, 0, -1)]
    assert [percentile(values, percent) for percent in (50, 95, 99)] == [100, 190, 198]
    assert percentile([3.0], 50) == 3.0


def test_the_ratios_are_those_of_the_run() -> None:
    result = Result(
        wanted=8,
        rows_each=2,
        load=1.0,
        seconds=2.0,
        answered=SUBMITTED,
        completion=[1.0, 3.0],
        rows_loaded=3,
        repeated_messages=0,
        memory={"at the start": 80_000_000, "at most": 200_000_000, "at the end": 100_000_000},
    )
    assert ratios(result) == {
        "day-share": 0.5,
        "day-uploads-per-second": 2.0,
        "day-rows-per-second": 1.5,
        "day-answer-p50": 0.1,
        "day-answer-p95": 0.1,
        "day-answer-p99": 0.1,
        "day-completed-p50": 1.0,
        "day-completed-p95": 3.0,
        "day-completed-p99": 3.0,
        "day-memory-start": 80.0,
        "day-memory-most": 200.0,
        "day-memory-end": 100.0,
    }
