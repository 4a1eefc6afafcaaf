"""What readers of outcomes rely on: the published schema, what was sent before there were versions, and a stable id."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from functions.common.uploads import Upload
from functions.notification.notification import Notification
from shared.contracts.outcomes import OUTCOME_VERSION, Outcome, message_id
from shared.contracts.uploads import ENDED, UploadStatus
from shared.contracts.workflow import PAYLOAD_VERSION, NotificationInput
from tests.outcomes import SCHEMA, differences
from tests.unit.functions.fakes import FakeLoads, FakeOutcomes, clock, upload, uploads_of

COUNTS: Final = st.integers(min_value=0, max_value=10**9)
IDS: Final = st.text(alphabet="0123456789abcdef", min_size=1, max_size=32)
TOTALS: Final = st.dictionaries(
    st.sampled_from(["EUR", "JPY", "KWD", "USD"]),
    st.decimals(min_value=-(10**15), max_value=10**15, places=2).map(lambda each: f"{each:f}"),
    max_size=3,
)
ENDED_UPLOADS: Final = st.builds(
    upload,
    upload_id=IDS,
    bank_id=st.sampled_from(["nordbank", "alpenbank"]),
    attempt=IDS,
    status=st.sampled_from([UploadStatus.COMPLETED, UploadStatus.REJECTED]),
    rows=COUNTS | st.none(),
    totals=TOTALS | st.none(),
    loaded=COUNTS,
    repeated=COUNTS,
    conflicts=COUNTS,
    loaded_totals=TOTALS | st.none(),
    repeated_totals=TOTALS,
    conflict_totals=TOTALS,
    error_count=COUNTS | st.none(),
)


def announced(known: Upload) -> Outcome:
    outcomes = FakeOutcomes()
    task = NotificationInput(
        version=PAYLOAD_VERSION,
        upload_id=known.upload_id,
        bank_id=known.bank_id,
        attempt=known.attempt,
        started_at="",
        bucket="reports",
        loads=[],
    )
    Notification(uploads=uploads_of(known), loads=FakeLoads(), outcomes=outcomes, clock=clock).run(task)
    (sent,) = outcomes.published
    return sent


def read_as_before_versions(message: Mapping[str, Any]) -> dict[str, Any]:
    """What a program reads that was written before messages had a version: the fields by status, by their names."""
    read = {name: str(message[name]) for name in ("bank_id", "upload_id", "attempt", "status")}
    if message["status"] == "REJECTED":
        return {**read, "error_count": int(message["error_count"])}
    if message["status"] == "FAILED":
        return {**read, "error": str(message["error"])}
    counts = {name: int(message[name]) for name in ("rows", "loaded", "repeated", "conflicts")}
    sums = {name: dict(message[name]) for name in ("totals", "loaded_totals", "repeated_totals", "conflict_totals")
            if name in message}  # fmt: skip
    return {**read, **counts, **sums}


def expected_before_versions(known: Upload) -> dict[str, Any]:
    ids = {"bank_id": known.bank_id, "upload_id": known.upload_id, "attempt": known.attempt}
    if known.status is UploadStatus.REJECTED:
        return {**ids, "status": "REJECTED", "error_count": known.error_count or 0}
    sums = {"totals": known.totals or {}}
    if (known.repeated or known.conflicts) and known.loaded_totals is not None:
        sums |= {name: getattr(known, name) for name in ("loaded_totals", "repeated_totals", "conflict_totals")}
    counts = {name: getattr(known, name) for name in ("loaded", "repeated", "conflicts")}
    return {**ids, "status": "COMPLETED", "rows": known.rows or 0, **counts, **sums}


@given(ENDED_UPLOADS)
def test_old_readers_find_what_they_read_before_messages_had_a_version(known: Upload) -> None:
    assert read_as_before_versions(announced(known)) == expected_before_versions(known)


@given(ENDED_UPLOADS, ENDED_UPLOADS)
def test_the_same_outcome_has_the_same_message_and_another_one_another_id(one: Upload, other: Upload) -> None:
    first, second = announced(one), announced(other)
    assert announced(one) == first
    ended = [(each.upload_id, each.attempt, each.status) for each in (one, other)]
    assert (first["message_id"] == second["message_id"]) is (ended[0] == ended[1])


def test_the_schema_is_one_and_names_every_field_that_is_sent() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"].keys() == Outcome.__annotations__.keys()
    assert SCHEMA["properties"]["version"]["const"] == OUTCOME_VERSION
    assert set(SCHEMA["properties"]["status"]["enum"]) == {each.value for each in ENDED}
    assert all(each.get("description") for each in SCHEMA["properties"].values())


def test_a_reader_with_the_schema_accepts_fields_that_are_added_later() -> None:
    message = {**announced(upload(status=UploadStatus.REJECTED, attempt="a1", error_count=2)), "later": {"a": [1]}}
    assert Draft202012Validator(SCHEMA).is_valid(message)
    assert differences(message) == ["later is not in the schema"]  # but what is sent has to be in it


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"message_id": ""},
        {"status": "RECEIVED"},
        {"status": "FAILED"},
        {"status": "COMPLETED"},
        {"error_count": -1},
        {"error_count": "2"},
        {"totals": {"EUR": 1.5}},
        {"totals": {"Euro": "1.5"}},
        {"loaded_totals": {"EUR": "1.50"}},
    ],
    ids=str,
)
def test_the_schema_tells_a_message_that_is_none(change: dict[str, Any]) -> None:
    message = announced(upload(status=UploadStatus.REJECTED, attempt="a1", error_count=2))
    assert differences({**message, **change})


def test_the_id_is_made_of_what_names_the_outcome() -> None:
    assert message_id("u1", "a1", "FAILED") == "u1-a1-FAILED"
