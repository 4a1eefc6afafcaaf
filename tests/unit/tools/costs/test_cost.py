"""`./dev cost` at its command line."""

import pytest

from tests.unit.tools.costs.example import DEPLOYED
from tools.costs import cost


@pytest.fixture(autouse=True)
def stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No synthesis."""
    monkeypatch.setattr(cost, "deployed_by", lambda _: DEPLOYED)


def test_it_shows_the_bill(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--uploads-a-day", "100", "--rows", "1_000", "--months", "2", "--environment", "staging"]) == 0
    shown = capsys.readouterr().out
    assert "100 uploads a day of 1,000 rows, in the environment staging: month 2 costs $" in shown
    for title in ("By service", "By item", "As it grows", "What would be cheaper", "Assumptions", "Prices"):
        assert title in shown


def test_all_rows_may_exist_already(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--uploads-a-day", "100", "--repeated-share", "1"]) == 0
    assert "of which 100% exist already" in capsys.readouterr().out


def test_a_given_price_and_assumption_count(capsys: pytest.CaptureFixture[str]) -> None:
    free = ["--price", "dynamodb-write-unit=0", "--assume", "requests-per-upload=0"]
    assert cost.main(["--uploads-a-day", "100", *free]) == 0
    assert "API Gateway" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--price", "x"], "'x' is not a price"),
        (["--assume", "x=1"], "'x=1' is no assumption"),
        (["--environment", "?"], "ENVIRONMENT_SUFFIX"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(arguments) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--rows", "0"], ["--uploads-a-day", "-1"], ["--repeated-share", "2"], ["--months", "x"]]
)
def test_numbers_out_of_range_are_not_accepted(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cost.main(arguments)
    assert "error: argument" in capsys.readouterr().err
