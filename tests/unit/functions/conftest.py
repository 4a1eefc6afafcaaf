"""Settings of Hypothesis, and the API in memory."""

import pytest
from hypothesis import settings

from tests.unit.functions.bank import World

# A shared machine is slow at times; no test is about time.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@pytest.fixture
def world() -> World:
    return World()
