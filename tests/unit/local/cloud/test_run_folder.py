"""A run's folder is removed with the run, or by the next run if the run was killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import pytest

from local.cloud.errors import LocalError
from local.cloud.run_folder import MIN_FREE_BYTES, run_folder, running_clouds, sweep
from shared.repository import ROOT

RUN = """
import sys, time
from pathlib import Path
from local.cloud.run_folder import run_folder
with run_folder(Path(sys.argv[1])) as run:
    print(run.path, flush=True)
    time.sleep(600)
"""


def folders(runs: Path) -> list[Path]:
    return [path for path in runs.iterdir() if path.is_dir()]


@contextmanager
def other_run(runs: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A run in a process of its own, and its folder."""
    with subprocess.Popen([sys.executable, "-c", RUN, str(runs)], cwd=ROOT, stdout=PIPE, text=True) as run:
        assert run.stdout is not None
        yield run, Path(run.stdout.readline().strip())
        run.kill()


def test_a_run_has_folders_for_data_state_and_logs_and_leaves_nothing(tmp_path: Path) -> None:
    with run_folder(tmp_path / "runs") as run:
        assert run.data.is_dir()
        assert run.state.is_dir()
        run.log("ministack").write_text("ready")
    assert folders(tmp_path / "runs") == []


def test_a_failed_run_keeps_its_logs_until_the_next_one(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_folder(tmp_path) as failed:
        raise ZeroDivisionError
    assert folders(tmp_path) == [failed.path]
    with run_folder(tmp_path) as run:
        assert folders(tmp_path) == [run.path]


def test_a_kept_folder_stays_until_the_next_run(tmp_path: Path) -> None:
    with run_folder(tmp_path) as kept:
        kept.keep()
    assert kept.logs.is_dir()
    with run_folder(tmp_path) as run:
        assert folders(tmp_path) == [run.path]


def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), run_folder(tmp_path):
        raise KeyboardInterrupt
    assert folders(tmp_path) == []


def test_two_runs_at_once_have_a_folder_each(tmp_path: Path) -> None:
    with run_folder(tmp_path) as one, run_folder(tmp_path) as two:
        assert one.path != two.path
        assert one.data.is_dir()


def test_the_folder_of_a_killed_run_is_removed_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    with other_run(tmp_path) as (killed, dead), other_run(tmp_path) as (_, alive):
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        sweep(tmp_path)
        assert not dead.exists()
        assert alive.exists()


def test_a_full_disk_is_reported_before_anything_is_written(tmp_path: Path) -> None:
    message = "is full: 299 MB are free, a run needs 300 MB"
    with pytest.raises(LocalError, match=message), run_folder(tmp_path, free_bytes=lambda _: MIN_FREE_BYTES - 1):
        pass
    assert folders(tmp_path) == []


def test_a_cloud_is_found_from_its_announcement_to_the_end_of_its_run(tmp_path: Path) -> None:
    with run_folder(tmp_path) as run:
        assert running_clouds(tmp_path) == []
        run.announce("http://127.0.0.1:4566")
        run.keep()
        (cloud,) = running_clouds(tmp_path)
        assert (cloud.folder, cloud.port, cloud.is_up) == (run.path, 4566, True)
        assert cloud.started <= (run.path / "endpoint").stat().st_mtime
    assert running_clouds(tmp_path) == []
    assert not cloud.is_up
    with run_folder(tmp_path):  # removes the folder
        assert not cloud.is_up


def test_there_is_no_cloud_where_there_was_no_run(tmp_path: Path) -> None:
    assert running_clouds(tmp_path / "runs") == []
