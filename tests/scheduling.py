"""Which tests run in one worker, in which order, and how long a test may take.

Several workers (`-n`, pytest-xdist) run side by side. Tests that share an expensive fixture stay in one worker, where
it is set up once. The others may run in any worker. xdist's own marks for groups have no effect with pytest 9.2.
"""

from pathlib import PurePath
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

E2E_SECONDS: Final = 900
"""Limit of an end-to-end test, its fixtures included: against hanging, not against slow machines."""
_PIPELINE: Final = "the pipeline that tests share"
_GROUPS: Final = {
    "tests/e2e/functions/": "the tables and the bucket that tests share",
    **{f"tests/e2e/test_{name}.py": _PIPELINE for name in ("access", "failure", "leftovers", "reports", "smoke")},
    "tests/synth/": "the synthesized environments",
}
"""Beginning of a test's path -> the expensive fixture that it shares with tests of other files."""
_WHOLE: Final = ("tests/e2e/terraform_provider/", "tests/e2e/test_operators.py")
"""Beginning of the path of files whose tests share a fixture with each other."""
_LONGEST_FIRST: Final = ("tests/e2e/test_operators.py", "tests/e2e/test_destroy.py", "tests/e2e/", "tests/synth/", "")


# pylint: disable-next=abstract-method  # those that it leaves out are for other ways of distributing
class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Gives a worker all tests of a group, or one test that has none."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(nodeid: str) -> str:
    """The tests with the same group run in one worker."""
    path = nodeid.partition("::")[0]
    whole = path if path.startswith(_WHOLE) else nodeid
    return next((name for start, name in _GROUPS.items() if path.startswith(start)), whole)


def order(items: list[pytest.Item]) -> None:
    """Put the tests that take longest first, so that at the end no worker waits long for another; set their limits."""
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.timeout(E2E_SECONDS))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    path = PurePath(item.nodeid.partition("::")[0]).as_posix()
    return next(turn for turn, start in enumerate(_LONGEST_FIRST) if path.startswith(start))
