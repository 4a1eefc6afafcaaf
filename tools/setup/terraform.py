"""The Terraform or OpenTofu on the user's PATH."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.setup.steps import SetupError

OLDEST = (1, 5)
"""The first version with import blocks."""


def check_terraform(env: Mapping[str, str] = os.environ) -> str:
    """Find Terraform, or OpenTofu where there is none; returns the program's name.

    Raises:
        SetupError: there is neither, it is too old, or it cannot be run.
    """
    asked = env.get("TERRAFORM_BINARY_NAME")
    candidates = [asked] if asked else ["terraform", "tofu"]
    name = next((program for program in candidates if shutil.which(program, path=env.get("PATH"))), None)
    if name is None:
        raise SetupError(
            f"{asked or 'Terraform'} was not found on the PATH. Install Terraform 1.5 or newer "
            "(https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org/docs/intro/install)."
        )
    version = _version(name, env)
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        raise SetupError(f"{name} {version} is too old: 1.5 or newer is needed, for import blocks.")
    return name


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
