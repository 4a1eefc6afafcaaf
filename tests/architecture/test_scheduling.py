"""The order and the groups of tests name tests that exist."""

import sys

import pytest

from shared.repository import ROOT
from tests.scheduling import GROUPS, LONGEST_FIRST, UNMEASURED, group


@pytest.mark.parametrize("start", [*GROUPS, *LONGEST_FIRST, *UNMEASURED])
def test_a_path_in_the_schedule_exists(start: str) -> None:
    assert (ROOT / start.partition("::")[0]).exists()


def test_tests_that_share_a_fixture_run_in_one_worker_and_others_in_any() -> None:
    assert group("tests/e2e/test_smoke.py::test_a") == group("tests/e2e/test_access.py::test_b[c]")
    assert group("tests/synth/test_tags.py::test_a") == group("tests/synth/test_names.py::test_b")
    assert group("tests/synth/test_main.py::test_a") != group("tests/synth/test_main.py::test_b")
    assert group("tests/e2e/test_demo.py::test_a[b]") != group("tests/e2e/test_demo.py::test_a[c]")
    assert group("tests/unit/a.py::test_a[b]") == group("tests/unit/a.py::test_a[c]")


def test_coverage_can_be_paused() -> None:
    assert not type(sys.gettrace()).__module__.startswith("coverage")
