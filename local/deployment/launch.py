"""From nothing to a deployed pipeline on a local cloud of its own, and back to nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from local.cloud.clients import Cloud
from local.cloud.errors import LocalError, with_log_tail
from local.cloud.ministack import MiniStack, ministack
from local.cloud.paths import Places
from local.cloud.ports import require_free
from local.cloud.run_folder import RunFolder, run_folder
from local.deployment.cdktf import EVERY_STACK, Deployment, Provider, provider_environment
from local.deployment.outputs import Pipeline, find_pipeline
from shared.infra.stack_names import StackName
from tools.operations.cdktf.output import StackProgress
from tools.setup.steps import SetupError
from tools.setup.terraform import check_terraform
from tools.terminal import Screen


@dataclass(frozen=True, kw_only=True)
class Launched:
    """A pipeline that is up."""

    run: RunFolder
    deployment: Deployment
    pipeline: Pipeline


@contextmanager
def launch(
    places: Places,
    out: Screen,
    *,
    user: Mapping[str, str],
    provider: Provider = Provider.LOCAL,
    port: int | None = None,
) -> Iterator[Launched]:
    """Start MiniStack, deploy `state-stack` and then every stack; all ends with the context.

    Args:
        places: where the tools are.
        out: shows how far it is.
        user: the user's environment variables.
        provider: which one Terraform uses.
        port: where MiniStack must listen; by default on any free port.

    Raises:
        LocalError: a part did not start or failed, with the way out.
    """
    # What the user has to fix is said before anything is started.
    terraform = _terraform(user)
    if port is not None:
        require_free(port)
    with ExitStack() as parts:
        run = parts.enter_context(run_folder(places.runs))
        with out.step("Starting the local cloud (MiniStack)") as detail:
            server = parts.enter_context(
                ministack(
                    python=places.ministack_python,
                    run=run,
                    port=port,
                    on_wait=lambda: detail("waiting until it is healthy"),
                )
            )
        parts.enter_context(_blame(server))
        watch = _Watch()
        environ = parts.enter_context(
            provider_environment(
                run, user=user, terraform=terraform, endpoint_url=server.endpoint_url, provider=provider
            )
        )
        cdktf = Deployment(places=places, run=run, environ=environ, provider=provider, on_progress=watch.report)
        _deploy(cdktf, watch, out)
        cloud = Cloud(endpoint_url=server.endpoint_url)
        yield Launched(run=run, deployment=cdktf, pipeline=find_pipeline(cloud, cdktf.outputs))


def _terraform(user: Mapping[str, str]) -> str:
    try:
        return check_terraform(user)
    except SetupError as error:
        raise LocalError(str(error)) from error


class _Watch:
    """Hands progress on to the step that is under way."""

    def __init__(self) -> None:
        self.detail: Callable[[str], None] = lambda _: None

    def report(self, progress: StackProgress) -> None:
        """Show how far a stack is."""
        self.detail(str(progress))


def _deploy(cdktf: Deployment, watch: _Watch, out: Screen) -> None:
    with out.step("Packaging the functions, synthesizing the stacks (cdktf synth)"):
        cdktf.synth()
    for title, stack in ((StackName.STATE, StackName.STATE), ("all stacks", EVERY_STACK)):
        with out.step(f"Deploying {title} (cdktf deploy '{stack}')") as watch.detail:
            cdktf.deploy(stack)


@contextmanager
def _blame(server: MiniStack) -> Iterator[None]:
    """Where MiniStack has ended by itself, that is the reason of whatever failed afterwards."""
    try:
        yield
    except Exception as error:
        if server.process.running:
            raise
        raise with_log_tail("MiniStack ended while it was in use.", server.log) from error
