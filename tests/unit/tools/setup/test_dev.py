"""What `./dev` makes of its command line, and what it reports before anything is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.repository import ROOT
from tools.setup.menu import read_sessions, split

SESSIONS = read_sessions(ROOT / "noxfile.py")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which nothing is set up."""
    for name in ("dev", "noxfile.py", "shared/__init__.py", "shared/repository.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def dev(clone: Path, *arguments: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    (clone / "bin").mkdir()
    (clone / "bin" / "dirname").symlink_to(str(shutil.which("dirname")))
    environ = {"PATH": str(clone / "bin"), "PYTHON": python, "PYTHONDONTWRITEBYTECODE": "1"}
    line = [str(shutil.which("sh")), str(clone / "dev"), *arguments]
    return subprocess.run(line, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]])
def test_the_menu_lists_every_session_without_setting_anything_up(clone: Path, arguments: list[str]) -> None:
    done = dev(clone, *arguments)

    assert (done.returncode, done.stderr) == (0, "")
    for name, description in SESSIONS.items():
        assert [name, *description.split()] in [line.split() for line in done.stdout.splitlines()]
    assert not (clone / ".local").exists()


def test_every_session_has_a_description() -> None:
    assert {"setup", "local", "test", "deploy"} < SESSIONS.keys()
    assert all(SESSIONS.values())


def test_an_unknown_session_is_reported_with_the_most_similar_one_and_the_menu(clone: Path) -> None:
    done = dev(clone, "lokal", "--keep")

    assert done.returncode == 2
    assert done.stderr.startswith("./dev: there is no session 'lokal'. Did you mean `./dev local`?\n")
    assert SESSIONS["local"] in done.stderr


def test_a_clone_that_cannot_be_written_is_reported_in_a_sentence(clone: Path) -> None:
    (clone / ".local").touch()  # a file, because permissions do not stop root

    done = dev(clone, "local")

    assert done.returncode == 2
    assert done.stderr == (
        f"./dev: {clone}/.local cannot be used: File exists. Set-up reads and writes in {clone}: "
        "use a clone of your own, on a writable disk with free space.\n"
    )


@pytest.mark.parametrize("python", ["", shutil.which("false")])  # none, and one that is too old or lacks venv
def test_a_missing_python_is_reported_with_how_to_install_one(clone: Path, python: str) -> None:
    done = dev(clone, "local", python=python)

    assert done.returncode == 2
    assert done.stderr.startswith("No Python 3.11 or newer with its venv module was found on the PATH.\nInstall one")


def test_the_app_before_set_up_reports_what_to_run(clone: Path) -> None:
    done = dev(clone, "app")

    assert (done.returncode, done.stderr) == (2, "The toolchain is not installed yet. Run: ./dev setup\n")


@pytest.mark.parametrize(
    ("line", "sessions", "options"),
    [
        ("local", ["local"], []),
        ("local --keep", ["local"], ["--keep"]),
        ("local -- --keep", ["local"], ["--keep"]),
        ("local mine.csv --bank nordbank", ["local"], ["mine.csv", "--bank", "nordbank"]),
        ("local -h", ["local"], ["-h"]),
        ("lint types", ["lint", "types"], []),
        ("bench synth", ["bench"], ["synth"]),
        ("bench -- synth --rounds 1", ["bench"], ["synth", "--rounds", "1"]),
        ("unit -- -k lint -- x", ["unit"], ["-k", "lint", "--", "x"]),
        ("nosuch local", [], ["nosuch", "local"]),
    ],
)
def test_options_follow_the_sessions_with_or_without_dashes(line: str, sessions: list[str], options: list[str]) -> None:
    assert split(line.split(), SESSIONS) == (sessions, options)
