"""The real cdktf CLI and the real Terraform against the local cloud."""

import json
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any, Final

from local.cloud.errors import LocalError, with_log_tail
from local.cloud.paths import Paths
from local.cloud.run_folder import RunFolder
from local.deployment import environment
from local.deployment.provider import provider_daemon
from local.processes.guarded import GuardedProcess
from terraform_provider.support import explain_unknown, unknown_types
from tools.operations.cdktf.output import Progress, StackProgress, errors

EVERY_STACK: Final = "*"
_SHOWN_ERRORS: Final = 3
"""One mistake makes many errors: the rest is in the log."""
_REGISTRY_FAILURES: Final = ("Failed to query available provider packages", "Failed to install provider")


class Provider(StrEnum):
    """Which provider Terraform uses for `hashicorp/aws`."""

    LOCAL = "local"
    """`terraform_provider`: no download."""
    REGISTRY = "registry"
    """The real one, out of Terraform's registry."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Commands of cdktf for one local cloud; each raises `LocalError` with Terraform's errors when it fails."""

    paths: Paths
    run: RunFolder
    environ: Mapping[str, str]
    provider: Provider
    on_progress: Callable[[StackProgress], None]
    """Called whenever a stack has got further."""

    def synth(self) -> None:
        """Package the functions and write the stacks' Terraform into the run's folder.

        Raises:
            LocalError: also when the local provider lacks a type of resource that a stack has.
        """
        self._cdktf("synth", self._cdktf_options())
        if self.provider is Provider.LOCAL:
            self._require_known_types()

    def deploy(self, *stacks: str) -> Progress:
        """Deploy stacks as they were synthesized last."""
        outputs = ["--outputs-file", str(self._outputs_file)]
        return self._cdktf("deploy", [*stacks, *self._apply_options(), *outputs])

    def outputs(self, stack: str) -> dict[str, Any]:
        """Outputs of a stack of the last `deploy`, by name."""
        found: dict[str, dict[str, Any]] = json.loads(self._outputs_file.read_bytes())
        return found[stack]

    def destroy(self, *stacks: str) -> Progress:
        """Destroy stacks as they were synthesized last."""
        return self._cdktf("destroy", [*stacks, *self._apply_options()])

    def diff(self, stack: str) -> Progress:
        """Plan one stack as it was synthesized last."""
        return self._cdktf("diff", [stack, *self._cdktf_options(), "--skip-synth", "--no-color"])

    @property
    def _outputs_file(self) -> Path:
        return self.run.path / "outputs.json"

    def _require_known_types(self) -> None:
        stacks = [json.loads(path.read_bytes()) for path in self.run.synthesized.glob("stacks/*/cdk.tf.json")]
        unknown = sorted({name for stack in stacks for name in unknown_types(stack)})
        if unknown:
            raise LocalError(explain_unknown(unknown))

    def _cdktf_options(self) -> list[str]:
        # This Python has all that the app needs; cdktf.json's way leads to the private environment, maybe another.
        app = shlex.join([sys.executable, str(self.paths.root / "main.py")])
        return ["--app", app, "--output", str(self.run.synthesized)]

    def _apply_options(self) -> list[str]:
        return [*self._cdktf_options(), "--skip-synth", "--auto-approve", "--no-color"]

    def _cdktf(self, command: str, options: Sequence[str]) -> Progress:
        log = self.run.log(f"cdktf-{command}")
        node = shutil.which("node", path=self.environ["PATH"])
        if node is None:
            raise LocalError("node is not in the private environment. Run `./dev setup` once, then try again.")
        line = [node, str(self.paths.cdktf), command, *options]
        progress = Progress()
        with (
            log.open("ab") as output,
            GuardedProcess(
                line, env=self.environ, cwd=self.paths.root, stdout=PIPE, stderr=STDOUT, lock=self.run.lock
            ) as process,
        ):
            output.write(f"$ cdktf {shlex.join([command, *options])}\n".encode())
            lines = []
            for raw in process.stdout:
                output.write(raw)
                output.flush()
                lines.append(raw.decode(errors="replace").rstrip("\n"))
                if changed := progress.feed(lines[-1]):
                    self.on_progress(changed)
            code = process.wait()
        if code != 0:
            raise self._failed(command, lines)
        return progress

    def _failed(self, command: str, lines: Sequence[str]) -> LocalError:
        log = self.run.log(f"cdktf-{command}")
        if any(sign in line for sign in _REGISTRY_FAILURES for line in lines):
            return LocalError(
                "Terraform could not get the provider hashicorp/aws from its registry: is this machine offline? "
                "Without `--provider registry` the local provider is used, which needs no network.\n"
                f"The whole log: {log}"
            )
        found = errors(lines)
        if not found:
            return with_log_tail(f"cdktf {command} failed.", log)
        more = [f"... and {len(found) - _SHOWN_ERRORS} more."] if len(found) > _SHOWN_ERRORS else []
        shown = [f"cdktf {command} failed:", *found[:_SHOWN_ERRORS], *more, f"The whole log: {log}"]
        return LocalError("\n\n".join(shown))


@contextmanager
def provider_environment(
    run: RunFolder, *, user: Mapping[str, str], terraform: str, endpoint_url: str, provider: Provider
) -> Iterator[dict[str, str]]:
    """Environment variables for a `Deployment`; ends the provider when the context ends.

    Args:
        run: folder for what is synthesized, state and logs.
        user: the user's environment variables.
        terraform: the program that cdktf runs as Terraform.
        endpoint_url: MiniStack's.
        provider: which one Terraform uses.

    Raises:
        LocalError: the local provider does not start.
    """
    environ = environment.deployment_environment(user, terraform=terraform, endpoint_url=endpoint_url, state=run.state)
    if provider is Provider.REGISTRY:
        yield environment.with_registry(environ, user)
        return
    config = run.path / "terraform.rc"
    config.touch()
    with provider_daemon(environ, run=run) as reattach:
        yield environment.with_daemon(environ, reattach=reattach, config=config)
