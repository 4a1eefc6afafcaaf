"""Which forms are read, and which are refused because they are damaged or ambiguous: one decision in each line."""

import base64
import re

import pytest

from shared.contracts.api import MAX_FORM_BYTES
from tests.unit.functions.bank import BOUNDARY, World, body_of, form, part
from tests.unit.functions.report.reports import report, row

REPORT = report([row()])
FORM = form(part(REPORT))
DELIMITER = f"--{BOUNDARY}".encode()
DISPOSITION = b'Content-Disposition: form-data; name="report"; filename="daily.csv"'


def disposed(text: str) -> bytes:
    """The form with this Content-Disposition."""
    return form(f"Content-Disposition: {text}\r\n\r\n".encode() + REPORT)


def headed(*headers: bytes) -> bytes:
    """The form, whose part has these headers, too."""
    return form(b"".join(each + b"\r\n" for each in headers) + part(REPORT))


ACCEPTED = {
    "an empty line before the first boundary": b"\r\n" + FORM,
    "no line end after the last boundary": FORM.removesuffix(b"\r\n"),
    "empty lines after the last boundary": FORM + b"\r\n\n",
    "an unquoted name": disposed("form-data; name=report; filename=daily.csv"),
    "parameters in another order": disposed('form-data; filename="daily.csv"; name="report"'),
    "names in upper case": disposed('Form-Data; NAME="report"; FileName="daily.csv"'),
    "no space between parameters": disposed('form-data;name="report";filename="daily.csv"'),
    "a semicolon at the end": disposed('form-data; name="report"; filename="daily.csv";'),
    "a parameter that is not known": disposed('form-data; name="report"; filename="daily.csv"; size=120'),
    "a header that is not known": headed(b"X-Trace: 1"),
    "the length of the part": headed(f"Content-Length: {len(REPORT)}".encode()),
    "content that is not encoded": headed(b"Content-Encoding: identity", b"Content-Transfer-Encoding: binary"),
}

REFUSED = {
    "a preamble": (b"This is a multi-part message.\r\n" + FORM, "text before the first boundary"),
    "an epilogue": (FORM + b"more", "text after the last boundary"),
    "a second form in the epilogue": (FORM + FORM, "boundary occurs inside of a part or after"),
    "the end of the form in the file": (
        form(part(REPORT + b"\r\n" + DELIMITER + b"--\r\n" + REPORT)),
        "boundary occurs",
    ),
    "the boundary inside a line of the file": (form(part(REPORT + b"x" + DELIMITER)), "boundary occurs inside"),
    "the boundary after a line feed": (form(part(REPORT + DELIMITER + b"y\n")), "boundary occurs inside"),
    "two Content-Disposition headers": (headed(DISPOSITION), "'Content-Disposition' twice"),
    "two headers that differ in case": (headed(b"content-type: text/plain"), "'Content-Type' twice"),
    "a repeated name": (disposed('form-data; name="memo"; name="report"; filename="a"'), "ambiguous"),
    "a repeated file name": (disposed('form-data; name="report"; filename="a"; filename="b"'), "ambiguous"),
    "a quotation mark after a backslash": (disposed('form-data; name="report"; filename="a\\"b"'), "as %22"),
    "a quotation mark left open": (disposed('form-data; name="report"; filename="a'), "malformed"),
    "text after a quotation mark": (disposed('form-data; name="report"x; filename="a"'), "malformed"),
    "an escape in a field's name": (disposed('form-data; name="%22report"; filename="a"'), "ambiguous"),
    "another disposition": (disposed('attachment; name="report"; filename="a"'), "malformed"),
    "a header on two lines": (disposed('form-data; name="report";\r\n filename="a"'), "malformed"),
    "a carriage return in a header": (headed(b"X-Other: a\rX-Another: b"), "a control character"),
    "a NUL in a header": (disposed('form-data; name="report"; filename="a\0.csv"'), "a control character"),
    "a compressed part": (headed(b"Content-Encoding: gzip"), "content encoding 'gzip'"),
    "an encoded part": (headed(b"Content-Transfer-Encoding: BASE64"), "content transfer encoding 'base64'"),
    "a form in the form": (form(DISPOSITION + b"\r\nContent-Type: multipart/mixed\r\n\r\n"), "'multipart/mixed'"),
    "a message in the form": (form(DISPOSITION + b"\r\nContent-Type: message/rfc822\r\n\r\n"), "'message/rfc822'"),
    "another length of the part": (headed(b"Content-Length: 3"), "malformed"),
    "a file name in another character set": (
        disposed("form-data; name=report; filename*=latin-1''%e9"),
        "filename* is",
    ),
    "a damaged file name in UTF-8": (
        disposed("form-data; name=report; filename*=utf-8''%e9"),
        "filename* is malformed",
    ),
    "an empty file name": (disposed('form-data; name="report"; filename=""'), "empty file name"),
    "lines that end with line feeds": (FORM.replace(b"\r\n", b"\n"), "end with LF alone"),
    "headers that end with line feeds": (form(DISPOSITION + b"\n\n" + REPORT), "end with LF alone"),
    "a space after a boundary": (FORM.replace(DELIMITER + b"\r", DELIMITER + b" \r"), "a space after a boundary"),
    "a space after the last boundary's name": (FORM.replace(DELIMITER + b"--", DELIMITER + b" --"), "cut short"),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_a_form_that_is_read_in_one_way_is_stored_byte_for_byte(world: World, body: bytes) -> None:
    answer = world.post(body)

    assert answer["statusCode"] == 202, answer["body"]
    assert list(world.bucket.reports.values()) == [REPORT]
    assert body_of(answer)["file_name"] == "daily.csv"


@pytest.mark.parametrize(("body", "hint"), REFUSED.values(), ids=REFUSED)
def test_any_other_form_is_refused_in_words(world: World, body: bytes, hint: str) -> None:
    answer = world.post(body)

    assert answer["statusCode"] == 400
    assert body_of(answer)["type"] == "urn:transaction-pipeline:problem:invalid-form"
    assert hint in body_of(answer)["detail"]
    assert not world.bucket.reports
    assert not world.uploads.items


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ('filename="täglich.csv"', "täglich.csv"),
        ('filename="a%22b%0D%0A%41.csv"', 'a"b\\r\\n%41.csv'),
        ('filename="C:\\reports\\daily.csv"', "C:\\reports\\daily.csv"),
        ('filename="a; name=memo.csv"', "a; name=memo.csv"),
        ("filename*=UTF-8''t%C3%A4glich.csv", "täglich.csv"),
        ("filename*=utf-8'de'a.csv", "a.csv"),
        ("filename=\"?.csv\"; filename*=utf-8''%E2%82%AC.csv", "€.csv"),
    ],
)
def test_a_file_name_is_shown_as_the_bank_has_it(world: World, sent: str, shown: str) -> None:
    answer = world.post(disposed(f'form-data; name="report"; {sent}'))

    assert body_of(answer)["file_name"] == shown


