"""Which report is late at a moment: by examples, and against clocks that are read quarter by quarter of an hour."""

import json
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.sweeper.calendars import Calendar, Window, read_calendars
from shared.contracts.calendars import BankCalendar
from tests.effort import examples

RULES = {
    "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3",
    "America/New_York": "EST5EDT,M3.2.0,M11.1.0",
    "Australia/Lord_Howe": "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",  # its clocks change by half an hour
    "Asia/Kolkata": "IST-5:30",
    "Pacific/Auckland": "NZST-12NZDT,M9.5.0,M4.1.0/3",
}
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


def zone(name: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file)


ZONES = {name: zone(name) for name in RULES}


def calendar(**changes: object) -> Calendar:
    usual = BankCalendar(
        banks=["nordbank"],
        by="09:00",
        opens="00:00",
        weekdays=[0, 1, 2, 3, 4],
        holidays=[],
        rule=RULES["Europe/Berlin"],
    )
    return read_calendars(json.dumps([{**usual, **changes}]))["nordbank"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(opens: str, ends: str) -> Window:
    return Window(opens=utc(opens), ends=utc(ends))


@pytest.mark.parametrize(
    ("now", "late"),
    [
        ("2026-11-24T07:59:59.999999", None),  # Tuesday, 9 o'clock in Berlin is 8 o'clock UTC
        ("2026-11-24T08:00", window("2026-11-23T23:00", "2026-11-24T23:00")),
        ("2026-11-24T22:59:59.999999", window("2026-11-23T23:00", "2026-11-24T23:00")),
        ("2026-11-24T23:00", None),
        ("2026-11-28T12:00", window("2026-11-26T23:00", "2026-11-29T23:00")),  # Saturday: Friday's report
        ("2026-11-29T23:00", None),
    ],
)
def test_a_report_is_late_from_its_hour_until_the_next_ones_window(now: str, late: Window | None) -> None:
    assert calendar().late(utc(now)) == late


def test_nothing_is_expected_on_a_holiday() -> None:
    christmas = calendar(holidays=["2026-12-25"])  # a Friday
    thursdays = window("2026-12-23T23:00", "2026-12-27T23:00")
    assert christmas.late(utc("2026-12-25T12:00")) == thursdays
    assert christmas.late(utc("2026-12-27T23:00")) is None


def test_a_window_can_open_on_the_day_before() -> None:
    evening = calendar(by="06:00", opens="16:00", rule=RULES["America/New_York"], weekdays=[1, 2, 3, 4, 5])
    # Tuesday's, 6 o'clock in New York is 11 o'clock UTC; it opened on Monday, and Wednesday's opens on Tuesday.
    assert evening.late(utc("2026-11-24T11:00")) == window("2026-11-23T21:00", "2026-11-24T21:00")
    assert evening.late(utc("2026-11-24T21:00")) is None
    # Saturday's is late until Monday afternoon, when that of Tuesday is awaited.
    assert evening.late(utc("2026-11-30T20:59")) == window("2026-11-27T21:00", "2026-11-30T21:00")


@pytest.mark.parametrize(
    ("by", "opens", "hour"),
    [
        ("02:30", "2026-03-28T23:00", "2026-03-29T01:30"),  # skipped: as if the clock had not changed yet
        ("02:30", "2026-10-24T22:00", "2026-10-25T00:30"),  # twice: the first time
        ("09:00", "2026-03-28T23:00", "2026-03-29T07:00"),
        ("09:00", "2026-10-24T22:00", "2026-10-25T08:00"),
    ],
)
def test_hours_of_sundays_when_clocks_change(by: str, opens: str, hour: str) -> None:
    sundays = calendar(by=by, weekdays=[6])
    late = sundays.late(utc(hour))
    assert late is not None
    assert late.opens == utc(opens)
    assert sundays.late(utc(hour) - timedelta.resolution) is None


def test_an_hour_after_midnight_is_over_although_the_clock_is_back_before_it() -> None:
    # Until 2011, clocks in St John's went back at a minute past midnight: the hour was over, and the day before again.
    rule = "NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01"
    midnight = calendar(by="00:00", opens="12:00", weekdays=[6], rule=rule)
    assert midnight.late(utc("2026-11-01T02:29:59")) is None
    late = window("2026-10-31T14:30", "2026-11-07T15:30")
    for now in ("2026-11-01T02:30", "2026-11-01T02:31", "2026-11-01T03:29", "2026-11-01T03:31"):
        assert midnight.late(utc(now)) == late


def test_a_calendar_without_any_day_expects_nothing() -> None:
    days = [f"{date(2025, 1, 1) + DAY * n}" for n in range(1500)]
    assert calendar(holidays=days).late(utc("2027-01-01T12:00")) is None


def test_without_the_variable_no_bank_has_a_calendar() -> None:
    assert read_calendars("") == {}


def test_banks_share_an_entry() -> None:
    shared = BankCalendar(banks=["a", "b"], by="09:00", opens="00:00", weekdays=[0], holidays=[], rule="UTC0")
    assert read_calendars(json.dumps([shared, {**shared, "banks": ["c"]}])).keys() == {"a", "b", "c"}


class Clocks:
    """A bank's wall clock, looked at every quarter of an hour: what is late, by nothing but the time it shows."""

    def __init__(self, zone: ZoneInfo, *, by: time, opens: time, weekdays: set[int], holidays: set[date]) -> None:
        self.zone, self.by, self.opens = zone, by, opens
        self.weekdays, self.holidays = weekdays, holidays
        self.opened: dict[date, datetime] = {}
        self.late_day: date | None = None
        self._seen = set[tuple[date, time]]()

    def expects(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def look(self, moment: datetime) -> None:
        shown = moment.astimezone(self.zone)
        if (shown.date(), shown.time()) in self._seen:
            return  # the hour that is repeated
        self._seen.add((shown.date(), shown.time()))
        awaited = shown.date() if self.opens < self.by else shown.date() + DAY
        if shown.time() == self.opens and self.expects(awaited):
            self.opened[awaited], self.late_day = moment, None
        if shown.time() == self.by and self.expects(shown.date()):
            self.late_day = shown.date()


quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
# Around the changes of the clocks as well as between them.
changes = st.sampled_from(
    ["2026-03-08", "2026-03-29", "2026-04-05", "2026-09-27", "2026-10-04", "2026-10-25", "2026-11-01"]
)
moments = st.builds(
    lambda day, quarter: utc(day) + QUARTER * quarter, st.one_of(changes, st.just("2026-06-15")), st.integers(-96, 960)
)


@examples(60)
@given(
    st.sampled_from(sorted(RULES)),
    st.tuples(quarters, quarters).filter(lambda hours: hours[0] != hours[1]),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.integers(-12, 12), max_size=3),
    moments,
)
def test_what_is_late_is_what_the_banks_clock_shows(
    name: str, hours: tuple[time, time], weekdays: set[int], holidays: set[int], now: datetime
) -> None:
    by, opens = hours
    clocks = Clocks(
        ZONES[name], by=by, opens=opens, weekdays=weekdays, holidays={now.date() + DAY * each for each in holidays}
    )
    start = now - 36 * DAY
    assume(not any(skips(ZONES[name], start + DAY * n, hour) for n in range(38) for hour in (by, opens)))
    for n in range((now - start) // QUARTER + 1):
        clocks.look(start + QUARTER * n)

    late = read(name, clocks).late(now)

    assert (late is not None) is (clocks.late_day is not None)
    if late and clocks.late_day:
        assert late.opens == clocks.opened[clocks.late_day]
        assert read(name, clocks).late(late.ends - timedelta.resolution) == late
        assert read(name, clocks).late(late.ends) != late


def read(name: str, clocks: Clocks) -> Calendar:
    entry = BankCalendar(
        banks=["nordbank"],
        by=f"{clocks.by:%H:%M}",
        opens=f"{clocks.opens:%H:%M}",
        weekdays=sorted(clocks.weekdays),
        holidays=[each.isoformat() for each in clocks.holidays],
        rule=RULES[name],
    )
    return read_calendars(json.dumps([entry]))["nordbank"]


def skips(zone: ZoneInfo, moment: datetime, hour: time) -> bool:
    """Whether the zone's clock never shows an hour of a day: then PEP 495 decides, as in the examples above."""
    local = datetime.combine(moment.date(), hour, zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)
