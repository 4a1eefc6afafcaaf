"""Reads the transactions in a byte range of a valid report, ready to be loaded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from functions.report.errors.validation_error import Violation
from functions.report.format.definition import Column
from functions.report.parsing.records import lines, read_record
from functions.report.rules.fields import utc_timestamp

_LOADED = (Column.TRANSACTION_ID, Column.AMOUNT, Column.CURRENCY, Column.TIMESTAMP)


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """A row to load. `line` is its physical line in the report, `timestamp` is UTC as `YYYY-MM-DDTHH:MM:SS.ffffffZ`."""

    line: int
    transaction_id: str
    amount: Decimal
    currency: str
    timestamp: str


def read_rows(data: bytes, *, columns: Sequence[str], first_line: int) -> Iterator[Transaction]:
    """Read the rows of a range: `columns` are the header's names, `first_line` is the physical line of the first byte.

    Raises:
        ValueError: the bytes are not whole records of a valid report, so they are not those that were validated.
    """
    pick = itemgetter(*(columns.index(column) for column in _LOADED))
    for line in lines(data, first_line=first_line):
        record = read_record(line)
        if isinstance(record, Violation) or len(record) != len(columns):
            raise ValueError(f"line {line.number} is not a record of a valid report")
        transaction_id, amount, currency, timestamp = pick(record)
        yield Transaction(
            line=line.number,
            transaction_id=transaction_id,
            amount=Decimal(amount),
            currency=currency,
            timestamp=utc_timestamp(timestamp),
        )
