"""Which local cloud `./dev sync` means, and what it says that it does not bring there."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.cloud.errors import LocalError
from local.cloud.run_folder import run_folder
from local.sync.target import changed_stack_sources, find_cloud

DEPLOYED = 1_000_000.0


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def test_the_only_cloud_needs_no_port(runs: Path) -> None:
    with run_folder(runs) as run:
        run.announce("http://127.0.0.1:4566")
        assert find_cloud(runs, None).endpoint_url == "http://127.0.0.1:4566"
        assert find_cloud(runs, 4566).folder == run.path


def test_without_a_cloud_the_command_that_starts_one_is_named(runs: Path) -> None:
    with pytest.raises(LocalError, match=r"^No local cloud is up\. .*: \./dev local --keep$"):
        find_cloud(runs, None)


def test_of_several_clouds_one_is_chosen_by_its_port(runs: Path) -> None:
    with ExitStack() as up:
        folders = [up.enter_context(run_folder(runs)) for _ in range(2)]
        for port, run in zip((4566, 4577), folders, strict=True):
            run.announce(f"http://127.0.0.1:{port}")
        with pytest.raises(LocalError, match=r"^2 local clouds are up\. Choose one:\n") as several:
            find_cloud(runs, None)
        with pytest.raises(LocalError, match=r"^No local cloud is up on port 1\. Up:\n") as none:
            find_cloud(runs, 1)
        for error in (several, none):
            assert f"  --port 4566  {folders[0].path}" in str(error.value)
            assert f"  --port 4577  {folders[1].path}" in str(error.value)
        assert find_cloud(runs, 4577).folder == folders[1].path


def test_an_endpoint_that_is_not_on_this_machine_is_rejected(runs: Path) -> None:
    with run_folder(runs) as run:
        run.announce("https://lambda.eu-central-1.amazonaws.com:443")
        with pytest.raises(LocalError, match="is not a local cloud"):
            find_cloud(runs, None)


def test_changed_sources_of_the_stacks_are_listed_and_the_functions_are_not(tmp_path: Path) -> None:
    for name, moment in {
        "main.py": 1,
        "environments/local.toml": 1,
        "functions/intake/handler.py": 1,
        "shared/contracts/tables.py": -1,
        "shared/infra/naming.py": -1,
        "stacks/compute/function_specs.py": 1,
        "stacks/compute/__pycache__/function_specs.cpython-311.pyc": 1,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (DEPLOYED + moment, DEPLOYED + moment))
    changed = ["environments/local.toml", "main.py", "stacks/compute/function_specs.py"]
    assert changed_stack_sources(tmp_path, DEPLOYED) == changed
