"""A prerequisite that is missing or too old is reported in one message."""

import shutil
import subprocess
from pathlib import Path

import pytest

from shared.repository import ROOT
from tools.setup.steps import SetupError
from tools.setup.terraform import check_terraform, without_missing_config

DEV = ROOT / "dev"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for the PATH, with only the programs that `dev` and fake ones need."""
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


def test_a_missing_python_is_reported_with_how_to_install_one(programs: Path) -> None:
    done = dev(programs, "local")

    assert done.returncode == 2
    assert done.stderr.startswith("No Python 3.11 or newer with its venv module was found on the PATH.\nInstall one")


def test_a_python_that_is_too_old_or_lacks_venv_is_not_used(programs: Path) -> None:
    make_program(programs, "python3", "exit 1")

    assert dev(programs, "local").returncode == 2


def test_the_app_before_set_up_reports_what_to_run(programs: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "dev"
    shutil.copy(DEV, fresh)

    done = dev(programs, "app", script=fresh)

    assert (done.returncode, done.stderr) == (2, "The toolchain is not installed yet. Run: ./dev setup\n")


def terraform_script(version: str) -> str:
    return f"""echo '{{"terraform_version": "{version}"}}'"""


def test_terraform_is_found(programs: Path) -> None:
    make_program(programs, "terraform", terraform_script("1.5.0"))

    assert check_terraform({"PATH": str(programs)}) == "terraform"


def test_opentofu_is_found_where_there_is_no_terraform(programs: Path) -> None:
    make_program(programs, "tofu", terraform_script("1.10.3"))

    assert check_terraform({"PATH": str(programs)}) == "tofu"


def test_a_missing_terraform_is_reported_with_where_to_get_it(programs: Path) -> None:
    with pytest.raises(SetupError, match=r"Terraform was not found on the PATH\. Install Terraform 1\.5 or newer"):
        check_terraform({"PATH": str(programs)})


def test_terraform_is_preferred_to_opentofu_unless_one_is_named(programs: Path) -> None:
    make_program(programs, "terraform", terraform_script("1.11.4"))
    make_program(programs, "tofu", terraform_script("1.10.3"))

    assert check_terraform({"PATH": str(programs)}) == "terraform"
    assert check_terraform({"PATH": str(programs), "TERRAFORM_BINARY_NAME": "tofu"}) == "tofu"


def test_a_missing_terraform_is_reported_by_the_name_that_was_asked_for(programs: Path) -> None:
    with pytest.raises(SetupError, match=r"mytofu was not found on the PATH"):
        check_terraform({"PATH": str(programs), "TERRAFORM_BINARY_NAME": "mytofu"})


def test_a_terraform_that_is_too_old_is_reported_with_its_version(programs: Path) -> None:
    make_program(programs, "terraform", terraform_script("1.4.7"))

    with pytest.raises(SetupError, match=r"terraform 1\.4\.7 is too old: 1\.5 or newer is needed"):
        check_terraform({"PATH": str(programs)})


def test_a_terraform_that_does_not_run_is_reported_with_its_output(programs: Path) -> None:
    make_program(programs, "terraform", "echo 'cannot execute' >&2; exit 126")

    with pytest.raises(SetupError, match=r"printed no version, but: cannot execute"):
        check_terraform({"PATH": str(programs)})


def test_a_terraform_configuration_that_does_not_exist_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "terraform.rc").touch()

    assert "TF_CLI_CONFIG_FILE" not in without_missing_config({"TF_CLI_CONFIG_FILE": str(tmp_path / "none")})
    assert "TF_CLI_CONFIG_FILE" in without_missing_config({"TF_CLI_CONFIG_FILE": str(tmp_path / "terraform.rc")})


def test_a_terraform_configuration_that_cannot_be_read_is_reported(programs: Path, tmp_path: Path) -> None:
    make_program(programs, "terraform", terraform_script("1.5.0"))

    with pytest.raises(SetupError, match=rf"TF_CLI_CONFIG_FILE names {tmp_path}, which cannot be read: Is a directory"):
        check_terraform({"PATH": str(programs), "TF_CLI_CONFIG_FILE": str(tmp_path)})
