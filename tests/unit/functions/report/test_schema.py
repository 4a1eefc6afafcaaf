"""The format's document and the validator say the same: every rule that stands in both is compared, none is trusted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.format.currencies import MINOR_UNITS, PUBLISHED
from functions.report.format.rules import (
    COLUMNS,
    MAX_ERRORS,
    MAX_FUTURE,
    MAX_INTEGER_DIGITS,
    MAX_VALUE_LENGTH,
    MIN_YEAR,
    Code,
)
from functions.report.parsing.blocks import MAX_LINE_BYTES
from functions.report.result.validation_result import ValidationResult
from functions.report.rules.fields import _AMOUNT, _TIMESTAMP, _TRANSACTION_ID
from functions.report.validator import validate_report
from shared.contracts.api import MAX_REPORT_BYTES
from shared.infra.naming import NamingError, check_purpose
from shared.infra.settings.rules import MAX_BANK_ID_LENGTH
from tests.unit.functions.report.reports import BANK, NOW
from tools.generators.report_schema import SCHEMA, codes, errors, load, text_of

DOCUMENT = load()
FIELDS = {field["name"]: field for field in DOCUMENT["fields"]}
HEADER, *ROWS = DOCUMENT["txn:example"]
EXAMPLES = [
    pytest.param(column, problem["code"], example, id=f"{problem['code']}-{number}")
    for column, problem in errors(DOCUMENT)
    for number, example in enumerate(problem["examples"])
]


def portable(pattern: str) -> str:
    """A pattern of ours in the part of the syntax that XML Schema has: Table Schema asks for that."""
    return re.sub(r"(?<=[+*?}])\+", "", pattern).replace("(?:", "(")


def result_on(*lines: str) -> ValidationResult:
    return validate_report("\n".join(lines).encode(), bank_id=BANK, now=NOW)


def report_with(column: str | None, code: str, text: str) -> list[str]:
    """The document's example with the text as a header, a row of its own, or a value in one."""
    if code.startswith("header."):
        return [text, *ROWS]
    if column is None:
        return [HEADER, *ROWS, text]
    good = dict(zip(HEADER.split(","), ROWS[0].split(","), strict=True))
    changed = {**good, "transaction_id": "N-9", column: text}
    quoted = ",".join(f'"{changed[name]}"' for name in HEADER.split(","))
    return [HEADER, *ROWS, quoted]


def test_the_columns_and_their_order_are_the_codes() -> None:
    assert tuple(FIELDS) == COLUMNS
    assert ",".join(COLUMNS) == HEADER


def test_every_code_is_described_in_the_codes_order_and_stands_with_its_column() -> None:
    assert codes(DOCUMENT) == [code.value for code in Code]
    described = [(column, problem["code"].partition(".")[0]) for column, problem in errors(DOCUMENT)]
    assert all(column == part if column else part not in COLUMNS for column, part in described)


@pytest.mark.parametrize(
    ("column", "pattern"),
    [
        ("transaction_id", _TRANSACTION_ID.pattern),
        ("timestamp", _TIMESTAMP.pattern),
        # The validator tells an amount that is too long from one that is no number; to the document both are wrong.
        ("amount", _AMOUNT.pattern.replace("[1-9][0-9]*+", f"[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}}+")),
    ],
)
def test_patterns_are_the_validators_own_in_portable_syntax(column: str, pattern: str) -> None:
    simple = re.sub(r"\(([^()|]+)\)(?!\?)", r"\1", portable(pattern))  # `\.([0-9]+)` only remembers the decimals
    stated = FIELDS[column]["constraints"]["pattern"]

    assert stated == simple
    assert "(?" not in stated


def test_limits_are_the_validators_own() -> None:
    amount, timestamp, about = FIELDS["amount"], FIELDS["timestamp"], DOCUMENT["txn:file"]

    assert amount["txn:maxIntegerDigits"] == MAX_INTEGER_DIGITS
    assert timestamp["txn:minYear"] == MIN_YEAR
    assert timedelta(hours=timestamp["txn:maxFutureHours"]) == MAX_FUTURE
    assert (about["maxBytes"], about["maxLineBytes"]) == (MAX_REPORT_BYTES, MAX_LINE_BYTES)
    assert (about["maxErrors"], about["maxValueLength"]) == (MAX_ERRORS, MAX_VALUE_LENGTH)


