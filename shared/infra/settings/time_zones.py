"""Time zones of IANA's database, in the version that is locked: every machine that synthesizes reads the same rules."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from shared.contracts.time_zones import zone_of

PROVEN_FOR: Final = timedelta(days=5 * 366)
"""How long a rule must give the zone's own time. Longer than any deployment lives without another deploy."""
_STEP: Final = timedelta(hours=1)


class TimeZoneError(ValueError):
    """A time zone cannot be used; the message says why."""


@cache
def posix_rule(zone: str, *, today: date) -> str:
    """The POSIX rule that gives a zone's time for the next five years, in hourly steps.

    Args:
        zone: its name, such as `Europe/Berlin`.
        today: when the five years begin.

    Raises:
        TimeZoneError: there is no such zone, or its time follows no rule: some countries announce changes each year.
    """
    if zone not in _zones():
        raise TimeZoneError("is not a time zone of IANA's database, such as Europe/Berlin")
    path = files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    rule = path.read_bytes().rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
    try:
        simple = zone_of(rule)
    except ValueError as error:
        raise TimeZoneError(f"has the rule {rule!r}, which Python does not read: {error}") from error
    with path.open("rb") as file:
        exact = ZoneInfo.from_file(file)
    for moment in _moments(today):
        if moment.astimezone(exact).utcoffset() != moment.astimezone(simple).utcoffset():
            raise TimeZoneError(
                f"follows no rule: {rule!r} gives another time on {moment.date()}; use a zone that does"
            )
    return rule


def _moments(since: date) -> Iterator[datetime]:
    moment = datetime.combine(since, time(), UTC)
    until = moment + PROVEN_FOR
    while moment < until:
        yield moment
        moment += _STEP


@cache
def _zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split())
