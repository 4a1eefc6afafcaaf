"""Half a year before AWS ends the runtime there is a finding, and whenever that is unknown or was read long ago."""

from datetime import date, timedelta

import pytest

from shared.infra.runtime import ENDS, READ_ON, RUNTIME
from tools.audits.runtime import findings


@pytest.mark.parametrize(("day", "ids"), [(date(2026, 12, 31), []), (date(2027, 1, 1), ["RUNTIME"])])
def test_the_notice_begins_180_days_before_the_deprecation(day: date, ids: list[str]) -> None:
    found = list(findings("python3.11", day))
    assert [each.id for each in found] == ids
    assert all("deprecated from 2027-06-30, no new functions from 2027-07-31" in each.text for each in found)


def test_a_runtime_whose_end_is_not_known_is_a_finding() -> None:
    (found,) = findings("python3.99", READ_ON)
    assert "does not say when AWS ends it" in found.text


def test_dates_that_were_read_a_year_ago_are_to_be_read_again() -> None:
    later = max(ENDS, key=lambda name: ENDS[name].deprecated)
    assert not list(findings(later, READ_ON + timedelta(days=365)))
    (found,) = findings(later, READ_ON + timedelta(days=366))
    assert "Read them again: https://docs.aws.amazon.com/" in found.text


def test_the_functions_runtime_is_in_the_table_and_its_steps_are_in_order() -> None:
    assert RUNTIME in ENDS
    for end in ENDS.values():
        assert end.deprecated < end.no_new_functions < end.no_updates
