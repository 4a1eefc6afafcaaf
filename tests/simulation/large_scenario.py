"""Scenarios of large reports: banks declare them, and store them by their links, late, twice, or never."""

from random import Random
from typing import Final

from shared.contracts.uploads import DECLARED_FOR, LINK_TIME
from tests.simulation.scenario import Declared, Report, Scenario, Storing, Submission, reports_of

_SIZES: Final = (7, 21, 38, 40, 44)
"""Rows: the first two fit in one request."""
_SHARE: Final = 0.3
_LINK_SECONDS: Final = LINK_TIME.total_seconds()
_LIFE_SECONDS: Final = DECLARED_FOR.total_seconds()
_DAY: Final = _LIFE_SECONDS + 2 * 3600


def has_large_reports(seed: int | str) -> bool:
    """Whether the scenario of a seed is one of large reports."""
    return Random(f"{seed} size").random() < _SHARE


def large_scenario_of(seed: int | str) -> Scenario:
    """The scenario of a seed."""
    random = Random(f"{seed} large scenario")
    ends = random.choice((30.0, 120.0, 400.0, 900.0, 2 * 3600.0, _DAY))
    # What concerns the first hour is in it, however long the nemesis lasts.
    soon = min(ends, 900.0)
    reports = reports_of(random, soon, sizes=_SIZES)[:3]
    declared: list[Declared] = []
    submissions: list[Submission] = []
    stored: list[Submission] = []
    expired: list[Submission] = []
    first = 0.0
    for report in reports:
        first = random.uniform(0, soon / 2) if random.random() < 0.6 else first + random.uniform(0, 2)
        draw = random.random()
        if draw < 0.1:
            stored.append(Submission(at=first, report=report))
        elif draw < 0.2 and not report.large:
            submissions.append(Submission(at=first, report=report))
        else:
            declared.append(_declared(random, report, first))
        declared.extend(_again(random, report, first, ends))
        if not report.large and random.random() < 0.3:
            submissions.append(Submission(at=random.uniform(first, ends), report=report))
        if random.random() < 0.25:
            expired.append(Submission(at=random.uniform(first, ends), report=report))
            declared.append(_declared(random, report, random.uniform(expired[-1].at, ends)))
    redrives = tuple(random.uniform(0, ends) for _ in range(random.choice((0, 1, 3))))
    return Scenario(
        reports=tuple(reports),
        submissions=tuple(submissions),
        stored=tuple(stored),
        redrives=redrives,
        ends=ends,
        declared=tuple(declared),
        expired=tuple(expired),
        large=True,
    )


def _again(random: Random, report: Report, first: float, ends: float) -> list[Declared]:
    """The same report is declared again: at once, at any time, or when the first declaration is about to end."""
    together = random.choice((0, 0, 1, 2))
    later = random.choice((0, 0, 1, 2))
    times = [first + random.uniform(0, 0.1) for _ in range(together)]
    times += [random.uniform(first, ends) for _ in range(later)]
    if ends >= _LIFE_SECONDS and random.random() < 0.5:
        times.append(first + _LIFE_SECONDS + random.choice((random.uniform(-7200, 5400), random.uniform(840, 1020))))
    return [_declared(random, report, at) for at in times]


def _declared(random: Random, report: Report, at: float) -> Declared:
    stores = tuple(_storing(random) for _ in range(random.choice((0, 1, 1, 1, 1, 2))))
    excess = random.choice((-1_000, -1, 1, 5_000)) if random.random() < 0.1 else 0
    return Declared(at=at, report=report, stores=stores, excess=excess, patient=random.random() < 0.4)


def _storing(random: Random) -> Storing:
    """Most begin at once; some when the link is about to end, or has, and some take long."""
    late = random.random() < 0.15
    after = random.uniform(_LINK_SECONDS - 120, _LINK_SECONDS + 60) if late else random.uniform(0, 20)
    seconds = random.uniform(600, 5400) if random.random() < 0.1 else random.uniform(0.1, 10)
    return Storing(after=after, seconds=seconds, wrong=random.random() < 0.1)
