"""Finished steps are skipped; interrupted ones and those with changed inputs are repeated."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.setup.steps import Installer, SetupError, Step, run_logged


@pytest.fixture
def installer(tmp_path: Path) -> Installer:
    return Installer(root=tmp_path, folder=tmp_path / ".local", space_needed=0)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tmp_path / "made"


def step(made: Path, *, version: str = "1", run: Callable[[Path], None] | None = None) -> Step:
    def append(_log: Path) -> None:
        with made.open("a") as handle:
            handle.write("x")

    return Step(name="thing", title="a thing", inputs=(version,), result=made, run=run or append)


def interrupted(_log: Path) -> None:
    raise KeyboardInterrupt


def test_a_finished_step_is_skipped_silently(
    installer: Installer, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installer.bring_up_to_date([step(made)])
    assert "set-up [1/1] a thing ..." in capsys.readouterr().out

    installer.bring_up_to_date([step(made)])

    assert made.read_text() == "x"
    assert capsys.readouterr().out == ""


def test_a_step_is_repeated_when_an_input_changes_or_its_result_is_missing(installer: Installer, made: Path) -> None:
    installer.bring_up_to_date([step(made)])

    installer.bring_up_to_date([step(made, version="2")])
    assert made.read_text() == "xx"

    made.unlink()
    installer.bring_up_to_date([step(made, version="2")])
    assert made.read_text() == "x"


def test_an_interrupted_step_is_repeated(installer: Installer, made: Path) -> None:
    installer.bring_up_to_date([step(made)])
    with pytest.raises(KeyboardInterrupt):
        installer.bring_up_to_date([step(made, version="2", run=interrupted)])

    installer.bring_up_to_date([step(made, version="2")])

    assert made.read_text() == "xx"


def test_a_full_disk_is_reported_before_the_first_step(tmp_path: Path, made: Path) -> None:
    installer = Installer(root=tmp_path, folder=tmp_path / ".local", space_needed=10**18)

    with pytest.raises(SetupError, match=r"GB free; set-up needs 1000000000\.0 GB\. Free some space"):
        installer.bring_up_to_date([step(made)])

    assert not made.exists()


def test_a_failed_program_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"

    with pytest.raises(SetupError, match=r"failed:\nno such package\nThe whole log: .*log\."):
        run_logged([sys.executable, "-c", "import sys; sys.exit('no such package')"], log, cwd=tmp_path)


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"none could not be started: No such file or directory"):
        run_logged([str(tmp_path / "none")], tmp_path / "log", cwd=tmp_path)


def test_a_second_set_up_waits_for_the_first(installer: Installer, made: Path) -> None:
    program = (
        "from pathlib import Path; from tools.setup.steps import Installer;"
        f"Installer(root=Path({str(installer.root)!r}), folder=Path({str(installer.folder)!r}), space_needed=0)"
        ".bring_up_to_date([])"
    )

    def start_another(_log: Path) -> None:
        with subprocess.Popen([sys.executable, "-uc", program], stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout
            line = other.stdout.readline()
            other.kill()
        made.write_text(line)

    installer.bring_up_to_date([step(made, run=start_another)])

    assert made.read_text() == "Another set-up is running in this clone; waiting for it ...\n"
