"""From nothing to a deployed pipeline on a local cloud of its own, and back to nothing."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.cloud.clients import Cloud
from local.cloud.errors import LocalError, with_log_tail
from local.cloud.ministack import MiniStack, ministack
from local.cloud.paths import Paths
from local.cloud.ports import require_free
from local.cloud.run_folder import RunFolder, run_folder
from local.deployment.cdktf import Environment, Provider, open_driver, provider_environment, synthesize
from local.deployment.outputs import Pipeline, find_pipeline
from shared.infra.settings.settings import FILE_VARIABLE
from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.driver import Driver
from tools.setup.steps import SetupError
from tools.setup.terraform import check_terraform
from tools.terminal import Terminal


@dataclass(frozen=True, kw_only=True)
class Launched:
    """A pipeline that is up."""

    run: RunFolder
    driver: Driver
    stacks: list[Stack]
    """As deployed, each after those that it depends on."""
    pipeline: Pipeline


@contextmanager
def launch(
    paths: Paths,
    out: Terminal,
    *,
    user: Mapping[str, str],
    provider: Provider = Provider.LOCAL,
    port: int | None = None,
    evaluates_iam: bool = False,
    settings: Path | None = None,
) -> Iterator[Launched]:
    """Start MiniStack and deploy every stack; all ends with the context.

    Args:
        paths: where the tools are.
        out: shows the progress.
        user: the user's environment variables.
        provider: which one Terraform uses.
        port: where MiniStack must listen; by default on any free port.
        evaluates_iam: whether MiniStack denies what IAM policies do not allow.
        settings: the environment's file, a path; by default `environments/local.toml`.

    Raises:
        ToolError: a part did not start or failed, with the way out.
    """
    # What the user has to fix is checked before anything is started.
    terraform = _terraform(user)
    if port is not None:
        require_free(port)
    with ExitStack() as parts:
        run = parts.enter_context(run_folder(paths.runs))
        server = parts.enter_context(_server(paths, run, out, port=port, evaluates_iam=evaluates_iam))
        cloud = Cloud(endpoint_url=server.endpoint_url)
        environment = parts.enter_context(
            provider_environment(
                run, user=user, terraform=terraform, endpoint_url=server.endpoint_url, provider=provider
            )
        )
        parts.callback(server.process.begin_stop)  # so that it ends beside the provider, not after it
        parts.enter_context(_report_server_end(server))
        # The provider starts, and the clients are created, beside cdktf, which keeps one core busy. MiniStack does not:
        # the app asks it what exists, and its port is certain only once it listens.
        threading.Thread(target=cloud.prepare, daemon=True).start()
        stacks = _synthesized(open_driver(paths, run, _for_synth(environment, settings)), provider, out)
        driver = open_driver(paths, run, environment.for_terraform())
        _deploy(driver, stacks, out)
        yield Launched(run=run, driver=driver, stacks=stacks, pipeline=find_pipeline(cloud, stacks))


@contextmanager
def _server(
    paths: Paths, run: RunFolder, out: Terminal, *, port: int | None, evaluates_iam: bool
) -> Iterator[MiniStack]:
    with ExitStack() as parts:
        with out.step("Starting the local cloud (MiniStack)") as detail:
            server = parts.enter_context(
                ministack(
                    python=paths.ministack_python,
                    run=run,
                    port=port,
                    on_wait=lambda: detail("waiting until it is healthy"),
                    evaluates_iam=evaluates_iam,
                )
            )
        yield server


def _terraform(user: Mapping[str, str]) -> str:
    try:
        return check_terraform(user)
    except SetupError as error:
        raise LocalError(str(error)) from error


def _for_synth(environment: Environment, settings: Path | None) -> Mapping[str, str]:
    chosen = {FILE_VARIABLE: str(settings.with_suffix(""))} if settings else {}
    return {**environment.for_synth, **chosen}


def _synthesized(driver: Driver, provider: Provider, out: Terminal) -> list[Stack]:
    with out.step("Packaging the functions, synthesizing the stacks (cdktf synth)") as show:
        return synthesize(driver, provider, show)


def _deploy(driver: Driver, stacks: Sequence[Stack], out: Terminal) -> None:
    for stack in stacks:
        with out.step(f"Deploying {stack.id}") as show:
            driver.deploy(stack, show)


@contextmanager
def _report_server_end(server: MiniStack) -> Iterator[None]:
    """If MiniStack has ended by itself, that is the reason for any later failure."""
    try:
        yield
    except Exception as error:
        if server.process.running:
            raise
        raise with_log_tail("MiniStack ended while it was in use.", server.log) from error
