"""Calendars of banks: what a file may say, what is wrong with others, and what the sweeper gets of them."""

import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.contracts.time_zones import zone_of
from shared.infra.settings.calendars import Calendar
from shared.infra.settings.cross_checks import MAX_CALENDARS_BYTES
from shared.infra.settings.settings import Settings, read_settings
from shared.infra.settings.time_zones import TimeZoneError, posix_rule
from tests.unit.shared.infra.settings.files import message, repository

BERLIN = 'by = "09:00"\ntimezone = "Europe/Berlin"'
RULE = "CET-1CEST,M3.5.0,M10.5.0/3"


def of_bank(calendar: str, bank_id: str = "nord") -> str:
    return f'[banks.{bank_id}]\nname = "N"\n[banks.{bank_id}.calendar]\n{calendar}\n'


def database_zone(name: str) -> ZoneInfo:
    """A zone of the locked database: the machine's may be older."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file)


def read(tmp_path: Path, *tables: str) -> Settings:
    return read_settings({}, root=repository(tmp_path, extra="\n".join(tables)))


def test_a_calendar_needs_an_hour_and_its_time_zone_only(tmp_path: Path) -> None:
    assert read(tmp_path, of_bank(BERLIN)).banks["nord"].calendar == Calendar(
        by="09:00",
        timezone="Europe/Berlin",
        weekdays=("mon", "tue", "wed", "thu", "fri"),
        holidays=(),
        opens="00:00",
    )


def test_a_bank_has_no_calendar_unless_its_table_says_so(tmp_path: Path) -> None:
    settings = read(tmp_path, '[banks.nord]\nname = "N"')
    assert (settings.banks["nord"].calendar, settings.bank_calendars) == (None, "")


@pytest.mark.parametrize(
    ("calendar", "error"),
    [
        (
            'by = "9:00"\ntimezone = "UTC"',
            "banks.nord.calendar.by = '9:00' is malformed. Local time, `HH:MM`, by which",
        ),
        ('by = "24:00"\ntimezone = "UTC"', "banks.nord.calendar.by = '24:00' is malformed"),
        ('by = 09:00:00\ntimezone = "UTC"', "banks.nord.calendar.by = datetime.time(9, 0) is not a string"),
        ('timezone = "UTC"', "banks.nord.calendar.by is missing. Local time"),
        ('by = "09:00"', "banks.nord.calendar.timezone is missing. Time zone of `by` and `opens`"),
        ('by = "09:00"\ntimezone = "CET+1"', "timezone = 'CET+1' is not a time zone of IANA's database"),
        ('by = "09:00"\ntimezone = "../zones"', "timezone = '../zones' is not a time zone of IANA's database"),
        (f'{BERLIN}\nopens = "0:00"', "banks.nord.calendar.opens = '0:00' is malformed"),
        (f'{BERLIN}\nopens = "09:00"', "opens = '09:00' is the same as `by`: each report would be"),
        (f"{BERLIN}\nweekdays = []", "banks.nord.calendar.weekdays = [] has fewer than 1 items"),
        (f'{BERLIN}\nweekdays = ["mon", "mon"]', "weekdays = ['mon', 'mon'] has a name twice"),
        (f'{BERLIN}\nweekdays = ["Mon"]', "banks.nord.calendar.weekdays.0 = 'Mon' is not 'mon', 'tue', 'wed'"),
        (f'{BERLIN}\nholidays = ["2026-12-25"]', "has something else than dates, such as 2026-12-25 without quotes"),
        (f"{BERLIN}\nholidays = [2026-12-25T00:00:00]", "has something else than dates"),
        (f"{BERLIN}\nholiday = [2026-12-25]", "banks.nord.calendar.holiday is not a setting: remove it"),
    ],
)
def test_what_is_wrong_with_a_calendar_names_its_key_and_meaning(tmp_path: Path, calendar: str, error: str) -> None:
    assert error in message(repository(tmp_path, extra=of_bank(calendar)))


def test_a_calendar_that_is_not_a_table_is_reported(tmp_path: Path) -> None:
    extra = '[banks.nord]\nname = "N"\ncalendar = "09:00"'
    assert "banks.nord.calendar = '09:00' is not a table. When the bank's" in message(repository(tmp_path, extra=extra))


def test_a_valid_calendar_of_a_bank_with_another_error_is_not_in_the_way(tmp_path: Path) -> None:
    extra = f"[banks.nord]\nname = 3\n[banks.nord.calendar]\n{BERLIN}"
    assert message(repository(tmp_path, extra=extra)).count("\n") == 0


def test_banks_of_one_calendar_share_an_entry(tmp_path: Path) -> None:
    evening = 'by = "06:30"\nopens = "20:00"\ntimezone = "America/New_York"\nweekdays = ["sun", "mon"]'
    holidays = f"{BERLIN}\nholidays = [2026-12-26, 2026-12-25]"
    settings = read(tmp_path, of_bank(holidays, "nord"), of_bank(evening, "west"), of_bank(holidays, "alpen"))

    assert json.loads(settings.bank_calendars) == [
        {
            "banks": ["alpen", "nord"],
            "by": "09:00",
            "opens": "00:00",
            "weekdays": [0, 1, 2, 3, 4],
            "holidays": ["2026-12-25", "2026-12-26"],
            "rule": RULE,
        },
        {
            "banks": ["west"],
            "by": "06:30",
            "opens": "20:00",
            "weekdays": [0, 6],
            "holidays": [],
            "rule": "EST5EDT,M3.2.0,M11.1.0",
        },
    ]


def test_calendars_that_do_not_fit_the_sweepers_variables_are_refused(tmp_path: Path) -> None:
    days = [[f"{date(2027, 1, n) + timedelta(days=each)}" for each in range(90)] for n in (1, 2, 3)]
    tables = [of_bank(f"{BERLIN}\nholidays = [{', '.join(each)}]", f"b{n}") for n, each in enumerate(days)]

    assert len(read(tmp_path, *tables[:2]).bank_calendars) < MAX_CALENDARS_BYTES
    found = message(repository(tmp_path, extra="\n".join(tables)))
    assert "bytes, more than 3,000 (Lambda's quota for all variables of a function is 4 KB)" in found


@pytest.mark.parametrize(
    ("zone", "rule"),
    [
        ("Europe/Berlin", RULE),
        ("Europe/Dublin", "IST-1GMT0,M10.5.0,M3.5.0/1"),  # its summer time is the standard one
        ("Asia/Kolkata", "IST-5:30"),
        ("UTC", "UTC0"),
    ],
)
def test_the_rule_of_a_zone_is_that_of_the_database(zone: str, rule: str) -> None:
    assert posix_rule(zone, today=date(2026, 11, 29)) == rule


@pytest.mark.parametrize(
    "zone",
    [
        *("Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Sao_Paulo"),
        *("America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Gaza", "America/Nuuk"),
    ],
)
def test_a_rule_gives_the_zones_own_time_also_beside_each_change(zone: str) -> None:
    simple, exact = zone_of(posix_rule(zone, today=date(2026, 11, 29))), database_zone(zone)
    for day in range(365 * 2):
        midnight = datetime(2026, 11, 29, tzinfo=UTC) + timedelta(days=day)
        for moment in (midnight + timedelta(minutes=30 * n) for n in range(48)):
            assert moment.astimezone(simple).replace(tzinfo=None) == moment.astimezone(exact).replace(tzinfo=None)


def test_a_zone_whose_time_follows_no_rule_is_refused() -> None:
    # Morocco went back by an hour in each Ramadan, on days that the database lists one by one.
    with pytest.raises(TimeZoneError, match=r"follows no rule: .* gives another time on 2020-"):
        posix_rule("Africa/Casablanca", today=date(2020, 1, 1))


@pytest.mark.parametrize("text", ["Europe/Berlin", "CET-1CEST", "CET-1CEST,M13.5.0,M10.5.0"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are Python's
        zone_of(text).utcoffset(datetime(2026, 1, 1))  # noqa: DTZ001 - a local time
