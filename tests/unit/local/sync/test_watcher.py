"""A change of a source is reported once, when it is complete."""

from itertools import islice
from pathlib import Path

import pytest

from local.sync.watcher import Watcher

LOOKS = 5
"""After which a wait is given up."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("functions/intake/handler.py", "shared/contracts/tables.py", "stacks/stack.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    return tmp_path


def wait(watcher: Watcher) -> bool:
    looks = iter(range(LOOKS))
    return watcher.wait(lambda: next(looks, None) is not None)


def watching(root: Path, *written: str) -> Watcher:
    """A watcher; before each of its looks, one of these files is written."""
    names = iter(written)

    def sleep(_seconds: float) -> None:
        for name in islice(names, 1):
            (root / name).write_text(name)

    return Watcher(root, sleep=sleep)


@pytest.mark.parametrize("name", ["functions/intake/handler.py", "functions/intake/new.py", "shared/contracts/new.py"])
def test_a_changed_or_new_source_is_reported_once(root: Path, name: str) -> None:
    watcher = watching(root)
    (root / name).write_text("changed")
    assert wait(watcher)
    assert not wait(watcher)


def test_a_removed_source_is_reported(root: Path) -> None:
    watcher = watching(root)
    (root / "functions/intake/handler.py").unlink()
    assert wait(watcher)


@pytest.mark.parametrize("name", ["functions/intake/__pycache__/handler.cpython-311.pyc", "stacks/stack.py"])
def test_what_is_in_no_package_is_not_reported(root: Path, name: str) -> None:
    watcher = watching(root)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("changed")
    assert not wait(watcher)


def test_files_that_are_still_being_written_are_waited_for(root: Path) -> None:
    names = [f"functions/{name}.py" for name in ("one", "two", "three")]
    watcher = watching(root, *names)
    assert wait(watcher)
    assert all((root / name).is_file() for name in names)
    assert not wait(watcher)


def test_the_end_of_the_cloud_ends_the_wait(root: Path) -> None:
    assert not watching(root).wait(lambda: False)
