"""POST /upload with control totals."""

import pytest

from functions.common.uploads import derive_upload_id
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.bank import World, body_of, field, form, part
from tests.unit.functions.fakes import began, upload
from tests.unit.functions.report.reports import BANK, report, row

REPORT = report([row(transaction_id="a", amount="1.5"), row(transaction_id="b", amount="-0.25")])
UPLOAD_ID = derive_upload_id(BANK, REPORT)
RIGHT = (field("rows", "2"), field("total_EUR", "1.25"))
WRONG = (field("rows", "3"), field("total_EUR", "1.52"))


def test_a_report_with_its_control_totals_is_accepted(world: World) -> None:
    assert world.post(form(*RIGHT, part(REPORT)))["statusCode"] == 202


def test_a_report_with_other_control_totals_is_rejected_with_both_figures(world: World) -> None:
    answer = world.post(form(part(REPORT), *WRONG))

    assert answer["statusCode"] == 422
    assert body_of(answer)["errors_by_code"] == {"control.rows": 1, "control.total": 1}
    messages = [each["message"] for each in body_of(answer)["errors"]]
    assert messages[0].startswith("the report has 2 rows, but 3 were expected")
    assert messages[1].startswith("the rows add up to 1.25 EUR, but 1.52 EUR were expected: two digits seem")
    assert body_of(answer)["detail"] == "2 validation errors; no rows were loaded. Correct the report and resubmit it."
    assert world.bucket.errors[BANK, UPLOAD_ID] == body_of(answer)["errors"]
    assert world.uploads.items[UPLOAD_ID].status is UploadStatus.REJECTED
    assert not world.bucket.reports


def test_wrong_figures_for_a_failed_upload_are_a_conflict_and_leave_it(world: World) -> None:
    assert world.post(form(part(REPORT)))["statusCode"] == 202
    attempt = world.uploads.items[UPLOAD_ID].attempt
    assert world.uploads.advance(UPLOAD_ID, attempt, UploadStatus.FAILED, at="2026-11-23T12:00:01.000000Z", error="E")

    answer = world.post(form(part(REPORT), *WRONG))

    assert answer["statusCode"] == 409
    assert body_of(answer)["detail"].startswith("This report was submitted before and is FAILED, but the report has 2")
    assert world.uploads.items[UPLOAD_ID].attempt == attempt


def test_a_report_with_wrong_figures_only_has_no_marked_rows_to_download(world: World) -> None:
    world.post(form(part(REPORT), *WRONG))

    assert "corrections_url" not in body_of(world.get(UPLOAD_ID))


def test_after_a_wrong_figure_the_same_report_is_accepted_with_the_right_one(world: World) -> None:
    answers = [world.post(form(part(REPORT), *fields)) for fields in (WRONG, RIGHT)]

    assert [each["statusCode"] for each in answers] == [422, 202]
    assert list(world.bucket.reports.values()) == [REPORT]


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.LOADING, UploadStatus.COMPLETED])
@pytest.mark.parametrize("known", [{"rows": 2, "totals": {"EUR": "1.25"}}, {}])
def test_a_known_upload_with_other_figures_is_left_as_it_is(
    world: World, status: UploadStatus, known: dict[str, object]
) -> None:
    item = upload(upload_id=UPLOAD_ID, status=status, **known, **began("a1", "2026-11-23T11:00:00.000000Z"))
    world.uploads.items[UPLOAD_ID] = item

    answer = world.post(form(part(REPORT), *WRONG))

    assert answer["statusCode"] == 409
    assert body_of(answer)["type"] == "urn:transaction-pipeline:problem:control-totals-differ"
    assert body_of(answer)["upload_id"] == UPLOAD_ID
    assert f"is {status.value}, but the report has 2 rows, but 3 were expected" in body_of(answer)["detail"]
    assert "1.25 EUR, but 1.52 EUR were expected" in body_of(answer)["detail"]
    assert world.uploads.items[UPLOAD_ID] == item
    assert not world.bucket.events


def test_a_known_upload_with_its_own_figures_is_answered_as_ever(world: World) -> None:
    answers = [world.post(form(part(REPORT), *RIGHT))["statusCode"] for _ in range(2)]

    assert answers == [202, 200]
    assert len(world.bucket.events) == 1


@pytest.mark.parametrize("rows", ["", "-1", "2.0", " 2", "2\n", "٢", "1e3", "1" * 10])
def test_what_is_no_number_of_rows_is_refused(world: World, rows: str) -> None:
    answer = world.post(form(part(REPORT), field("rows", rows)))

    assert answer["statusCode"] == 400
    assert "field rows must be the number" in body_of(answer)["detail"]
    assert not world.uploads.items


@pytest.mark.parametrize(
    "total", ["", "1,25", "+1.25", "01.25", ".5", "1.", "1.250", "1e1", "NaN", " 1", "\u0661", "9" * 25]
)
def test_what_is_no_total_is_refused(world: World, total: str) -> None:
    answer = world.post(form(part(REPORT), field("total_EUR", total)))

    assert answer["statusCode"] == 400
    assert "total_EUR must be a plain number such as 1234.50, with at most 2 decimals" in body_of(answer)["detail"]
    assert not world.uploads.items


@pytest.mark.parametrize("name", ["total_", "total_eur", "total_XAU", "total_EUR "])
def test_a_total_of_no_currency_is_refused(world: World, name: str) -> None:
    answer = world.post(form(part(REPORT), field(name, "1")))

    assert answer["statusCode"] == 400
    assert "does not name a currency in use" in body_of(answer)["detail"]


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ((field("rows", "2"), field("rows", "2")), "each once; found: 'report', 'rows', 'rows'"),
        ((field("memo", "x"),), "found: 'report', 'memo'"),
        ((part(b"2", name="rows"),), "'rows' is a file. Send it as plain text"),
    ],
)
def test_other_fields_are_refused(world: World, fields: tuple[bytes, ...], hint: str) -> None:
    answer = world.post(form(part(REPORT), *fields))

    assert answer["statusCode"] == 400
    assert hint in body_of(answer)["detail"]


def test_the_total_of_every_currency_fits_in_one_form(world: World) -> None:
    zeros = [field(f"total_{currency}", "0") for currency in ("JPY", "KWD", "CLF", "CHF")]

    assert world.post(form(*zeros, *RIGHT, part(REPORT)))["statusCode"] == 202
