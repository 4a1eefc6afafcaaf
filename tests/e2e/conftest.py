"""One local cloud for all tests that destroy nothing, deployed by the code behind `./dev local`.

Tests run side by side in several workers (`tests.scheduling`), each with local clouds and a folder for runs of its own.
"""

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from rich.console import Console

from local.cloud.paths import find_paths
from local.demo.notifications import mailbox
from local.deployment.cdktf import Provider
from local.deployment.environment import forget_aws
from local.deployment.launch import Launched, launch
from local.deployment.outputs import Pipeline
from tests.e2e.failure_logs import RUNS, WORKER, keep_logs
from tests.e2e.operators import Account, account
from tests.e2e.terraforms import terraform_of
from tests.outcomes import validated
from tools.setup.toolchain import LIBRARY_TERRAFORM
from tools.terminal import Terminal


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Name a failed test's worker, and the logs of the local clouds that it has up."""
    report = yield
    if report.failed:
        logs = keep_logs(item.nodeid)
        report.sections.append((f"Local clouds of worker {WORKER}", "\n".join(map(str, logs)) or "none is up"))
    return report


@pytest.fixture(scope="session")
def chosen_terraform(request: pytest.FixtureRequest) -> str:
    """Whose Terraform runs; some tests choose it by a parameter (`terraform_of`)."""
    return str(getattr(request, "param", terraform_of(request.config)))


@pytest.fixture(scope="session")
def user(chosen_terraform: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment variables of the user who runs the tests."""
    user = dict(os.environ) | {"LOCAL_RUNS": str(RUNS)}
    if chosen_terraform == "library":
        folder = tmp_path_factory.mktemp("library")
        (folder / "terraform").symlink_to(LIBRARY_TERRAFORM.resolve(strict=True))
        user["PATH"] = f"{folder}{os.pathsep}{user['PATH']}"  # before any other
    forget_aws(os.environ)
    return user


@pytest.fixture(scope="session")
def provider(pytestconfig: pytest.Config) -> Provider:
    """The provider with which every test deploys."""
    return Provider(pytestconfig.getoption("--provider"))


@pytest.fixture(scope="session")
def launched(user: dict[str, str], provider: Provider) -> Iterator[Launched]:
    """A deployed pipeline that tests share: they submit reports and read, and destroy nothing.

    It evaluates IAM policies, so all these tests show that the functions' roles have what they need. What it publishes
    while they run is compared with the published schema when they have ended.
    """
    out = Terminal(Console(file=sys.stderr))
    with (
        launch(find_paths(user), out, user=user, provider=provider, evaluates_iam=True) as up,
        outcomes_as_published(up.pipeline),
    ):
        yield up


@contextmanager
def outcomes_as_published(pipeline: Pipeline) -> Iterator[None]:
    """Compare every outcome that is published meanwhile with the published schema."""
    with mailbox(pipeline.cloud, pipeline.outcomes_topic_arn) as received:
        yield
        for each in received.waiting():
            validated(each)


@pytest.fixture(scope="session")
def pipeline(launched: Launched) -> Pipeline:
    """The API, keys and names of the shared pipeline."""
    return launched.pipeline


@pytest.fixture(scope="module")
def empty_account(user: dict[str, str], provider: Provider) -> Iterator[Account]:
    """An empty account for a module's tests that deploy and destroy, each in environments of its own."""
    with account(find_paths(user), user, provider=provider) as up:
        yield up