@pytest.mark.parametrize(
    ("content_type", "status", "hint"),
    [
        (f'Multipart/Form-Data; Boundary="{BOUNDARY}"', 202, ""),
        (f"multipart/form-data; charset=utf-8; boundary={BOUNDARY}", 202, ""),
        (f"multipart/form-data;boundary={BOUNDARY};", 202, ""),
        (f"multipart/form-data; boundary=x; boundary={BOUNDARY}", 400, "malformed or ambiguous"),
        (f"multipart/form-data; boundary={BOUNDARY}, text/plain", 400, "malformed or ambiguous"),
        ("multipart/form-data; boundary=" + "x" * 71, 400, "at most 70 characters"),
        ("multipart/form-data; boundary=é", 400, "not allowed"),
        (f"multipart/mixed; boundary={BOUNDARY}", 415, "found 'multipart/mixed"),
    ],
)
def test_a_content_type_has_one_boundary(world: World, content_type: str, status: int, hint: str) -> None:
    answer = world.post(FORM, headers={"Content-Type": content_type})

    assert answer["statusCode"] == status
    assert hint in body_of(answer).get("detail", "")


def test_a_body_whose_bytes_may_have_been_replaced_is_refused(world: World) -> None:
    # API Gateway compares content types as they are written, and takes a body of one that it does not know for text.
    headers = {"Content-Type": f"Multipart/Form-Data; boundary={BOUNDARY}"}
    body = form(part(REPORT + b"\xff")).decode(errors="replace")

    answer = world.post(b"", body=body, isBase64Encoded=False, headers=headers)

    assert answer["statusCode"] == 415
    assert "in lower case: multipart/form-data" in body_of(answer)["detail"]


def test_a_form_that_lambda_could_refuse_is_too_large_everywhere(world: World) -> None:
    largest = FORM + b"\r\n" * ((MAX_FORM_BYTES - len(FORM)) // 2)

    assert world.post(largest)["statusCode"] == 202
    answer = world.post(largest + b"\r\n")
    assert answer["statusCode"] == 413
    assert body_of(answer)["type"] == "urn:transaction-pipeline:problem:form-too-large"
    assert len(base64.b64encode(largest)) < 6 * 1024 * 1024 - 2 * 10_240


def test_no_answer_has_words_of_the_parser(world: World) -> None:
    for body, _hint in REFUSED.values():
        assert not re.search("segment|chunk|parser|Error|codec", body_of(world.post(body))["detail"])
