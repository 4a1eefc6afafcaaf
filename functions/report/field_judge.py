"""Judges fields by their rules, one row or whole columns at a time, with what the rules need to know of the report."""

from datetime import datetime

from functions.report.fields import (
    Fields,
    amount_code,
    bank_id_code,
    currency_code,
    expectation,
    timestamp_code,
    transaction_id_code,
)
from functions.report.format import Code, Column
from functions.report.problems import Fault
from functions.report.row_pattern import Columns


class FieldJudge:
    """The rules of all columns, for a report of one bank in which no timestamp may be after `latest`."""

    def __init__(self, bank_id: str, latest: datetime) -> None:
        self._bank_id = bank_id
        self._latest = latest
        self._codes_in = {
            Column.TRANSACTION_ID: self._bad_ids,
            Column.AMOUNT: self._bad_amounts,
            Column.CURRENCY: self._bad_currencies,
            Column.TIMESTAMP: self._bad_timestamps,
            Column.BANK_ID: self._bad_bank_ids,
        }

    def codes(self, fields: Fields) -> list[Code]:
        """Everything wrong with a row's fields, in the format's order."""
        found = (
            transaction_id_code(fields.transaction_id),
            amount_code(fields.amount, fields.currency),
            currency_code(fields.currency),
            timestamp_code(fields.timestamp, self._latest),
            bank_id_code(fields.bank_id, self._bank_id),
        )
        return [code for code in found if code]

    def codes_in(self, rows: Columns, column: Column) -> list[tuple[int, Code]]:
        """What is wrong with a column of many rows: each with the number of its row, counted from 0."""
        return self._codes_in[column](rows)

    def fault(self, code: Code, fields: Fields) -> Fault:
        """Tell a fault in words."""
        column = code.partition(".")[0]
        message = expectation(code, fields, bank_id=self._bank_id, latest=self._latest)
        return Fault(code, message, column, getattr(fields, column))

    def _bad_ids(self, rows: Columns) -> list[tuple[int, Code]]:
        return [(n, code) for n, each in enumerate(rows.transaction_ids) if (code := transaction_id_code(each))]

    def _bad_amounts(self, rows: Columns) -> list[tuple[int, Code]]:
        pairs = zip(rows.amounts, rows.currencies, strict=True)
        return [(n, code) for n, pair in enumerate(pairs) if (code := amount_code(*pair))]

    def _bad_currencies(self, rows: Columns) -> list[tuple[int, Code]]:
        return [(n, code) for n, each in enumerate(rows.currencies) if (code := currency_code(each))]

    def _bad_timestamps(self, rows: Columns) -> list[tuple[int, Code]]:
        latest = self._latest
        return [(n, code) for n, each in enumerate(rows.timestamps) if (code := timestamp_code(each, latest))]

    def _bad_bank_ids(self, rows: Columns) -> list[tuple[int, Code]]:
        bank_id = self._bank_id
        return [(n, code) for n, each in enumerate(rows.bank_ids) if (code := bank_id_code(each, bank_id))]
