"""The report format, version 1: columns, limits and problem codes.

CSV by RFC 4180, UTF-8 (a byte-order mark is tolerated), LF or CRLF, a header with exactly `COLUMNS` in any order.
No accepted value can hold a line break, so a record is one physical line: a quote still open at its end is a violation
of that line alone, and the next line is read afresh.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """A column's name, as the header has it."""

    TRANSACTION_ID = "transaction_id"
    AMOUNT = "amount"
    CURRENCY = "currency"
    TIMESTAMP = "timestamp"
    BANK_ID = "bank_id"


class Code(StrEnum):
    """What can be wrong with a report. Codes are part of the API: banks' programs branch on them.

    A field's codes begin with the name of its column.
    """

    FILE_EMPTY = "file.empty"
    FILE_NO_ROWS = "file.no_rows"
    FILE_ENCODING = "file.encoding"
    FILE_TOO_LARGE = "file.too_large"
    HEADER_MISSING_COLUMN = "header.missing_column"
    HEADER_UNKNOWN_COLUMN = "header.unknown_column"
    HEADER_DUPLICATE_COLUMN = "header.duplicate_column"
    ROW_COLUMN_COUNT = "row.column_count"
    ROW_MALFORMED = "row.malformed"
    TRANSACTION_ID_FORMAT = "transaction_id.format"
    TRANSACTION_ID_DUPLICATE = "transaction_id.duplicate"
    AMOUNT_FORMAT = "amount.format"
    AMOUNT_ZERO = "amount.zero"
    AMOUNT_RANGE = "amount.range"
    AMOUNT_MINOR_UNITS = "amount.minor_units"
    CURRENCY_UNKNOWN = "currency.unknown"
    TIMESTAMP_FORMAT = "timestamp.format"
    TIMESTAMP_FUTURE = "timestamp.future"
    BANK_ID_MISMATCH = "bank_id.mismatch"

    # Enum's own is written in Python, and every problem is counted by its code.
    __hash__ = str.__hash__


COLUMNS: Final = tuple(column.value for column in Column)

MAX_ERRORS: Final = 1_000
"""ValidationErrors that an answer shows, the first ones; beyond it they are only counted."""
MAX_MARKED: Final = 100_000
"""ValidationErrors that are marked in the corrections of a refused report, the first ones."""
MAX_MARKED_AT_ONCE: Final = 10_000
"""The same for a report that is validated while the bank waits: more would take longer than a second to tell."""
MAX_VALUE_LENGTH: Final = 80
"""Characters of a invalid value that a problem shows."""
MAX_INTEGER_DIGITS: Final = 15
"""Digits before an amount's decimal point."""
MAX_FUTURE: Final = timedelta(hours=24)
"""How far a timestamp may lie ahead: banks' clocks and zones differ, a day is more than both."""
MIN_YEAR: Final = 1970
"""Earlier timestamps are defaults of some program (0001, 1900), never a transaction's time."""
