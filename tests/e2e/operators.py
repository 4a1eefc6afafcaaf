"""An operator at a terminal: the commands for AWS, run against one local cloud that keeps all state in its S3."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.cloud.clients import Cloud
from local.cloud.ministack import ministack
from local.cloud.paths import Paths
from local.cloud.run_folder import RunFolder, run_folder
from local.deployment.cdktf import Provider, provider_environment
from local.deployment.outputs import Pipeline, find_pipeline
from shared.repository import ROOT
from tests.e2e.quick_cdktf import write_quick_cdktf
from tools.operations.cdktf.assembly import read_stacks

CHANGES: Final = ("deploy", "destroy")
SETTINGS: Final = "local-s3"


@dataclass(frozen=True, kw_only=True)
class Done:
    """A command that has ended."""

    code: int
    output: str


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Works on one environment."""

    suffix: str
    cloud: Cloud
    run: RunFolder
    environ: Mapping[str, str]

    def command(self, name: str, *arguments: str) -> list[str]:
        """The command line behind a nox session."""
        output = [] if name == "unlock" else ["--output", str(self.run.synthesized)]
        approval = ["--auto-approve"] if name in CHANGES else []
        return [sys.executable, "-m", f"tools.operations.{name}", *arguments, *output, *approval]

    def do(self, name: str, *arguments: str) -> Done:
        """Run a command to its end."""
        return self._run(self.command(name, *arguments))

    def cdktf(self, *arguments: str) -> str:
        """Run the plain CLI, which has to succeed; its output."""
        app = shlex.join([sys.executable, str(ROOT / "main.py")])
        done = self._run(["cdktf", *arguments, "--app", app, "--output", str(self.run.synthesized)])
        assert done.code == 0, done.output
        return done.output

    def _run(self, line: Sequence[str]) -> Done:
        done = subprocess.run(
            line,
            cwd=ROOT,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Done(code=done.returncode, output=done.stdout)

    def must(self, name: str, *arguments: str) -> str:
        """Run a command that has to succeed; its output."""
        done = self.do(name, *arguments)
        assert done.code == 0, done.output
        return done.output

    def log(self, name: str) -> Path:
        """What cdktf and Terraform printed while the command ran."""
        return ROOT / ".local" / "logs" / f"{name}-{self.suffix}.log"

    def pipeline(self) -> Pipeline:
        """What was deployed."""
        return find_pipeline(self.cloud, read_stacks(self.run.synthesized))


@dataclass(frozen=True, kw_only=True)
class Account:
    """A local cloud, and the checkout that its operators share."""

    cloud: Cloud
    paths: Paths
    user: Mapping[str, str]
    provider: Provider
    """Which one Terraform uses."""
    checkout: RunFolder
    """Holds the state-stack's state, and the `cdktf` command."""

    @contextmanager
    def acting(self, role: str) -> Iterator[None]:
        """Let all commands have the rights of a role only; the local cloud has to evaluate IAM policies."""
        self.checkout.acting_role.write_text(role, encoding="utf-8")
        try:
            yield
        finally:
            self.checkout.acting_role.unlink()

    def operator(
        self, suffix: str, *, settings: str | Path = SETTINGS, cloned: bool = False
    ) -> AbstractContextManager[Operator]:
        """An operator of one environment.

        Args:
            suffix: of the environment.
            settings: its file, without `.toml`.
            cloned: whether it is a fresh clone, which does not have the state-stack's state.
        """
        return _operator(self, suffix, str(settings), cloned=cloned)


@contextmanager
def _operator(account: Account, suffix: str, settings: str, *, cloned: bool) -> Iterator[Operator]:
    # pylint: disable-next=contextmanager-generator-missing-cleanup  # all there is to clean up are these two
    with (
        run_folder(account.paths.runs) as run,
        provider_environment(
            run,
            user=account.user,
            terraform="terraform",
            endpoint_url=account.cloud.endpoint_url,
            provider=account.provider,
        ) as environment,
    ):
        environ = environment.for_terraform()
        own = {
            "PATH": f"{account.checkout.path / 'bin'}:{environ['PATH']}",
            "ENVIRONMENT_SUFFIX": suffix,
            "TXN_SETTINGS": settings,
            "TXN_STATE_DIR": str((run if cloned else account.checkout).state),
        }
        yield Operator(suffix=suffix, cloud=account.cloud, run=run, environ=environ | own)


def write_settings(file: Path, **changes: str) -> Path:
    """Write a settings file as the local cloud's, but for some keys; its path without `.toml`.

    Args:
        file: path without `.toml`.
        changes: TOML values; a key that the file lacks becomes the last bank's.
    """
    text = (ROOT / "environments" / f"{SETTINGS}.toml").read_text(encoding="utf-8")
    for key, value in changes.items():
        line = f"{key} = {value}"
        text, count = re.subn(rf"^{key} = .*$", line, text, flags=re.MULTILINE)
        text = text if count else f"{text}{line}\n"
    file.with_suffix(".toml").write_text(text, encoding="utf-8")
    return file


@contextmanager
def account(
    paths: Paths, user: Mapping[str, str], *, provider: Provider, evaluates_iam: bool = False
) -> Iterator[Account]:
    """Start an empty local cloud, with or without the evaluation of IAM policies; it ends with the context."""
    with (
        run_folder(paths.runs) as run,
        # pylint: disable-next=contextmanager-generator-missing-cleanup  # pytest ends it
        ministack(python=paths.ministack_python, run=run, evaluates_iam=evaluates_iam) as server,
    ):
        (run.path / "bin").mkdir()
        write_quick_cdktf(run.path / "bin" / "cdktf", paths.cdktf)
        cloud = Cloud(endpoint_url=server.endpoint_url)
        yield Account(cloud=cloud, paths=paths, user=user, provider=provider, checkout=run)
