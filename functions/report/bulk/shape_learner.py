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

from functions.report.bulk.row_pattern import RowPattern, RowShape
from functions.report.format.definition import Code, Column
from functions.report.rules.fields import Fields

_FIRST_ROWS: Final = 8
"""Rows before the first pattern."""
_SAMPLED_ROWS: Final = 256
"""Rows observed between two patterns at most, evenly spread: to observe a row costs more than to validate it."""
_MAX_DATES: Final = 62
"""Each date is one more alternative to try; those of two months cost as much as to validate each timestamp."""
_MAX_ZONES: Final = 16
_PAIR: Final = frozenset({Column.AMOUNT, Column.CURRENCY})
_DATE_LENGTH: Final = len("YYYY-MM-DD")
_SECONDS_LENGTH: Final = len("YYYY-MM-DDThh:mm:ss")


class ShapeLearner:
    """Observes the rows of one report that no pattern has recognized; `pattern` is the current one."""

    def __init__(self, columns: Sequence[str], bank_id: str, latest: datetime) -> None:
        self.pattern: RowPattern | None = None
        self._latest = latest
        self._shape = RowShape(tuple(Column(column) for column in columns), bank_id)
        self._shape_of_pattern: RowShape | None = None
        self._rows = 0
        self._rows_to_pattern = _FIRST_ROWS
        self._sampling_interval = 1

    def observe(self, line: str, fields: Fields, found: Collection[Code]) -> None:
        """Learn from a line (with its carriage return, without line feed), its fields and the codes of its errors."""
        self._rows += 1
        if self._rows % self._sampling_interval == 0:
            self._observe_line(line)
            self._observe_values(fields, frozenset(Column(code.partition(".")[0]) for code in found))
        if self._rows >= self._rows_to_pattern:
            self._make_pattern()

    def _observe_line(self, line: str) -> None:
        shape, cells = self._shape, line.split(",")
        quoted = shape.quoted
        if len(cells) == len(shape.columns):  # otherwise a quoted field has a comma
            pairs = zip(shape.columns, cells, strict=True)
            quoted = frozenset(column for column, cell in pairs if cell.startswith('"'))
        self._shape = shape._replace(quoted=quoted, line_end="\r\n" if line.endswith("\r") else "\n")

    def _observe_values(self, fields: Fields, invalid: frozenset[Column]) -> None:
        shape, decimals = self._shape, (len(fields.amount.partition(".")[2]), fields.currency)
        if invalid & _PAIR:
            invalid |= _PAIR
        elif decimals not in shape.decimals:
            # In order of their first row: frequent ones come early, and are what the pattern tries first.
            shape = shape._replace(decimals=(*shape.decimals, decimals))
        points_in_ids = shape.points_in_ids or "." in fields.transaction_id
        self._shape = shape._replace(points_in_ids=points_in_ids, unchecked=shape.unchecked | invalid)
        if Column.TIMESTAMP not in invalid:
            self._observe_timestamp(fields.timestamp)

    def _observe_timestamp(self, timestamp: str) -> None:
        shape, date, rest = self._shape, timestamp[:_DATE_LENGTH], timestamp[_SECONDS_LENGTH:]
        zone = rest.lstrip(".0123456789")
        shape = shape._replace(fractions=shape.fractions | {max(len(rest) - len(zone) - 1, 0)})
        # A dictionary without values is a set that keeps its order.
        dates = tuple(dict.fromkeys([*shape.dates, date]))
        zones = tuple(dict.fromkeys([*shape.zones, zone]))
        few = len(dates) <= _MAX_DATES and len(zones) <= _MAX_ZONES
        known = (dates, zones) == (shape.dates, shape.zones)
        if known or (few and all(self._is_past(*pair) for pair in product(dates, zones))):
            self._shape = shape._replace(dates=dates, zones=zones)
        else:
            self._shape = shape._replace(unchecked=shape.unchecked | {Column.TIMESTAMP})

    def _is_past(self, date: str, zone: str) -> bool:
        """Whether no time of this date in this zone is too far in the future."""
        return datetime.fromisoformat(f"{date}T23:59:59.999999{zone}") <= self._latest

    def _make_pattern(self) -> None:
        self._rows, shape = 0, self._shape
        knows_times = shape.dates or Column.TIMESTAMP in shape.unchecked
        knows_amounts = shape.decimals or Column.AMOUNT in shape.unchecked
        if shape != self._shape_of_pattern and knows_times and knows_amounts:
            self._shape_of_pattern = shape
            self.pattern = RowPattern(shape)
        self._rows_to_pattern *= 2
        self._sampling_interval = max(self._rows_to_pattern // _SAMPLED_ROWS, 1)
