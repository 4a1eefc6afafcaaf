"""A bank's calendar: on which days, and by which hour, its report is expected."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from shared.contracts.calendars import BankCalendar
from shared.infra.settings.cross_checks import check_distinct
from shared.infra.settings.tables import Table
from shared.infra.settings.time_zones import posix_rule

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME_PATTERN: Final = "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
_MAX_HOLIDAYS: Final = 100
"""Ours: five years' of a bank; the sweeper's variables have a limit of their own."""


class Calendar(Table, frozen=True):
    """When a bank's report is expected. It is overdue from `by` on, until it arrives or the next day's is awaited."""

    by: str = Field(pattern=_TIME_PATTERN)
    """Local time, `HH:MM`, by which the report is expected. From then on, the alarm `report-overdue-<bank>` goes off
    until a report arrives that counts, or the next report's `opens`. One that is REJECTED, FAILED or only declared does
    not count. One that was declared before `opens` counts if it is stored after it."""
    timezone: str
    """Time zone of `by` and `opens`, as IANA names it, such as `Europe/Berlin`."""
    # TOML has lists only; `strict` would accept tuples only.
    weekdays: tuple[Weekday, ...] = Field(default=_WEEKDAYS[:5], min_length=1, strict=False)
    """Days of the week on which a report is expected: `mon` to `sun`."""
    holidays: tuple[date, ...] = Field(default=(), max_length=_MAX_HOLIDAYS, strict=False)
    """Days on which none is, all the same: TOML's dates, such as `2026-12-25`. A day on which the bank has nothing to
    report belongs here: a report that has only a header is rejected, so it cannot say that there is nothing."""
    opens: str = Field(default="00:00", pattern=_TIME_PATTERN)
    """Local time, `HH:MM`, since when a report counts as that day's. If it is after `by`, it is of the day before: for
    banks that report in the evening, or in the night."""

    _distinct_weekdays = field_validator("weekdays")(check_distinct)

    @field_validator("holidays", mode="before")
    @staticmethod
    def _valid_holidays(holidays: object) -> object:
        """Dates and nothing that pydantic would make one of: neither text, nor a number, nor a date with a time."""
        if isinstance(holidays, list) and not all(_is_date(each) for each in holidays):
            raise ValueError("has something else than dates, such as 2026-12-25 without quotes")
        return holidays

    @field_validator("opens")
    @staticmethod
    def _valid_opens(opens: str, info: ValidationInfo) -> str:
        if opens == info.data.get("by"):
            raise ValueError("is the same as `by`: each report would be expected until the moment when it is overdue")
        return opens

    @field_validator("timezone")
    @staticmethod
    def _valid_timezone(timezone: str) -> str:
        posix_rule(timezone, today=datetime.now(UTC).date())
        return timezone


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def encoded(calendars: Mapping[str, Calendar]) -> str:
    """The value of the variable `BANK_CALENDARS`; empty if no bank has a calendar.

    Args:
        calendars: by bank id. Banks with the same calendar share an entry.
    """
    banks = dict[Calendar, list[str]]()
    for bank_id, calendar in sorted(calendars.items()):
        banks.setdefault(calendar, []).append(bank_id)
    entries = [_entry(calendar, sharing) for calendar, sharing in banks.items()]
    return json.dumps(entries, separators=(",", ":")) if entries else ""


def _entry(calendar: Calendar, bank_ids: list[str]) -> BankCalendar:
    return BankCalendar(
        banks=bank_ids,
        by=calendar.by,
        opens=calendar.opens,
        weekdays=sorted(_WEEKDAYS.index(each) for each in calendar.weekdays),
        holidays=sorted(each.isoformat() for each in set(calendar.holidays)),
        rule=posix_rule(calendar.timezone, today=datetime.now(UTC).date()),
    )
