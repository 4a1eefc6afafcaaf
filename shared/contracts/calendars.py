"""The banks' calendars, as synth passes them to the sweeper: a JSON list in the variable `BANK_CALENDARS`."""

from typing import TypedDict


class BankCalendar(TypedDict):
    """When some banks' reports are expected."""

    banks: list[str]
    """Ids of the banks that have this calendar."""
    by: str
    """Local time, `HH:MM`, by which the report of a day is expected."""
    opens: str
    """Local time, `HH:MM`, since when a report counts as that day's; if after `by`, then on the day before."""
    weekdays: list[int]
    """Days of the week on which a report is expected; 0 is Monday."""
    holidays: list[str]
    """Days, `YYYY-MM-DD`, on which none is, all the same."""
    rule: str
    """The time zone, as `shared.contracts.time_zones` reads it."""
