"""A finding is an error unless a waiver covers it today; waivers are typed, and neither expired nor superfluous."""

from datetime import date
from pathlib import Path

import pytest

from tools.audits.findings import Audit, Finding, Outcome, Waiver, read_waivers, report
from tools.errors import ToolError

TODAY = date(2026, 11, 28)
FOUND = Finding(id="CKV_AWS_1", where="prod/data-stack/table", text="Ensure that it is encrypted")


def waiver(id_: str = "CKV_AWS_1", where: str = "*", expires: date = TODAY) -> Waiver:
    return Waiver(audit=Audit.CHECKOV, id=id_, where=where, reason="It holds no data of a bank.", expires=expires)


def reported(*waivers: Waiver, require_all: bool = False, unchecked: tuple[str, ...] = ()) -> tuple[int, str]:
    lines = list[str]()
    outcome = Outcome(findings=[FOUND], unchecked=unchecked)
    code = report(outcome, waivers, today=TODAY, require_all=require_all, say=lines.append)
    return code, "\n".join(lines)


def test_a_finding_is_an_error() -> None:
    expected = (
        "CKV_AWS_1 in prod/data-stack/table: Ensure that it is encrypted\n1 open findings, 0 waived, 0 not checked."
    )
    assert reported() == (1, expected)


@pytest.mark.parametrize("where", ["*", "prod/*", "*/data-stack/table"])
def test_a_waiver_holds_for_what_it_names_to_its_last_day(where: str) -> None:
    assert reported(waiver(where=where)) == (0, "0 open findings, 1 waived, 0 not checked.")


def test_an_expired_waiver_holds_no_longer() -> None:
    code, text = reported(waiver(expires=date(2026, 11, 27)))
    assert (code, "CKV_AWS_1: its waiver expired on 2026-11-27" in text, "1 open findings" in text) == (1, True, True)


@pytest.mark.parametrize("superfluous", [waiver("CKV_AWS_2"), waiver(where="default/*")])
def test_a_waiver_that_no_finding_needs_is_an_error(superfluous: Waiver) -> None:
    code, text = reported(waiver(), superfluous)
    assert (code, "nothing is found any more. Remove its waiver." in text) == (1, True)


@pytest.mark.parametrize("require_all", [False, True])
def test_what_could_not_be_checked_is_reported_and_an_error_only_where_all_is_required(*, require_all: bool) -> None:
    code, text = reported(waiver(), waiver("OTHER"), require_all=require_all, unchecked=("boto3: no answer",))
    assert code == int(require_all)
    assert "not checked: boto3: no answer\n0 open findings, 1 waived, 1 not checked." in text


def test_the_waivers_of_the_repository_are_valid() -> None:
    assert all(read_waivers(audit) for audit in (Audit.CHECKOV, Audit.LICENSES))


@pytest.mark.parametrize(
    "changed",
    ['reason = "short"', 'reason = "It holds no data of a bank."\nexpire = 2027-01-01', 'audit = "other"', "id = ["],
)
def test_an_invalid_file_is_reported(tmp_path: Path, changed: str) -> None:
    valid = 'audit = "checkov"\nid = "A"\nreason = "It holds no data of a bank."\nexpires = 2027-01-01\n'
    name = changed.partition(" ")[0]
    lines = [line for line in valid.splitlines() if not line.startswith(f"{name} ")]
    (tmp_path / "waivers.toml").write_text("\n".join(["[[waiver]]", *lines, changed]))
    with pytest.raises(ToolError, match=r"^waivers\.toml is invalid"):
        read_waivers(Audit.CHECKOV, tmp_path / "waivers.toml")
