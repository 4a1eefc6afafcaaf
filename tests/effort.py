"""How much the tests with random or long inputs try: a sample, or more with `TXN_TEST_EFFORT`, as every night."""

import os
from typing import Final

import pytest
from hypothesis import settings

EFFORT: Final = int(os.environ.get("TXN_TEST_EFFORT", "1"))
"""Factor on the number of examples of a normal run."""
nightly: Final = pytest.mark.skipif(EFFORT == 1, reason="it takes long: every night, or with TXN_TEST_EFFORT=10")
"""Marks a test of which `./dev test` has a quicker sample."""


def examples(number: int) -> settings:
    """Settings of Hypothesis for this many examples in a normal run; a slow machine is no failure."""
    return settings(max_examples=number * EFFORT, deadline=None)