def test_the_words_name_the_same_limits() -> None:
    amount, timestamp = FIELDS["amount"], FIELDS["timestamp"]
    meanings = {problem["code"]: problem["meaning"] for _, problem in errors(DOCUMENT)}
    most, longest = f"{MAX_INTEGER_DIGITS} digits", FIELDS["transaction_id"]["constraints"]["maxLength"]

    assert most in amount["description"]
    assert most in meanings[Code.AMOUNT_RANGE]
    assert f"{MAX_FUTURE // timedelta(hours=1)} hours" in timestamp["description"]
    assert f"{MAX_FUTURE // timedelta(hours=1)} hours" in meanings[Code.TIMESTAMP_FUTURE]
    assert str(MIN_YEAR) in timestamp["description"]
    assert str(MIN_YEAR) in meanings[Code.TIMESTAMP_FORMAT]
    assert f"{MAX_LINE_BYTES:,} bytes" in meanings[Code.ROW_MALFORMED]
    assert f"1 to {longest} letters" in FIELDS["transaction_id"]["description"]
    assert f"{longest} characters" in meanings[Code.TRANSACTION_ID_FORMAT]
    assert f"{{0,{longest - 1}}}" in FIELDS["transaction_id"]["constraints"]["pattern"]


def test_currencies_minor_units_and_their_date_are_the_validators_own() -> None:
    field = FIELDS["currency"]
    usual: dict[str, Any] = dict(field["txn:minorUnits"])
    default = usual.pop("default")
    units = dict.fromkeys(field["constraints"]["enum"], default)
    units |= {code: int(digits) for digits, unusual in usual.items() for code in unusual}

    assert units == MINOR_UNITS
    assert field["txn:source"]["published"] == PUBLISHED


@given(st.one_of(st.text(max_size=5), st.text("ab1-", max_size=70)))
def test_a_bank_id_of_the_document_is_one_that_a_bank_may_have(bank_id: str) -> None:
    constraints = FIELDS["bank_id"]["constraints"]
    stated = bool(re.fullmatch(constraints["pattern"], bank_id)) and len(bank_id) <= constraints["maxLength"]

    assert stated == (_is_purpose(bank_id) and len(bank_id) <= MAX_BANK_ID_LENGTH)


def _is_purpose(text: str) -> bool:
    try:
        check_purpose(text)
    except NamingError:
        return False
    return True


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", DOCUMENT["txn:file"]["lineTerminators"])
def test_the_example_is_accepted_in_every_form_that_the_document_allows(end: str, mark: bytes) -> None:
    lines = end.join(["", HEADER, "", *ROWS, ""])

    assert validate_report(mark + lines.encode(DOCUMENT["txn:file"]["encoding"]), bank_id=BANK, now=NOW).valid


@pytest.mark.parametrize("end", ["\r", "\u2028", "\x0b", "\x85"])
def test_no_other_line_end_is_accepted(end: str) -> None:
    assert not result_on(end.join([HEADER, *ROWS])).valid


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ", "])
def test_no_other_delimiter_is_accepted(delimiter: str) -> None:
    assert not result_on(*(line.replace(",", delimiter) for line in (HEADER, *ROWS))).valid


@pytest.mark.parametrize(("column", "code", "example"), EXAMPLES)
def test_a_wrong_example_has_its_code_and_fixed_it_is_accepted(
    column: str | None, code: str, example: dict[str, str]
) -> None:
    wrong = result_on(*report_with(column, code, example["invalid"]))
    right = result_on(*report_with(column, code, example["valid"]))

    assert dict(wrong.errors_by_code) == {code: 1}
    assert right.valid, right.errors


def test_every_code_but_the_files_has_an_example() -> None:
    without = {problem["code"] for _, problem in errors(DOCUMENT) if not problem["examples"]}

    assert without == {code for code in Code if code.startswith("file.")}


def test_the_document_is_written_as_the_generator_writes_it() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text_of(DOCUMENT), "run `./dev generate` and commit the document"
