"""The API in memory, and the metrics that the functions write."""

from collections.abc import Iterator

import pytest

from tests.unit.functions.bank import World
from tests.unit.functions.emf import Metrics, collected


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> Iterator[Metrics]:
    """The metrics in the log of the environment `dev`."""
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "dev")
    with collected() as found:
        yield found
