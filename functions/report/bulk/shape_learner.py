"""Learns the shape of a report's rows: a program writes all of its rows alike, and repeats its mistakes.

A row that was validated field by field shows its quotes and line end and, where it is valid, its date, time zone,
currency and decimals. A column with an invalid value is unchecked from then on, and so are valid timestamps if they are
too many to learn, or so late that the time of day matters. A `RowPattern` is made of the rows seen so far, and made
again after 16, 32 ... further rows if they showed anything new: learning never costs more than it saves.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import product
from typing import Final

from functions.report.bulk.row_pattern import RowPattern
from functions.report.bulk.row_shape import RowShape
from functions.report.format.rules import Code, Column
from functions.report.rules.fields import Fields

_FIRST_ROWS: Final = 8
"""Rows before the first pattern."""
_SAMPLED_ROWS: Final = 256
"""Rows observed between two patterns at most, evenly spread: to observe a row costs more than to validate it."""
_MAX_DATES: Final = 62
"""Each date is one more alternative to try; those of two months cost as much as to validate each timestamp."""
_MAX_ZONES: Final = 16
_PAIR: Final = {Column.AMOUNT, Column.CURRENCY}
_DATE_LENGTH: Final = len("YYYY-MM-DD")
_SECONDS_LENGTH: Final = len("YYYY-MM-DDThh:mm:ss")


class ShapeLearner:
    """Observes the rows of one report that no pattern has recognized; `pattern` is the current one."""

    def __init__(self, columns: Sequence[str], bank_id: str, latest: datetime) -> None:
        self.pattern: RowPattern | None = None
        self._columns = tuple(Column(column) for column in columns)
        self._bank_id = bank_id
        self._latest = latest
        self._quoted: frozenset[Column] = frozenset()
        self._line_end = "\n"
        self._points_in_ids = False
        self._fractions: set[int] = set()
        self._dates: list[str] = []
        self._zones: list[str] = []
        # In order of their first row: frequent ones come early, and are what the pattern tries first.
        self._decimals: dict[tuple[int, str], None] = {}
        self._unchecked: set[Column] = set()
        self._rows_to_pattern = _FIRST_ROWS
        self._sampling_interval = 1
        self._rows = 0
        self._learned: RowShape | None = None

    def observe(self, line: str, fields: Fields, found: Collection[Code]) -> None:
        """Learn from a row.

        Args:
            line: the line without line feed, but with the carriage return before it.
            fields: its fields.
            found: the codes of its errors.
        """
        self._rows += 1
        if self._rows % self._sampling_interval == 0:
            self._observe_line(line)
            self._observe_values(fields, {Column(code.partition(".")[0]) for code in found})
        if self._rows >= self._rows_to_pattern:
            self._make_pattern()

    def _observe_line(self, line: str) -> None:
        self._line_end = "\r\n" if line.endswith("\r") else "\n"
        cells = line.split(",")
        if len(cells) == len(self._columns):  # otherwise a quoted field has a comma
            quoted = zip(self._columns, cells, strict=True)
            self._quoted = frozenset(column for column, cell in quoted if cell.startswith('"'))

    def _observe_values(self, fields: Fields, invalid: set[Column]) -> None:
        self._points_in_ids = self._points_in_ids or "." in fields.transaction_id
        if invalid & _PAIR:
            invalid |= _PAIR
        else:
            self._decimals[len(fields.amount.partition(".")[2]), fields.currency] = None
        if Column.TIMESTAMP not in invalid:
            self._observe_timestamp(fields.timestamp)
        self._unchecked |= invalid

    def _observe_timestamp(self, timestamp: str) -> None:
        date, rest = timestamp[:_DATE_LENGTH], timestamp[_SECONDS_LENGTH:]
        zone = rest.lstrip(".0123456789")
        self._fractions.add(max(len(rest) - len(zone) - 1, 0))
        if date in self._dates and zone in self._zones:
            return
        # A dictionary without values is a set that keeps its order.
        dates = list(dict.fromkeys([*self._dates, date]))
        zones = list(dict.fromkeys([*self._zones, zone]))
        few = len(dates) <= _MAX_DATES and len(zones) <= _MAX_ZONES
        if few and all(self._is_past(*pair) for pair in product(dates, zones)):
            self._dates, self._zones = dates, zones
        else:
            self._unchecked.add(Column.TIMESTAMP)

    def _is_past(self, date: str, zone: str) -> bool:
        """Whether no time of this date in this zone is too far in the future."""
        return datetime.fromisoformat(f"{date}T23:59:59.999999{zone}") <= self._latest

    def _make_pattern(self) -> None:
        self._rows = 0
        shape = RowShape(
            columns=self._columns,
            bank_id=self._bank_id,
            quoted=self._quoted,
            line_end=self._line_end,
            points_in_ids=self._points_in_ids,
            fractions=frozenset(self._fractions),
            dates=tuple(self._dates),
            zones=tuple(self._zones),
            decimals=tuple(self._decimals),
            unchecked=frozenset(self._unchecked),
        )
        knows_times = Column.TIMESTAMP in self._unchecked or (self._dates and self._zones)
        knows_amounts = Column.AMOUNT in self._unchecked or self._decimals
        if shape != self._learned and knows_times and knows_amounts:
            self._learned = shape
            self.pattern = RowPattern(shape)
        self._rows_to_pattern *= 2
        self._sampling_interval = max(self._rows_to_pattern // _SAMPLED_ROWS, 1)
