"""The report format, version 1: columns, error codes and limits.

CSV by RFC 4180, UTF-8 (a byte-order mark is tolerated), LF or CRLF, a header with exactly `COLUMNS` in any order.
No valid value contains a line break, so a record is one physical line: a quote that is still open at its end makes that
line alone invalid, and the next line is read as a new record.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """A column's name, as in the header."""

    TRANSACTION_ID = "transaction_id"
    AMOUNT = "amount"
    CURRENCY = "currency"
    TIMESTAMP = "timestamp"
    BANK_ID = "bank_id"


class Code(StrEnum):
    """Codes of validation errors. They are part of the API: banks' programs branch on them.

    A field's codes begin with the name of its column.
    """

    FILE_EMPTY = "file.empty"
    FILE_NO_ROWS = "file.no_rows"
    FILE_ENCODING = "file.encoding"
    FILE_TOO_LARGE = "file.too_large"
    FILE_UNREADABLE = "file.unreadable"
    CONTROL_ROWS = "control.rows"
    CONTROL_TOTAL = "control.total"
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

    # Enum's own is written in Python, and every error is counted by its code.
    __hash__ = str.__hash__


COLUMNS: Final = tuple(column.value for column in Column)

MAX_ERRORS: Final = 1_000
"""How many validation errors a response lists; further ones are only counted."""
MAX_MARKED: Final = 100_000
"""How many validation errors the corrections of a rejected report mark."""
MAX_MARKED_AT_ONCE: Final = 10_000
"""The same for a report that is validated while the bank waits: to mark more would take longer than a second."""
MAX_UNREADABLE: Final = 100_000
"""With more rows that cannot be split into the columns, a report is invalid as a whole, and not validated to its end.

No export of transactions that fits one request has as many rows of any kind; a file of two million tiny lines has, and
to explain each of them would take longer than the bank waits.
"""
MAX_VALUE_LENGTH: Final = 80
"""How many characters of an invalid value a validation error shows."""
MAX_INTEGER_DIGITS: Final = 15
"""How many digits an amount may have before its decimal point."""
MAX_FUTURE: Final = timedelta(hours=24)
"""How far in the future a timestamp may be: banks' clocks and time zones differ, by less than a day."""
MIN_YEAR: Final = 1970
"""First year of a timestamp, as written. Earlier ones are programs' defaults (0001, 1900)."""
