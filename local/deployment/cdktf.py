"""The driver of cdktf and Terraform, set up for the local cloud."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from subprocess import PIPE, STDOUT

from local.cloud.errors import LocalError
from local.cloud.paths import Paths
from local.cloud.run_folder import RunFolder
from local.deployment import environment
from local.deployment.provider import provider_daemon
from local.processes.guarded import GuardedProcess
from terraform_provider.support import explain_unknown, unknown_types
from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.driver import Driver, Show
from tools.operations.cdktf.events import ignore


class Provider(StrEnum):
    """Which provider Terraform uses for `hashicorp/aws`."""

    LOCAL = "local"
    """`terraform_provider`: no download."""
    REGISTRY = "registry"
    """The real one, from Terraform's registry."""


def open_driver(paths: Paths, run: RunFolder, environ: Mapping[str, str]) -> Driver:
    """The driver of a run; what it starts ends with the run, even with a killed one."""

    def run_guarded(
        line: Sequence[str], environ: Mapping[str, str], folder: Path, on_line: Callable[[str], object]
    ) -> int:
        with GuardedProcess(line, env=environ, cwd=folder, stdout=PIPE, stderr=STDOUT, lock=run.lock) as process:
            for raw in process.stdout:
                on_line(raw.decode(errors="replace").rstrip("\n"))
            return process.wait()

    return Driver(
        environ=environ,
        output=run.synthesized,
        log=run.log("deployment"),
        cdktf=str(paths.cdktf),
        run=run_guarded,
        root=paths.root,
    )


def synthesize(driver: Driver, provider: Provider, show: Show = ignore) -> list[Stack]:
    """Synthesize the stacks, and check them before anything is deployed.

    Raises:
        ToolError: cdktf failed, or the local provider lacks a type of resource that a stack has.
    """
    stacks = driver.synth(show)
    if provider is Provider.LOCAL:
        contents = [json.loads((stack.folder / "cdk.tf.json").read_bytes()) for stack in stacks]
        unknown = sorted({name for content in contents for name in unknown_types(content)})
        if unknown:
            raise LocalError(explain_unknown(unknown))
    return stacks


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Environment variables for the driver."""

    for_synth: Mapping[str, str]
    """Known before the provider is up, which cdktf does not need."""
    for_terraform: Callable[[], dict[str, str]]
    """Waits until the provider is up; raises `LocalError` if it does not start."""


@contextmanager
def provider_environment(
    run: RunFolder, *, user: Mapping[str, str], terraform: str, endpoint_url: str, provider: Provider
) -> Iterator[Environment]:
    """Start the provider; ends it when the context ends.

    Args:
        run: folder for what is synthesized, state and logs.
        user: the user's environment variables.
        terraform: the program to run as Terraform.
        endpoint_url: MiniStack's.
        provider: which one Terraform uses.
    """
    environ = environment.deployment_environment(user, terraform=terraform, endpoint_url=endpoint_url, state=run.state)
    if provider is Provider.REGISTRY:
        environ = environment.with_registry(environ, user)
        yield Environment(for_synth=environ, for_terraform=lambda: environ)
        return
    config = run.path / "terraform.rc"
    config.touch()
    environ = environment.with_config(environ, config)
    with provider_daemon(environ, run=run) as address:
        yield Environment(for_synth=environ, for_terraform=lambda: environment.with_daemon(environ, reattach=address()))
