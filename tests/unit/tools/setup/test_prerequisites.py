"""A missing or too old prerequisite gets one clear message."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tools.setup.steps import SetupError
from tools.setup.terraform import check_terraform, without_missing_config

DEV = Path(__file__).parents[4] / "dev"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH with nothing on it but what `dev` and made-up programs need."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "cat"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def make_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def dev(programs: Path, *arguments: str, script: Path = DEV) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(script), *arguments], env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )


def test_without_a_python_the_way_out_is_told(programs: Path) -> None:
    done = dev(programs, "local")

    assert done.returncode == 2
    assert done.stderr.startswith("Python 3.11 or newer with its venv module is needed, and none was found on the PATH")


def test_a_python_that_is_too_old_or_lacks_venv_does_not_count(programs: Path) -> None:
    make_program(programs, "python3", "exit 1")

    assert dev(programs, "local").returncode == 2


def test_the_app_before_set_up_says_what_to_run(programs: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "dev"
    shutil.copy(DEV, fresh)

    done = dev(programs, "app", script=fresh)

    assert (done.returncode, done.stderr) == (2, "The private environment is not there yet. Run: ./dev setup\n")


def terraform_script(version: str) -> str:
    return f"""echo '{{"terraform_version": "{version}"}}'"""


def test_terraform_is_found(programs: Path) -> None:
    make_program(programs, "terraform", terraform_script("1.5.0"))

    assert check_terraform({"PATH": str(programs)}) == "terraform"


def test_opentofu_will_do(programs: Path) -> None:
    make_program(programs, "tofu", terraform_script("1.10.3"))

    assert check_terraform({"PATH": str(programs)}) == "tofu"


def test_without_terraform_the_way_out_is_told(programs: Path) -> None:
    with pytest.raises(SetupError, match=r"Terraform was not found on the PATH\. Install Terraform 1\.5 or newer"):
        check_terraform({"PATH": str(programs)})


def test_terraform_is_taken_before_opentofu_unless_one_is_named(programs: Path) -> None:
    make_program(programs, "terraform", terraform_script("1.11.4"))
    make_program(programs, "tofu", terraform_script("1.10.3"))

    assert check_terraform({"PATH": str(programs)}) == "terraform"
    assert check_terraform({"PATH": str(programs), "TERRAFORM_BINARY_NAME": "tofu"}) == "tofu"


def test_a_named_terraform_that_is_missing_is_told_by_its_name(programs: Path) -> None:
    with pytest.raises(SetupError, match=r"mytofu was not found on the PATH"):
        check_terraform({"PATH": str(programs), "TERRAFORM_BINARY_NAME": "mytofu"})


def test_a_terraform_that_is_too_old_is_told_with_its_version(programs: Path) -> None:
    make_program(programs, "terraform", terraform_script("1.4.7"))

    with pytest.raises(SetupError, match=r"terraform 1\.4\.7 is too old: 1\.5 or newer is needed"):
        check_terraform({"PATH": str(programs)})


def test_a_terraform_that_does_not_run_is_told_with_what_it_said(programs: Path) -> None:
    make_program(programs, "terraform", "echo 'cannot execute' >&2; exit 126")

    with pytest.raises(SetupError, match=r"did not tell a version\. It said: cannot execute"):
        check_terraform({"PATH": str(programs)})


def test_a_terraform_configuration_that_does_not_exist_is_left_out(tmp_path: Path) -> None:
    assert "TF_CLI_CONFIG_FILE" not in without_missing_config({"TF_CLI_CONFIG_FILE": str(tmp_path / "none")})
    assert "TF_CLI_CONFIG_FILE" in without_missing_config({"TF_CLI_CONFIG_FILE": str(tmp_path)})
