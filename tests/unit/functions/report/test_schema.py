"""The published schema and the validator agree on every rule that is in both."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.format.currencies import MINOR_UNITS, PUBLISHED
from functions.report.format.definition import (
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
from shared.contracts.api import MAX_REPORT_BYTES
from shared.infra.naming import NamingError, check_purpose
from shared.infra.settings.cross_checks import MAX_BANK_ID_LENGTH
from tests.unit.functions.report.defects import VALUE_DEFECTS
from tests.unit.functions.report.reports import report, row
from tests.unit.functions.report.results import result_on
from tools.generators.report_schema import SCHEMA, codes, errors, load, text_of

DOCUMENT = load()
FIELDS = {field["name"]: field for field in DOCUMENT["fields"]}
HEADER, *ROWS = DOCUMENT["txn:example"]
EXAMPLES = [
    pytest.param(column, error["code"], example, id=f"{error['code']}-{number}")
    for column, error in errors(DOCUMENT)
    for number, example in enumerate(error["examples"])
]


def result_on_lines(*lines: str) -> ValidationResult:
    return result_on("\n".join(lines).encode())


def report_with(column: str | None, code: str, text: str) -> list[str]:
    """The schema's example with the text as header, as a row, or as a value of one."""
    if code.startswith("header."):
        return [text, *ROWS]
    if column is None:
        return [HEADER, *ROWS, text]
    valid = dict(zip(COLUMNS, ROWS[0].split(","), strict=True))
    changed = {**valid, "transaction_id": "N-9", column: text}
    return [HEADER, *ROWS, ",".join(f'"{changed[name]}"' for name in COLUMNS)]


def test_the_columns_are_the_validators_in_its_order() -> None:
    assert tuple(FIELDS) == COLUMNS
    assert ",".join(COLUMNS) == HEADER


def test_every_code_is_described_with_its_column_in_the_validators_order() -> None:
    assert codes(DOCUMENT) == [code.value for code in Code]
    described = [(column, error["code"].partition(".")[0]) for column, error in errors(DOCUMENT)]
    assert all(column == part if column else part not in COLUMNS for column, part in described)


def texts_like(pattern: str) -> st.SearchStrategy[str]:
    """Texts that match a pattern, and texts that differ from one in a character."""
    matching = st.from_regex(pattern, fullmatch=True)
    other = st.sampled_from([*"0159-+.,:TtZz _", "\u0661"])
    changed = st.builds(
        lambda text, place, char, kept: text[: place % (len(text) + 1)] + char + text[place % (len(text) + 1) + kept :],
        matching,
        st.integers(0, 80),
        other | st.just(""),
        st.integers(0, 1),
    )
    return matching | changed


def is_real_day(text: str) -> bool:
    try:
        return date.fromisoformat(text[:10]).year >= MIN_YEAR
    except ValueError:
        return False


@pytest.mark.parametrize("column", [name for name, field in FIELDS.items() if "pattern" in field["constraints"]])
def test_patterns_are_portable(column: str) -> None:
    # XML Schema, whose syntax Table Schema asks for, has neither groups with options nor possessive quantifiers.
    assert not re.search(r"\(\?|[+*?}][+?]", FIELDS[column]["constraints"]["pattern"])


@pytest.mark.parametrize("column", ["transaction_id", "amount", "timestamp"])
@given(data=st.data())
def test_a_value_has_the_schemas_pattern_if_the_validator_finds_its_format_valid(
    column: str, data: st.DataObject
) -> None:
    pattern = FIELDS[column]["constraints"]["pattern"]
    invalid_values = [each.spoil("") for each in VALUE_DEFECTS if each.column == column]
    value = data.draw(texts_like(pattern) | st.sampled_from(invalid_values))

    found = result_on(report([row(**{column: value})], quoted=True)).errors_by_code

    # To the schema an amount with too many digits has another format; no pattern knows the calendar.
    valid = not {f"{column}.format", "amount.range", "row.malformed"} & found.keys()
    assert valid == (bool(re.fullmatch(pattern, value)) and (column != "timestamp" or is_real_day(value)))


def test_limits_are_the_validators_own() -> None:
    amount, timestamp, about = FIELDS["amount"], FIELDS["timestamp"], DOCUMENT["txn:file"]

    assert amount["txn:maxIntegerDigits"] == MAX_INTEGER_DIGITS
    assert timestamp["txn:minYear"] == MIN_YEAR
    assert timedelta(hours=timestamp["txn:maxFutureHours"]) == MAX_FUTURE
    assert (about["maxBytes"], about["maxLineBytes"]) == (MAX_REPORT_BYTES, MAX_LINE_BYTES)
    assert (about["maxErrors"], about["maxValueLength"]) == (MAX_ERRORS, MAX_VALUE_LENGTH)


def test_the_descriptions_name_the_same_limits() -> None:
    amount, timestamp = FIELDS["amount"], FIELDS["timestamp"]
    meanings = {error["code"]: error["meaning"] for _, error in errors(DOCUMENT)}
    most, longest = f"{MAX_INTEGER_DIGITS} digits", FIELDS["transaction_id"]["constraints"]["maxLength"]

    assert most in amount["description"]
    assert most in meanings[Code.AMOUNT_RANGE]
    assert f"{MAX_FUTURE // timedelta(hours=1)} hours" in timestamp["description"]
    assert f"{MAX_FUTURE // timedelta(hours=1)} hours" in meanings[Code.TIMESTAMP_FUTURE]
    assert str(MIN_YEAR) in timestamp["description"]
    assert str(MIN_YEAR) in meanings[Code.TIMESTAMP_FORMAT]
    assert f"{MAX_LINE_BYTES:,} bytes" in meanings[Code.ROW_MALFORMED]
    assert f"1 to {longest} characters" in FIELDS["transaction_id"]["description"]
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
def test_a_bank_id_is_valid_by_the_schema_if_the_settings_allow_it(bank_id: str) -> None:
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
def test_the_example_is_valid_in_every_form_that_the_schema_allows(end: str, mark: bytes) -> None:
    lines = end.join(["", HEADER, "", *ROWS, ""])

    assert result_on(mark + lines.encode(DOCUMENT["txn:file"]["encoding"])).valid


@pytest.mark.parametrize("end", ["\r", "\u2028", "\x0b", "\x85"])
def test_no_other_line_end_is_valid(end: str) -> None:
    assert not result_on_lines(end.join([HEADER, *ROWS])).valid


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ", "])
def test_no_other_delimiter_is_valid(delimiter: str) -> None:
    assert not result_on_lines(*(line.replace(",", delimiter) for line in (HEADER, *ROWS))).valid


@pytest.mark.parametrize(("column", "code", "example"), EXAMPLES)
def test_an_invalid_example_has_its_code_and_the_valid_one_none(
    column: str | None, code: str, example: dict[str, str]
) -> None:
    invalid = result_on_lines(*report_with(column, code, example["invalid"]))
    valid = result_on_lines(*report_with(column, code, example["valid"]))

    assert dict(invalid.errors_by_code) == {code: 1}
    assert valid.valid, valid.errors


def test_every_code_but_those_of_the_file_and_the_form_has_an_example() -> None:
    without = {error["code"] for _, error in errors(DOCUMENT) if not error["examples"]}

    assert without == {code for code in Code if code.startswith(("file.", "control."))}


def test_the_schema_is_written_as_the_generator_writes_it() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text_of(DOCUMENT), "run `./dev generate` and commit the schema"
