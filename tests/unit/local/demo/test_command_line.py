"""The options of `./dev local`, and what is reported before the local cloud is started."""

from pathlib import Path

import pytest

from local.cloud.errors import LocalError
from local.cloud.paths import find_paths
from local.demo.__main__ import main
from local.demo.options import Options, parse
from local.demo.samples import own_report, sample_reports
from local.deployment.cdktf import Provider
from shared.contracts.api import MAX_DECLARED_BYTES, MAX_REPORT_BYTES
from shared.contracts.uploads import UploadStatus
from shared.repository import ROOT
from tools.client.uploads import Submission

HERE = Path("/home/user/reports")


def test_without_options_the_samples_are_submitted_on_any_port() -> None:
    assert parse([], folder=HERE) == Options(report=None, bank=None, keep=False, port=None, provider=Provider.LOCAL)


def test_every_option_is_parsed() -> None:
    arguments = ["a.csv", "--bank", "nordbank", "--keep", "--port", "4566", "--provider", "registry"]
    expected = Options(report=HERE / "a.csv", bank="nordbank", keep=True, port=4566, provider=Provider.REGISTRY)
    assert parse(arguments, folder=HERE) == expected
    assert parse(["/data/a.csv"], folder=HERE).report == Path("/data/a.csv")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "0"], "'0' is not a port: expected 1 to 65535"),
        (["--port", "65536"], "'65536' is not a port"),
        (["--port", "http"], "'http' is not a port"),
        (["--bank", "nordbank"], "--bank needs the path of a report"),
        (["--provider", "gcp"], "invalid choice: 'gcp'"),
    ],
)
def test_an_invalid_option_is_reported(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(arguments, folder=HERE)
    assert message in capsys.readouterr().err


def test_the_samples_exist() -> None:
    samples = sample_reports(ROOT)
    assert [sample.bank_id for sample in samples] == ["nordbank", "alpenbank", "bayside", "nordbank"]
    assert all(sample.path.is_file() for sample in samples)


def test_an_own_report_has_to_end_as_loaded(tmp_path: Path) -> None:
    report = tmp_path / "mine.csv"
    report.write_bytes(b"x" * (MAX_REPORT_BYTES + 1))
    assert own_report(report, "nordbank") == Submission(bank_id="nordbank", path=report, status=UploadStatus.COMPLETED)


def test_a_report_that_cannot_be_submitted_is_reported_first(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(MAX_DECLARED_BYTES + 1)
    reasons = {
        tmp_path / "gone.csv": "does not exist",
        tmp_path: "is a folder",
        large: "has 5,000,000,001 bytes; a report has at most 5,000,000,000",
    }
    for path, reason in reasons.items():
        with pytest.raises(LocalError, match=reason):
            own_report(path, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--bank", "otherbank"], "has no bank 'otherbank'; its banks are: alpenbank, bayside, nordbank."),
        ([], "Add `--bank BANK`, one of: alpenbank, bayside, nordbank."),
    ],
)
def test_an_unknown_or_missing_bank_is_reported_with_the_known_ones(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([__file__, *options]) == 1
    printed = capsys.readouterr()
    assert printed.err.endswith(f"{message}\n")
    assert printed.out == ""


def test_missing_programs_are_named_with_the_command_that_installs_them(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"ministack-venv.*cdktf\. Run `\./dev setup`"):
        find_paths({}, root=tmp_path)
