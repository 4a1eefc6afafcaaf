"""Submitting and following, with an API that answers from a list and a clock that does not wait."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.uploads import UploadStatus
from shared.infra.settings.settings import Bank
from tools.client.api import Answer, ApiClient, NoResponseError
from tools.client.files import Count, Identity, counted
from tools.client.progress import described
from tools.client.uploads import (
    LARGE_LIMIT_SECONDS,
    LIMIT_SECONDS,
    LOCAL_PAUSE_SECONDS,
    Clock,
    Submission,
    SubmittedUpload,
    failed_expectations,
    find,
    send,
)
from tools.errors import ToolError


@dataclass(frozen=True, kw_only=True)
class ScriptedApi(ApiClient):
    """Answers in the order given; the last state is repeated. An error is raised."""

    url: str = "none"
    answers: list[Answer]
    states: Sequence[Answer | NoResponseError] = ()
    looked: list[str] = field(default_factory=list)
    declared: list[tuple[str, Identity]] = field(default_factory=list)
    stored: list[tuple[Any, bytes]] = field(default_factory=list)

    def declare(self, file_name: str, report: Identity) -> Answer:
        self.declared.append((file_name, report))
        return self.answers.pop(0)

    def store(self, put: Mapping[str, Any], path: Path, count: Count) -> None:
        self.stored.append((put, b"".join(counted(path, count))))

    def upload(self, file_name: str, content: bytes) -> Answer:
        assert file_name
        assert content
        return self.answers.pop(0)

    def upload_state(self, upload_id: str) -> Answer:
        assert upload_id == "u1"
        given = self.states[min(len(self.looked), len(self.states) - 1)]
        self.looked.append(upload_id)
        if isinstance(given, NoResponseError):
            raise given
        return given


class PassingTime:
    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds

    def clock(self) -> Clock:
        return Clock(now=self.now, sleep=self.sleep)


def answer(code: int, /, **body: Any) -> Answer:
    return Answer(status=code, content_type="application/json", body={"upload_id": "u1", **body})


def state(status: str, **facts: Any) -> Answer:
    return answer(200, status=status, **facts)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.csv"
    path.write_text("x")
    return path


def run(
    submissions: list[Submission], api: ScriptedApi, show: Callable[[SubmittedUpload], None] = lambda _: None
) -> list[SubmittedUpload]:
    return send(submissions, lambda _: api, PassingTime().clock(), show)


def test_a_valid_report_is_followed_through_every_status_to_its_end(report: Path) -> None:
    states = [state("RECEIVED"), state("LOADING"), state("LOADING"), state("COMPLETED", rows=3, totals={"EUR": "1.50"})]
    shown: list[str] = []
    submission = Submission(bank_id="nordbank", path=report, rows=3)
    api = ScriptedApi(answers=[answer(202, status="RECEIVED", rows=3)], states=states)
    (upload,) = run([submission], api, lambda upload: shown.append(upload.status))
    assert shown == ["RECEIVED", "LOADING", "COMPLETED"]
    assert upload.facts["totals"] == {"EUR": "1.50"}
    assert failed_expectations([upload]) == []


def test_a_rejected_report_has_ended_with_its_errors(report: Path) -> None:
    rejected = answer(422, rows=40, errors=[{"line": 3}])
    submission = Submission(bank_id="bayside", path=report, status=UploadStatus.REJECTED, rows=40)
    (upload,) = run([submission], ScriptedApi(answers=[rejected]))
    assert upload.errors == [{"line": 3}]
    assert failed_expectations([upload]) == []


def test_a_report_is_resubmitted_after_all_others_have_ended(report: Path) -> None:
    first = Submission(bank_id="nordbank", path=report)
    again = Submission(bank_id="nordbank", path=report, again=True)
    api = ScriptedApi(answers=[answer(202, status="RECEIVED"), state("COMPLETED")], states=[state("COMPLETED")])
    shown: list[tuple[bool, str]] = []
    uploads = run([again, first], api, lambda upload: shown.append((upload.submission.again, upload.status)))
    assert shown == [(False, "RECEIVED"), (False, "COMPLETED"), (True, "COMPLETED")]
    assert failed_expectations(uploads) == []


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (answer(403, detail="no such key"), "the API answered 403: no such key"),
        (answer(500, message="Internal server error"), "the API answered 500: Internal server error"),
        (answer(502), "the API answered 502: no reason given"),
    ],
)
def test_an_answer_that_neither_accepts_nor_rejects_is_an_error(report: Path, response: Answer, message: str) -> None:
    with pytest.raises(ToolError, match=message):
        run([Submission(bank_id="nordbank", path=report)], ScriptedApi(answers=[response]))


def test_a_state_that_cannot_be_read_is_an_error(report: Path) -> None:
    api = ScriptedApi(answers=[answer(202, status="RECEIVED")], states=[answer(404, title="Not Found")])
    with pytest.raises(ToolError, match="upload u1: the API answered 404: Not Found"):
        run([Submission(bank_id="nordbank", path=report)], api)


def test_an_upload_that_does_not_end_is_given_up(report: Path) -> None:
    api = ScriptedApi(answers=[answer(202, status="RECEIVED")], states=[state("LOADING")])
    with pytest.raises(ToolError, match=f"report.csv is still LOADING after {LIMIT_SECONDS} s"):
        run([Submission(bank_id="nordbank", path=report)], api)


def test_every_difference_from_the_expected_end_is_named(report: Path) -> None:
    submission = Submission(bank_id="nordbank", path=report, rows=5, again=True)
    api = ScriptedApi(answers=[answer(202, status="RECEIVED")], states=[state("FAILED", rows=4)])
    assert failed_expectations(run([submission], api)) == [
        "report.csv ended as FAILED, not as COMPLETED",
        "report.csv has 5 rows, the pipeline counted 4",
        "report.csv submitted twice was answered 202, not 200",
    ]


LARGE = b"x" * (MAX_REPORT_BYTES + 1)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.csv"
    path.write_bytes(LARGE)
    return path


def test_a_large_report_is_declared_stored_by_its_link_and_followed_row_by_row(large: Path) -> None:
    put = {"url": "https://bucket/key", "method": "PUT", "headers": {"content-length": "9"}}
    loading = [state("LOADING", rows=10, rows_processed=done) for done in (0, 4, 4, 10)]
    api = ScriptedApi(
        answers=[answer(201, status="DECLARED", put=put)],
        states=[
            state("DECLARED"),
            state("RECEIVED"),
            state("VALIDATED", rows=10),
            *loading,
            state("COMPLETED", rows=10),
        ],
    )
    shown: list[str] = []

    (upload,) = run(
        [Submission(bank_id="nordbank", path=large, rows=10)], api, lambda each: shown.append(described(each))
    )

    assert api.declared == [("large.csv", Identity(size=len(LARGE), sha256=sha256(LARGE).hexdigest()))]
    assert api.stored == [(put, LARGE)]
    assert "put" not in upload.facts
    assert failed_expectations([upload]) == []
    sending = [line for line in shown if "sent" in line]
    assert (sending[0], sending[-1], sending) == (
        "DECLARED, 0 % sent",
        "DECLARED, 100 % sent",
        sorted(sending, key=_percent),
    )
    assert shown[len(sending) :] == [
        *("DECLARED", "RECEIVED", "VALIDATED"),
        *("LOADING, 0 % loaded", "LOADING, 40 % loaded", "LOADING, 100 % loaded", "COMPLETED"),
    ]


def _percent(line: str) -> int:
    return int(line.split()[1])


def test_a_large_report_that_is_stored_already_is_only_followed(large: Path) -> None:
    api = ScriptedApi(answers=[answer(200, status="LOADING", rows=10)], states=[state("COMPLETED", rows=10)])

    (upload,) = run([Submission(bank_id="nordbank", path=large)], api)

    assert (upload.status, api.stored) == ("COMPLETED", [])


def test_a_large_report_has_a_day_with_fewer_requests_than_a_bank_has_in_most_of_it(large: Path) -> None:
    time, asked = PassingTime(), list[float]()

    class Counting(ScriptedApi):
        def upload_state(self, upload_id: str) -> Answer:
            asked.append(time.now())
            return super().upload_state(upload_id)

    api = Counting(answers=[answer(200, status="LOADING")], states=[state("LOADING")])
    with pytest.raises(ToolError, match=f"large.csv is still LOADING after {LARGE_LIMIT_SECONDS} s"):
        send([Submission(bank_id="nordbank", path=large)], lambda _: api, time.clock(), lambda _: None)

    pauses = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert pauses[0] == pytest.approx(2.0)
    assert pauses[-1] == pytest.approx(60.0)
    assert LARGE_LIMIT_SECONDS == 24 * 3600
    # ADR 13: with every retry, it takes 13 hours.
    assert sum(at < 13 * 3600 for at in asked) < Bank.model_fields["quota_per_day"].default


def test_a_stuck_upload_leaves_a_bank_most_of_its_requests_of_the_day(report: Path) -> None:
    time, asked = PassingTime(), list[float]()

    class Counting(ScriptedApi):
        def upload_state(self, upload_id: str) -> Answer:
            asked.append(time.now())
            return super().upload_state(upload_id)

    api = Counting(answers=[answer(202, status="RECEIVED")], states=[state("RECEIVED")])
    with pytest.raises(ToolError, match="is still RECEIVED"):
        send([Submission(bank_id="nordbank", path=report)], lambda _: api, time.clock(), lambda _: None)

    pauses = [later - earlier for earlier, later in itertools.pairwise([0.0, *asked])]
    assert min(pauses) >= 2.0
    assert len(asked) < Bank.model_fields["quota_per_day"].default / 5


def test_on_the_local_cloud_which_has_no_quota_to_save_the_pauses_are_short(report: Path) -> None:
    time = PassingTime()
    api = ScriptedApi(answers=[answer(202, status="RECEIVED")], states=[state("LOADING"), state("COMPLETED")])
    submissions = [Submission(bank_id="nordbank", path=report)]
    (upload,) = send(submissions, lambda _: api, time.clock(), lambda _: None, pause=LOCAL_PAUSE_SECONDS)
    assert upload.seconds == pytest.approx(2 * LOCAL_PAUSE_SECONDS)


def test_temporary_answers_do_not_end_the_wait(large: Path) -> None:
    busy = replace(answer(429, message="Limit Exceeded"), retry_after=30.0)
    silent = NoResponseError("closed")
    states = (state("LOADING"), busy, busy, silent, answer(503), state("COMPLETED"))
    api = ScriptedApi(answers=[answer(200, status="LOADING")], states=states)
    time = PassingTime()

    (upload,) = send([Submission(bank_id="nordbank", path=large)], lambda _: api, time.clock(), lambda _: None)

    assert upload.status == "COMPLETED"
    assert upload.seconds == pytest.approx(time.now())
    assert time.now() == pytest.approx(2 + 30 + 30 + 4 + 8 + 2)


def test_an_api_that_stays_silent_is_given_up_with_what_becomes_of_the_upload(report: Path) -> None:
    api = ScriptedApi(answers=[answer(202, status="RECEIVED")], states=[answer(503, detail="busy")])

    with pytest.raises(ToolError) as raised:
        run([Submission(bank_id="nordbank", path=report)], api)

    assert str(raised.value) == (
        "upload u1: no usable answer in 20 tries, the last time: the API answered 503: busy."
        " The upload goes on without this command; GET /uploads/u1 shows what becomes of it"
    )


def test_a_declaration_that_is_refused_is_an_error(large: Path) -> None:
    api = ScriptedApi(answers=[answer(413, detail="The report is too large")])

    with pytest.raises(ToolError, match=r"large\.csv: the API answered 413: The report is too large"):
        run([Submission(bank_id="nordbank", path=large)], api)


@pytest.mark.parametrize("given", [answer(404), state("DECLARED")])
def test_what_is_still_to_be_submitted_is_not_found(report: Path, given: Answer) -> None:
    api = ScriptedApi(answers=[], states=[given])

    assert find(Submission(bank_id="nordbank", path=report), "u1", api, PassingTime().clock()) is None


@pytest.mark.parametrize("status", ["RECEIVED", "VALIDATED", "LOADING", "COMPLETED", "REJECTED", "FAILED"])
def test_what_was_submitted_before_is_found_with_the_limit_of_its_size(report: Path, large: Path, status: str) -> None:
    api = ScriptedApi(answers=[], states=[state(status, rows=3)])

    for path, limit in ((report, LIMIT_SECONDS), (large, LARGE_LIMIT_SECONDS)):
        found = find(Submission(bank_id="nordbank", path=path), "u1", api, PassingTime().clock())
        assert found is not None
        assert (found.upload_id, found.status, found.facts["rows"], found.limit) == ("u1", status, 3, limit)


def test_a_question_for_a_report_that_is_not_answered_is_an_error(report: Path) -> None:
    api = ScriptedApi(answers=[], states=[answer(403, message="Forbidden")])

    with pytest.raises(ToolError, match="upload u1: the API answered 403: Forbidden"):
        find(Submission(bank_id="nordbank", path=report), "u1", api, PassingTime().clock())
