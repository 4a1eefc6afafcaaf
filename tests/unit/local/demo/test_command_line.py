"""What the user may ask for, and what is said before anything is started."""

from pathlib import Path

import pytest

from local.cloud.errors import LocalError
from local.cloud.paths import find_places
from local.demo.__main__ import main
from local.demo.options import Options, parse
from local.demo.samples import own_report, sample_reports
from local.deployment.cdktf import Provider
from shared.contracts.api import MAX_REPORT_BYTES
from shared.repository import ROOT

HERE = Path("/home/user/reports")


def test_an_absolute_path_is_taken_as_it_is() -> None:
    assert parse(["/data/a.csv"], folder=HERE).report == Path("/data/a.csv")


def test_nothing_asked_for_means_the_samples_on_any_port() -> None:
    assert parse([], folder=HERE) == Options(report=None, bank=None, keep=False, port=None, provider=Provider.LOCAL)


def test_everything_can_be_asked_for() -> None:
    arguments = ["a.csv", "--bank", "nordbank", "--keep", "--port", "4566", "--provider", "registry"]
    asked = Options(report=HERE / "a.csv", bank="nordbank", keep=True, port=4566, provider=Provider.REGISTRY)
    assert parse(arguments, folder=HERE) == asked


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "0"], "'0' is not a port: expected 1 to 65535"),
        (["--port", "65536"], "'65536' is not a port"),
        (["--port", "http"], "'http' is not a port"),
        (["--bank", "nordbank"], "--bank goes with a report's path"),
        (["--provider", "gcp"], "invalid choice: 'gcp'"),
    ],
)
def test_what_cannot_be_asked_for_is_said(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(arguments, folder=HERE)
    assert message in capsys.readouterr().err


def test_the_samples_are_there() -> None:
    samples = sample_reports(ROOT)
    assert [sample.bank_id for sample in samples] == ["nordbank", "alpenbank", "bayside", "nordbank"]
    assert all(sample.path.is_file() for sample in samples)


def test_an_own_report_has_to_load(tmp_path: Path) -> None:
    report = tmp_path / "mine.csv"
    report.write_bytes(b"x" * MAX_REPORT_BYTES)
    assert own_report(report, "nordbank").path == report


def test_a_report_that_cannot_be_sent_is_refused_first(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (MAX_REPORT_BYTES + 1))
    reasons = {
        tmp_path / "gone.csv": "there is no file",
        tmp_path: "is a folder",
        large: "has 4,500,001 bytes; a report in one request may have 4,500,000 at most",
    }
    for path, reason in reasons.items():
        with pytest.raises(LocalError, match=reason):
            own_report(path, "nordbank")


def test_an_unknown_bank_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([__file__, "--bank", "otherbank"]) == 1
    said = capsys.readouterr()
    assert said.err.strip() == (
        "bank 'otherbank' is not known to the environment `local`; its banks are: alpenbank, bayside, nordbank."
    )
    assert said.out == ""


def test_a_report_without_its_bank_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([__file__]) == 1
    assert "Add `--bank BANK`" in capsys.readouterr().err


def test_missing_parts_are_named_with_the_command_that_installs_them(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"ministack-venv.*cdktf\. Run `\./dev setup` once"):
        find_places({}, root=tmp_path)
