"""Which Terraform is used, and what is reported where there is none that can be used."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.setup.steps import SetupError
from tools.setup.terraform import check_terraform, without_missing_config


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Environment variables with only fake programs on the PATH."""
    return {"PATH": str(tmp_path)}


def install(environ: Mapping[str, str], name: str, script: str) -> None:
    program = Path(environ["PATH"], name)
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


def version(number: str) -> str:
    return f"""echo '{{"terraform_version": "{number}"}}'"""


@pytest.mark.parametrize(
    ("installed", "asked", "found"),
    [
        (["terraform"], "", "terraform"),
        (["tofu"], "", "tofu"),
        (["terraform", "tofu"], "", "terraform"),
        (["terraform", "tofu"], "tofu", "tofu"),
    ],
)
def test_terraform_is_preferred_to_opentofu_unless_one_is_named(
    environ: dict[str, str], installed: list[str], asked: str, found: str
) -> None:
    for name in installed:
        install(environ, name, version("1.5.0"))

    assert check_terraform(environ | {"TERRAFORM_BINARY_NAME": asked}) == found


@pytest.mark.parametrize(
    ("script", "asked", "message"),
    [
        (None, "", "Terraform was not found on the PATH. Install Terraform 1.5 or newer"),
        (None, "mytofu", "mytofu was not found on the PATH"),
        (version("1.4.7"), "", "terraform 1.4.7 is too old: 1.5 or newer is needed"),
        ("echo 'cannot execute' >&2; exit 126", "", "printed no version, but: cannot execute"),
    ],
)
def test_a_terraform_that_cannot_be_used_is_reported(
    environ: dict[str, str], script: str | None, asked: str, message: str
) -> None:
    if script:
        install(environ, "terraform", script)

    with pytest.raises(SetupError, match=re.escape(message)):
        check_terraform(environ | {"TERRAFORM_BINARY_NAME": asked})


def test_a_configuration_that_does_not_exist_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "terraform.rc").touch()

    assert "TF_CLI_CONFIG_FILE" not in without_missing_config({"TF_CLI_CONFIG_FILE": str(tmp_path / "none")})
    assert "TF_CLI_CONFIG_FILE" in without_missing_config({"TF_CLI_CONFIG_FILE": str(tmp_path / "terraform.rc")})


def test_a_configuration_that_cannot_be_read_is_reported(environ: dict[str, str], tmp_path: Path) -> None:
    install(environ, "terraform", version("1.5.0"))

    with pytest.raises(SetupError, match=rf"TF_CLI_CONFIG_FILE names {tmp_path}, which cannot be read: Is a directory"):
        check_terraform(environ | {"TF_CLI_CONFIG_FILE": str(tmp_path)})
