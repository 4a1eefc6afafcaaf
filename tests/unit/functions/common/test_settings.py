import pytest

from functions.common.settings import SettingsError, require


def test_variables_come_in_the_order_asked_for() -> None:
    assert require("B", "A", environ={"A": "1", "B": "2"}) == ("2", "1")


def test_all_that_are_missing_or_empty_are_named_at_once() -> None:
    with pytest.raises(SettingsError, match="missing: A, C;"):
        require("A", "B", "C", environ={"A": "", "B": "2"})
