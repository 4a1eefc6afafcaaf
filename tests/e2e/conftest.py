"""One local cloud for all tests that only look at it; deployed by the very code that `./dev local` runs."""

import os
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from local.cloud.paths import find_paths
from local.deployment.cdktf import Provider
from local.deployment.environment import forget_aws
from local.deployment.launch import Launched, launch
from local.deployment.outputs import Pipeline
from tests.e2e.operators import Account, account
from tools.terminal import Terminal


@pytest.fixture(scope="session")
def user() -> dict[str, str]:
    """The environment variables with which the tests were started."""
    user = dict(os.environ)
    forget_aws(os.environ)
    return user


@pytest.fixture(scope="session")
def launched(user: dict[str, str], pytestconfig: pytest.Config) -> Iterator[Launched]:
    """A deployed pipeline that tests share: they add reports and read, and destroy nothing."""
    provider = Provider(pytestconfig.getoption("--provider"))
    with launch(find_paths(user), Terminal(Console(file=sys.stderr)), user=user, provider=provider) as up:
        yield up


@pytest.fixture(scope="session")
def pipeline(launched: Launched) -> Pipeline:
    """The shared pipeline's API, keys and names."""
    return launched.pipeline


@pytest.fixture(scope="module")
def empty_account(user: dict[str, str]) -> Iterator[Account]:
    """A fresh account for a module's tests that deploy and destroy: each uses environments that no other uses."""
    with account(find_paths(user), user) as up:
        yield up
