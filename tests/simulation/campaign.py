"""Many seeds, in several processes: do they keep the law, and is each planted bug found?"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final

from tests.simulation.bugs import BUGS, Bug
from tests.simulation.installation import installed
from tests.simulation.simulation import Result, simulate

SEEDS_OF_BUG: Final = 4_000
"""Within these, each planted bug must be found."""
_CHUNK: Final = 50


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A seed that breaks the law."""

    seed: int
    violations: tuple[str, ...]


def bug_named(name: str) -> Bug:
    """A planted bug.

    Raises:
        KeyError: there is no such bug.
    """
    return {bug.name: bug for bug in BUGS}[name]


def run(seed: int, *, bug: Bug | None = None, keep_timeline: bool = False) -> Result:
    """Run a seed, with a planted bug or without; the functions must be installed."""
    with bug.plant() if bug else nullcontext():
        return simulate(seed, keep_timeline=keep_timeline)


def first_broken(bug: Bug, *, seeds: int = SEEDS_OF_BUG) -> Broken | None:
    """The first seed that finds a bug."""
    for seed in range(1, seeds + 1):
        result = run(seed, bug=bug)
        if result.violations:
            return Broken(seed=seed, violations=result.violations)
    return None


def run_seeds(
    first: int, seeds: int, *, bug: str | None, jobs: int, progress: Callable[[int, list[Broken]], None]
) -> list[Broken]:
    """Run seeds in several processes.

    Args:
        first: the first seed.
        seeds: how many.
        bug: name of a planted bug.
        jobs: how many processes.
        progress: called with how many have been run, and those of them that break the law.

    Returns:
        Those that break the law, in order.
    """
    broken: list[Broken] = []
    done = 0
    with _processes(jobs) as pool:
        starts = range(first, first + seeds, _CHUNK)
        runs = [pool.submit(_run_chunk, start, min(_CHUNK, first + seeds - start), bug) for start in starts]
        for each in as_completed(runs):
            count, found = each.result()
            done += count
            broken += found
            progress(done, broken)
    return sorted(broken, key=lambda each: each.seed)


def find_bugs(names: list[str], *, jobs: int) -> Iterator[tuple[str, Broken | None]]:
    """Look for planted bugs in several processes; each with the first seed that finds it, as they are found."""
    with _processes(jobs) as pool:
        runs = {pool.submit(_find, name): name for name in names}
        for each in as_completed(runs):
            yield runs[each], each.result()


@contextmanager
def _processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_install) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


_installed: list[Any] = []


def _install() -> None:
    """Connect the functions of this process for as long as it lives."""
    context = installed()
    context.__enter__()
    _installed.append(context)


def _run_chunk(first: int, count: int, bug: str | None) -> tuple[int, list[Broken]]:
    planted = bug_named(bug) if bug else None
    results = [run(seed, bug=planted) for seed in range(first, first + count)]
    return count, [Broken(seed=each.seed, violations=each.violations) for each in results if each.violations]


def _find(name: str) -> Broken | None:
    return first_broken(bug_named(name))
