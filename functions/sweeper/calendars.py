"""When banks' reports are expected: which one is late at a moment, and since when one counts as it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from shared.contracts.calendars import BankCalendar
from shared.contracts.time_zones import zone_of

_DAY: Final = timedelta(days=1)
_FARTHEST: Final = 366
"""Days before and after today among which a day is looked for on which a report is expected."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The time in which a report counts as the one that is expected, in UTC; the end is not part of it."""

    opens: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days on which a bank's report is expected, and by which hour.

    An hour that is skipped or repeated because clocks change is taken as if they had not changed yet (PEP 495, fold 0).
    """

    by: time
    opens: time
    """If it is after `by`, it is of the day before."""
    weekdays: frozenset[int]
    holidays: frozenset[date]
    zone: tzinfo

    def late(self, now: datetime) -> Window | None:
        """The window of the report whose hour is over, until the next one's window opens; None between the two."""
        today = now.astimezone(self.zone).date()
        # Tomorrow's hour can be over, too: where clocks go back after midnight, the day before comes again.
        day = next(
            (each for each in _days(today + _DAY, -_DAY) if self._expects(each) and self._hour(each) <= now), None
        )
        if day is None:
            return None
        ahead = (each for each in _days(day + _DAY, _DAY) if self._expects(each))
        following = next(ahead, day + _DAY * _FARTHEST)
        window = Window(opens=self._opening(day), ends=self._opening(following))
        return window if now < window.ends else None

    def _expects(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def _hour(self, day: date) -> datetime:
        return self._utc(day, self.by)

    def _opening(self, day: date) -> datetime:
        return self._utc(day if self.opens < self.by else day - _DAY, self.opens)

    def _utc(self, day: date, local: time) -> datetime:
        # In UTC, because Python compares two times of one zone by their clocks alone.
        return datetime.combine(day, local, self.zone).astimezone(UTC)


def read_calendars(encoded: str) -> Mapping[str, Calendar]:
    """The calendars in the variable `BANK_CALENDARS`, by bank id; an empty text has none."""
    entries: list[BankCalendar] = json.loads(encoded or "[]")
    return {bank_id: _calendar(each) for each in entries for bank_id in each["banks"]}


def _calendar(entry: BankCalendar) -> Calendar:
    return Calendar(
        by=time.fromisoformat(entry["by"]),
        opens=time.fromisoformat(entry["opens"]),
        weekdays=frozenset(entry["weekdays"]),
        holidays=frozenset(date.fromisoformat(each) for each in entry["holidays"]),
        zone=zone_of(entry["rule"]),
    )


def _days(first: date, step: timedelta) -> list[date]:
    return [first + step * n for n in range(_FARTHEST)]
