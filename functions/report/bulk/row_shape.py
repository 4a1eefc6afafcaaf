"""Learns how the rows of a report are written: a program writes all of its rows alike, and makes the same mistakes.

A row that was validated field by field shows its quotes and line end, and where it is good, its date, zone, currency and
decimals. A column in which anything was wrong is unsure from then on, and so are timestamps if they are good but too
many to learn, or so late that the time of day matters. Of what was seen so far a `RowPattern` is made, and made anew
after 16, 32 ... further rows if there was something new in them, so that learning never costs more than it gains.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import product
from typing import Final

from functions.report.bulk.row_pattern import RowPattern, RowShape
from functions.report.format.rules import Code, Column
from functions.report.rules.fields import Fields

_FIRST_LESSON: Final = 8
_OBSERVED: Final = 256
"""So many rows of a lesson are looked at, evenly spread: to learn costs more than to validate_report a row."""
_MAX_DATES: Final = 62
"""Each date is one more alternative to try; those of two months cost as much as to validate_report each timestamp by itself."""
_MAX_ZONES: Final = 16
_PAIR: Final = {Column.AMOUNT, Column.CURRENCY}
_DATE_LENGTH: Final = len("YYYY-MM-DD")
_SECONDS_LENGTH: Final = len("YYYY-MM-DDThh:mm:ss")


class RowShapes:
    """What rows of one report have looked like so far."""

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
        self._unsure: set[Column] = set()
        self._lesson = _FIRST_LESSON
        self._stride = 1
        self._rows = 0
        self._learned: RowShape | None = None

    def observe(self, line: str, fields: Fields, wrong: Collection[Code]) -> None:
        """Learn from a row. `line` is as it stands, with a carriage return if that ends it, without line feed."""
        self._rows += 1
        if self._rows % self._stride == 0:
            self._observe_writing(line)
            self._observe_values(fields, {Column(code.partition(".")[0]) for code in wrong})
        if self._rows >= self._lesson:
            self._make_pattern()

    def _observe_writing(self, line: str) -> None:
        self._line_end = "\r\n" if line.endswith("\r") else "\n"
        cells = line.split(",")
        if len(cells) == len(self._columns):  # else a quoted field holds a comma
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
        self._unsure |= invalid

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
            self._unsure.add(Column.TIMESTAMP)

    def _is_past(self, date: str, zone: str) -> bool:
        """Whether no time of this date in this zone is too far in the future."""
        return datetime.fromisoformat(f"{date}T23:59:59.999999{zone}") <= self._latest

    def _make_pattern(self) -> None:
        self._rows = 0
        look = RowShape(
            columns=self._columns,
            bank_id=self._bank_id,
            quoted=self._quoted,
            line_end=self._line_end,
            points_in_ids=self._points_in_ids,
            fractions=frozenset(self._fractions),
            dates=tuple(self._dates),
            zones=tuple(self._zones),
            decimals=tuple(self._decimals),
            unsure=frozenset(self._unsure),
        )
        knows_times = Column.TIMESTAMP in self._unsure or (self._dates and self._zones)
        knows_amounts = Column.AMOUNT in self._unsure or self._decimals
        if look != self._learned and knows_times and knows_amounts:
            self._learned = look
            self.pattern = RowPattern(look)
        self._lesson *= 2
        self._stride = max(self._lesson // _OBSERVED, 1)
