"""The API in memory."""

import pytest

from tests.unit.functions.bank import World


@pytest.fixture
def world() -> World:
    return World()
