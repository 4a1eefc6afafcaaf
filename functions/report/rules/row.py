"""Applies the rules of all fields, to one row or to a column of many rows."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import compress, count, repeat

from functions.report.errors.validation_error import Violation
from functions.report.format.definition import Code, Column
from functions.report.rules.fields import (
    Columns,
    Fields,
    amount_code,
    bank_id_code,
    currency_code,
    expectation,
    timestamp_code,
    transaction_id_code,
)


class RowRules:
    """The rules of all columns, for a report of one bank in which no timestamp may be after `latest`."""

    def __init__(self, bank_id: str, latest: datetime) -> None:
        self._bank_id = bank_id
        self._latest = latest

    def codes(self, fields: Fields) -> list[Code]:
        """The codes of all errors in a row's fields, in the format's order."""
        found = (
            transaction_id_code(fields.transaction_id),
            amount_code(fields.amount, fields.currency),
            currency_code(fields.currency),
            timestamp_code(fields.timestamp, self._latest),
            bank_id_code(fields.bank_id, self._bank_id),
        )
        return [code for code in found if code]

    def codes_in(
        self, rows: Columns, column: Column, valid_timestamp: Callable[[str], object]
    ) -> list[tuple[int, Code]]:
        """The codes of all errors in a column of many rows, each with the number of its row, counted from 0.

        `valid_timestamp` recognizes some valid timestamps, faster than the rule, which has to know the calendar.
        """
        found: Iterable[Code | None]
        match column:
            case Column.TRANSACTION_ID:
                found = map(transaction_id_code, rows.transaction_ids)
            case Column.AMOUNT:
                found = map(amount_code, rows.amounts, rows.currencies)
            case Column.CURRENCY:
                found = map(currency_code, rows.currencies)
            case Column.TIMESTAMP:
                found = (
                    None if valid_timestamp(each) else timestamp_code(each, self._latest) for each in rows.timestamps
                )
            case Column.BANK_ID:
                found = map(bank_id_code, rows.bank_ids, repeat(self._bank_id))
        codes = list(found)
        return list(zip(compress(count(), codes), filter(None, codes), strict=True))

    def violation(self, code: Code, fields: Fields) -> Violation:
        """A broken rule with its message."""
        column = code.partition(".")[0]
        message = expectation(code, fields, bank_id=self._bank_id, latest=self._latest)
        return Violation(code, message, column, getattr(fields, column))
