"""`./dev bench large` says how far the upload is, and stops in time."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.parts.course import Course
from benchmarks.parts.outcome import BenchmarkError
from shared.contracts.uploads import UploadStatus
from tools.client.uploads import Clock, Submission, SubmittedUpload


class Time:
    """A clock that never waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


DECLARED = SubmittedUpload(
    submission=Submission(bank_id="nordbank", path=Path("report.csv")),
    upload_id="u",
    answered=201,
    status=UploadStatus.DECLARED,
    began=0,
    size=80_000_000,
)


def loading(done: int) -> SubmittedUpload:
    facts = {"rows_processed": done, "rows": 1_000_000}
    return replace(DECLARED, status=UploadStatus.LOADING, facts=facts)


def test_it_says_bytes_then_rows_and_not_too_often() -> None:
    said: list[str] = []
    time = Time()
    course = Course(most_seconds=2_700, check=lambda: None, say=said.append, clock=time.clock())

    course.show(replace(DECLARED, sent=0))
    time.sleep(1)
    course.show(replace(DECLARED, sent=40_000_000))  # too soon for another line
    time.sleep(9)
    course.show(replace(DECLARED, sent=80_000_000))
    course.show(replace(DECLARED, status=UploadStatus.RECEIVED))
    time.sleep(10)
    course.show(loading(0))
    time.sleep(100)
    course.show(loading(250_000))
    course.show(replace(DECLARED, status=UploadStatus.COMPLETED))

    assert said == [
        "DECLARED after 0 s: 0.0 of 80.0 MB stored",
        "DECLARED after 10 s: 80.0 of 80.0 MB stored",
        "RECEIVED after 10 s",
        "LOADING after 20 s: 0 of 1,000,000 rows (0.0%)",
        "LOADING after 120 s: 250,000 of 1,000,000 rows (25.0%), 2,500 rows/s",
        "COMPLETED after 120 s",
    ]
    assert course.first_seen == {
        UploadStatus.RECEIVED: pytest.approx(10),
        UploadStatus.LOADING: pytest.approx(20),
        UploadStatus.COMPLETED: pytest.approx(120),
    }


def test_it_stops_in_a_pause_and_says_which_share_it_has_reached() -> None:
    time = Time()
    course = Course(most_seconds=600, check=lambda: None, say=lambda _: None, clock=time.clock())
    course.show(loading(0))
    course.clock.sleep(599)
    course.show(loading(599_000))
    course.clock.sleep(5)

    message = r"not ended after 10 minutes: LOADING after 604 s: 599,000 of 1,000,000 rows \(59\.9%\), 992 rows/s"
    with pytest.raises(BenchmarkError, match=message):
        course.clock.sleep(5)


def test_it_stops_before_the_report_is_declared() -> None:
    time = Time()
    course = Course(most_seconds=60, check=lambda: None, say=lambda _: None, clock=time.clock())
    time.sleep(61)

    with pytest.raises(BenchmarkError, match="not ended after 1 minutes: not declared after 61 s"):
        course.show(DECLARED)


def test_it_stops_when_the_check_fails() -> None:
    def check() -> None:
        raise BenchmarkError("too much memory")

    course = Course(most_seconds=60, check=check, say=lambda _: None, clock=Time().clock())

    with pytest.raises(BenchmarkError, match="too much memory"):
        course.clock.sleep(1)
