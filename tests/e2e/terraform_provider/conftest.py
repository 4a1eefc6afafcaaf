"""MiniStack and the provider, started by the code of `./dev local`."""

from collections.abc import Iterator

import pytest

from local.cloud import clients
from local.cloud.ministack import ministack
from local.cloud.paths import find_paths
from local.cloud.run_folder import run_folder
from local.deployment.cdktf import Provider, provider_environment
from tests.e2e.terraform_provider.terraform import Cloud
from tools.setup.terraform import check_terraform


@pytest.fixture(scope="package")
def cloud(user: dict[str, str]) -> Iterator[Cloud]:
    """A local cloud for these tests only."""
    paths = find_paths(user)
    with run_folder(paths.runs) as run, ministack(python=paths.ministack_python, run=run) as server:
        terraform, where = check_terraform(user), server.endpoint_url
        with provider_environment(  # pylint: disable=contextmanager-generator-missing-cleanup  # pytest ends it
            run, user=user, terraform=terraform, endpoint_url=where, provider=Provider.LOCAL
        ) as environment:
            known = clients.Cloud(endpoint_url=where)
            yield Cloud(clients=known, assets=run.synthesized, environment=environment.for_terraform())
