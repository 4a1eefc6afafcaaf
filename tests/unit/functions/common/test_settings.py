import pytest

from functions.common.settings import SettingsError, require


def test_variables_are_read_by_name() -> None:
    assert require("B", "A", environ={"A": "1", "B": "2", "C": "3"}) == {"A": "1", "B": "2"}


def test_all_missing_and_empty_variables_are_named_at_once() -> None:
    with pytest.raises(SettingsError, match="missing: A, C;"):
        require("A", "B", "C", environ={"A": "", "B": "2"})
