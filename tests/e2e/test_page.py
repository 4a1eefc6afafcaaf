"""The page for people, as a person uses it: in a browser, against the deployed API."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from local.deployment.outputs import Pipeline
from tests.e2e.browser import drive
from tests.e2e.reports import fresh_report, large_report
from tests.e2e.uploads import BANK
from tools.client.files import Identity

pytestmark = pytest.mark.e2e

_SCREENSHOTS: Final = os.environ.get("TXN_SCREENSHOTS")
"""A folder for pictures of the page; those of the README are written with `docs`."""


@pytest.fixture(scope="module")
def seen(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a visit of the page showed."""
    folder = tmp_path_factory.mktemp("page")
    reports = {
        "good": fresh_report(BANK, rows=4),
        "dropped": fresh_report(BANK),
        "bad": fresh_report(BANK, rows=3).replace(b"1.25,EUR", b"1.25,eur", 2),
        "large": large_report(BANK),
        "totals": fresh_report(BANK),
    }
    for name, content in reports.items():
        (folder / f"{name}.csv").write_bytes(content)
    never_stored = fresh_report(BANK)
    identity = Identity(size=len(never_stored), sha256=sha256(never_stored).hexdigest())
    declared = pipeline.client(BANK).declare("never-stored.csv", identity)
    job = {
        "declared": declared.body["upload_id"],
        "url": f"{pipeline.api_url}/",
        "key": pipeline.keys[BANK],
        "wrongKey": "no-such-key",
        "reports": {name: str(folder / f"{name}.csv") for name in reports},
        "date": "2026-11-20",
        "screenshots": str(Path(_SCREENSHOTS).absolute()) if _SCREENSHOTS else None,
    }
    scratch = folder / "browser"
    scratch.mkdir()
    return drive(job, scratch)


def test_the_page_keeps_its_own_policy(seen: dict[str, Any]) -> None:
    assert seen["policy"].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in seen["policy"]
    # A browser reports an answer of 403 or 422, which are part of the visit, as an error.
    assert [each for each in seen["complaints"] if "status of 4" not in each] == []


def test_a_wrong_key_is_explained_and_opens_nothing(seen: dict[str, Any]) -> None:
    assert "x-api-key" in seen["wrongKey"]["said"]
    assert seen["wrongKey"]["submit"] is False


def test_a_key_is_not_kept_unless_asked(seen: dict[str, Any]) -> None:
    assert seen["kept"] == 0


def test_a_report_is_validated_without_being_submitted(seen: dict[str, Any]) -> None:
    assert seen["validated"]["facts"]["Status"] == "VALID"
    assert "Upload" not in seen["validated"]["facts"]


@pytest.mark.parametrize(("report", "rows"), [("good", "4"), ("dropped", "3"), ("large", "40")])
def test_a_report_is_submitted_and_followed_to_its_end(seen: dict[str, Any], report: str, rows: str) -> None:
    facts = seen[report]["facts"]
    assert (facts["Status"], facts["Rows"], facts["Loaded"]) == ("COMPLETED", rows, rows)
    assert seen[report]["problem"] == ""


def test_the_outcome_gets_the_focus(seen: dict[str, Any]) -> None:
    assert seen["focus"] == "outcome"


def test_errors_are_shown_beside_their_rows_with_the_corrections(seen: dict[str, Any]) -> None:
    bad = seen["bad"]
    assert bad["facts"]["Status"] == "REJECTED"
    assert bad["headline"] == "Rejected with 2 errors. No rows were loaded."
    assert [each[".line"] for each in bad["errors"]] == ["Line 2", "Line 3"]
    for error in bad["errors"]:
        assert "currency.unknown" in error[".soft"]
        assert error[".value"] == error["mark"] == "eur"
        assert ",1.25,eur," in error["pre"]
    assert "corrections" in bad["corrections"]


def test_a_report_is_compared_with_the_banks_own_totals(seen: dict[str, Any]) -> None:
    assert seen["totals"]["facts"]["Status"] == "REJECTED"
    assert "4 were expected" in seen["totals"]["errors"][0][".what"]
    assert seen["totals"]["corrections"] is None


def test_an_upload_in_the_address_is_opened_and_one_that_is_not_stored_is_not_waited_for(seen: dict[str, Any]) -> None:
    assert seen["declared"] == {"headline": "Declared, but not stored.", "send": True}


def test_past_uploads_are_filtered_by_status(seen: dict[str, Any]) -> None:
    assert seen["rejected"]
    assert {status for _, _, status, _ in seen["rejected"]} == {"REJECTED"}


def test_transactions_of_a_day_are_listed_in_order(seen: dict[str, Any]) -> None:
    times = [time for time, *_ in seen["transactions"]]
    assert times
    assert times == sorted(times)


def test_the_page_is_accessible_on_a_phone_and_a_desktop_dark_and_light(seen: dict[str, Any]) -> None:
    assert {name: found for name, found in seen["axe"].items() if found} == {}
