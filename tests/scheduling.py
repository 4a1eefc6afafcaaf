"""Which tests run in one worker, in which order, and how long a test may take.

Several workers (`-n`, pytest-xdist) run side by side. Tests that share an expensive fixture stay in one worker, where
it is set up once. The others may run in any worker. xdist's own marks for groups have no effect with pytest 9.2.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

E2E_SECONDS: Final = 900
"""Limit of an end-to-end test, its fixtures included: against hanging, not against slow machines."""
_PIPELINE: Final = (
    *("ablation", "access", "broken_calls", "canary", "declared", "doors", "examples", "failure"),
    *("large_reports", "leftovers", "never_5xx", "page", "reads", "redrive", "replay", "reports"),
    *("smoke", "sweeper", "sync", "writes"),
)
_SHARED_PIPELINE: Final = "the pipeline that tests share"
GROUPS: Final = {
    **{f"tests/e2e/test_{name}.py": _SHARED_PIPELINE for name in _PIPELINE},
    "tests/e2e/functions/": "the tables and the bucket that tests share",
    "tests/e2e/terraform_provider/": "the local cloud and the provider that tests share",
    "tests/e2e/test_operators.py": "the two environments",
    "tests/e2e/test_ministack_server.py": "the two local clouds",
    "tests/e2e/test_ministack_iam.py": "the two local clouds that evaluate policies",
    "tests/e2e/test_rights.py": "the account that evaluates policies",
    **{f"tests/synth/test_{name}.py": "" for name in ("bindings", "main", "slim_assembly")},  # processes of their own
    "tests/simulation/": "the functions that are connected to simulated AWS",
    "tests/synth/": "the synthesized environments",
}
"""Beginning of a test's path -> the expensive fixture that it shares with other tests; the first match counts."""
LONGEST_FIRST: Final = (
    "tests/e2e/test_operators.py",
    "tests/e2e/test_destroy.py",
    "tests/e2e/test_interrupted.py",
    "tests/e2e/test_adoption.py",
    "tests/e2e/test_registry.py",
    "tests/e2e/",
    "tests/synth/test_slim_assembly.py",
    "tests/synth/",
    "tests/simulation/",
    "tests/unit/functions/report/",
    "",
)
"""Beginning of a test's path, in the order in which tests start: so no worker waits long for another at the end."""
UNMEASURED: Final = (
    *(f"tests/unit/functions/report/test_{name}.py" for name in ("fuzz_corpus", "patterns", "reference", "streaming")),
    *(f"tests/unit/functions/report/test_{name}.py" for name in ("schema", "table_schema", "transactions")),
    "tests/unit/functions/report/test_validator.py::test_a_file_of_tiny_unreadable_lines",
    "tests/unit/functions/report/test_validator.py::test_unreadable_rows_are_counted",
    "tests/unit/functions/transformation/test_shared_ids.py::test_the_law_holds",
    "tests/unit/functions/validation/test_large.py::test_of_more_errors_than_are_marked",
    "tests/unit/functions/common/form/test_other_parsers.py",
    "tests/e2e/functions/test_flow.py::test_a_large_report",
    "tests/e2e/test_load_benchmark.py",
    "tests/unit/benchmarks/",
    "tests/simulation/",
    "tests/architecture/test_scheduling.py::test_coverage_can_be_paused",
)
"""Beginning of a test's id whose coverage is not measured: on long inputs this takes thrice as long, and what these
tests reach, shorter ones reach as well."""


# pylint: disable-next=abstract-method  # those that it leaves out are for other ways of distributing
class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Gives a worker all tests of a group."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(nodeid: str) -> str:
    """The tests with the same group run in one worker: by default only a test's own cases, if it is a quick one."""
    shared = next((name for start, name in GROUPS.items() if nodeid.startswith(start)), "")
    alone = nodeid if nodeid.startswith("tests/e2e/") else nodeid.partition("[")[0]
    return shared or alone


def order(items: list[pytest.Item]) -> None:
    """Put the tests that take longest first, and set the end-to-end tests' limits.

    Raises:
        UsageError: a test shares the pipeline and may run in any worker, which would deploy another one for it.
    """
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.timeout(E2E_SECONDS))
        if "launched" in getattr(item, "fixturenames", ()) and group(item.nodeid) != _SHARED_PIPELINE:
            raise pytest.UsageError(f"{item.nodeid} uses the shared pipeline: add its file to _PIPELINE in {__file__}")
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    return next(turn for turn, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start))


@contextmanager
def coverage_of(nodeid: str) -> Iterator[None]:
    """Pause the coverage measurement during an unmeasured test: pytest-cov's own marker has no effect in a worker."""
    tracer = sys.gettrace()
    if not nodeid.startswith(UNMEASURED) or not type(tracer).__module__.startswith("coverage"):
        yield
        return
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
