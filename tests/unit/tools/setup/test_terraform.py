"""Which Terraform is used, and what is reported where there is none that can be used."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.setup.steps import SetupError
from tools.setup.terraform import (
    check_terraform,
    library_has_wheel,
    needs_library,
    put_link,
    without_folder,
    without_missing_config,
)


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


def test_opentofu_is_used_where_terraform_is_too_old(environ: dict[str, str]) -> None:
    install(environ, "terraform", version("1.4.7"))
    install(environ, "tofu", version("1.6.0"))

    assert check_terraform(environ) == "tofu"


@pytest.mark.parametrize(
    ("programs", "asked", "needed"),
    [
        ({}, "", True),
        ({"terraform": version("1.4.7")}, "", True),
        ({"terraform": "exit 126"}, "", True),
        ({}, "terraform", True),
        ({"terraform": version("1.5.0")}, "", False),
        ({"tofu": version("1.6.0")}, "", False),
        ({"tofu": version("1.6.0")}, "terraform", True),
        ({}, "mytofu", False),  # the user names a program; to report that it is missing is better than to run another
    ],
)
def test_the_library_is_needed_only_where_the_path_has_no_terraform_that_can_be_used(
    environ: dict[str, str], programs: dict[str, str], asked: str, *, needed: bool
) -> None:
    for name, script in programs.items():
        install(environ, name, script)

    assert needs_library(environ | {"TERRAFORM_BINARY_NAME": asked}) is needed


def test_a_terraform_that_is_installed_later_takes_the_librarys_place(environ: dict[str, str], tmp_path: Path) -> None:
    link, program = tmp_path / "venv" / "terraform", tmp_path / "library"
    link.parent.mkdir()
    program.touch()

    def choose() -> bool:
        put_link(link, program if needs_library(environ) else None)
        return link.exists()

    assert choose()
    assert choose()
    install(environ, "terraform", version("1.5.0"))
    assert not choose()
    assert not choose()
    Path(environ["PATH"], "terraform").unlink()
    assert choose()


def test_a_link_that_leads_nowhere_is_made_again(tmp_path: Path) -> None:
    link, program = tmp_path / "link", tmp_path / "program"
    link.symlink_to(tmp_path / "gone")
    program.touch()

    put_link(link, program)

    assert link.resolve() == program


def test_an_activated_toolchain_is_not_the_users_path(tmp_path: Path) -> None:
    (tmp_path / "clone").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "clone")

    assert without_folder(f"/a:{tmp_path}/link/:/b", tmp_path / "clone") == "/a:/b"


@pytest.mark.parametrize(
    ("system", "machine", "libc", "wheel"),
    [
        ("linux", "x86_64", ("glibc", "2.35"), True),
        ("linux", "x86_64", ("glibc", "2.40"), True),
        ("linux", "x86_64", ("glibc", "2.34"), False),
        ("linux", "x86_64", ("", ""), False),  # musl, as older Pythons see it
        ("linux", "x86_64", ("musl", "1.2.5"), False),
        ("linux", "aarch64", ("glibc", "2.40"), False),
        ("darwin", "arm64", ("", ""), True),
        ("freebsd14", "amd64", ("", ""), False),
    ],
)
def test_the_library_has_wheels_for_some_machines(
    system: str, machine: str, libc: tuple[str, str], *, wheel: bool
) -> None:
    assert library_has_wheel(system, machine, libc) is wheel


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
    with pytest.raises(SetupError, match="TF_CLI_CONFIG_FILE"):
        needs_library(environ | {"TF_CLI_CONFIG_FILE": str(tmp_path)})
