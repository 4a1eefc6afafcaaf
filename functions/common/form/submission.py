"""The form of POST /upload and POST /validate: the report, and what the bank knows about it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Final

from functions.common.form.content_digest import require_content_digest
from functions.common.form.parts import Part, read_parts, shown
from functions.common.http import ProblemError, Request
from functions.common.submissions import SubmittedReport
from functions.report.control_totals import ControlTotals
from functions.report.errors.validation_error import printable
from functions.report.format.currencies import MINOR_UNITS
from shared.contracts.api import REPORT_FIELD, ROWS_FIELD, SHA256_FIELD, TOTAL_FIELD_PREFIX
from shared.contracts.problems import ProblemType

_SHA256: Final = re.compile("[0-9A-Fa-f]{64}")
_ROWS: Final = re.compile("[0-9]{1,9}")
_TOTAL: Final = re.compile(r"-?+(?:0|[1-9][0-9]{0,23}+)(?:\.([0-9]++))?")
"""As an amount of the report format, but it may be zero, and longer: 128,000 of 15 digits add up to 21."""
_SHOWN_FIELDS: Final = 8

_bad_request: Final = partial(ProblemError, ProblemType.INVALID_FORM)


def read_submission(request: Request) -> SubmittedReport:
    """Read the form, and compare the digests that came with it.

    Raises:
        ProblemError: 415 for another content type or a compressed body; 413 for a report or form that is too large; 400
            for a form that is damaged or ambiguous, has other fields than it may, or whose values are malformed, and
            for a digest that is not that of the body or the report.
    """
    require_content_digest(request)
    parts = read_parts(request)
    report = _report(parts)
    values = {part.field: _value(part) for part in parts if part is not report}
    digest = values.get(SHA256_FIELD)
    if digest is not None:
        _require_digest(digest, report.content)
    return SubmittedReport(
        file_name=printable(report.file_name or ""), content=report.content, control_totals=_control_totals(values)
    )


def _report(parts: list[Part]) -> Part:
    """The report's part; each other field is a known one, and there once."""
    fields = [part.field for part in parts]
    wrong = [field for field in fields if not _is_known(field)] or [each for each in fields if fields.count(each) > 1]
    if wrong or REPORT_FIELD not in fields:
        found = ", ".join(map(shown, fields[:_SHOWN_FIELDS])) or "none"
        raise _bad_request(
            f"Expected the form field {REPORT_FIELD} (one report per request), and optionally {SHA256_FIELD},"
            f" {ROWS_FIELD} and {TOTAL_FIELD_PREFIX}EUR or another currency's, each once; found: {found}."
        )
    (report,) = (part for part in parts if part.field == REPORT_FIELD)
    if not report.file_name:
        how = "is not a file" if report.file_name is None else "has an empty file name"
        raise _bad_request(f"Form field {REPORT_FIELD} {how}. Send it with a file name.")
    return report


def _is_known(field: str) -> bool:
    return field in (REPORT_FIELD, SHA256_FIELD, ROWS_FIELD) or field.startswith(TOTAL_FIELD_PREFIX)


def _value(part: Part) -> str:
    if part.file_name is not None:
        raise _bad_request(f"Form field {shown(part.field)} is a file. Send it as plain text, without a file name.")
    return part.content.decode("latin-1")


def _require_digest(value: str, content: bytes) -> None:
    if not _SHA256.fullmatch(value):
        raise _bad_request(f"Form field {SHA256_FIELD} must be the report's SHA-256 as 64 hexadecimal digits.")
    found = sha256(content).hexdigest()
    if value.lower() != found:
        raise ProblemError(
            ProblemType.DIGEST_MISMATCH,
            f"The report has the SHA-256 {found}, but form field {SHA256_FIELD} says {value.lower()}: it was changed on"
            " its way, or is another file. Send it again.",
        )


def _control_totals(values: Mapping[str, str]) -> ControlTotals:
    rows = values.get(ROWS_FIELD)
    if rows is not None and not _ROWS.fullmatch(rows):
        raise _bad_request(f"Form field {ROWS_FIELD} must be the number of the report's rows, digits only.")
    totals = {name: value for name, value in values.items() if name.startswith(TOTAL_FIELD_PREFIX)}
    return ControlTotals(
        rows=None if rows is None else int(rows),
        totals={name.removeprefix(TOTAL_FIELD_PREFIX): _total(name, value) for name, value in totals.items()},
    )


def _total(name: str, value: str) -> Decimal:
    currency = name.removeprefix(TOTAL_FIELD_PREFIX)
    if currency not in MINOR_UNITS:
        detail = f"Form field {shown(name)} does not name a currency in use: three upper-case letters, as in total_EUR."
        raise _bad_request(detail)
    total = _TOTAL.fullmatch(value)
    decimals = MINOR_UNITS[currency]
    if not total or len(total[1] or "") > decimals:
        most = f"at most {decimals} decimals" if decimals else "no decimals"
        raise _bad_request(
            f"Form field {name} must be a plain number such as {'1234.50' if decimals else '1234'}, with {most}."
        )
    return Decimal(value)
