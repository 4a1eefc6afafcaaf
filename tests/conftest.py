"""Options of the whole suite."""

import pytest

from local.deployment.cdktf import Provider


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--provider",
        choices=[each.value for each in Provider],
        default=Provider.LOCAL.value,
        help="Terraform's AWS provider in the end-to-end tests: ours, or the real one out of the registry",
    )
    parser.addoption(
        "--kills",
        type=int,
        default=2,
        help="how many deploys the end-to-end tests kill, each at a moment of its own (default: 2)",
    )
