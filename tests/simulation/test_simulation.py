"""Seeds keep the law, each planted bug breaks it, and a seed is the same run every time."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Final, get_type_hints

import pytest

from shared.contracts.functions import FunctionName
from shared.infra.constructs.python_function import FunctionSpec
from shared.infra.refs import StateMachineRef
from stacks.compute import function_specs
from stacks.compute.function_specs import WorkflowRefs
from stacks.data.stack import DataOutputs
from tests.simulation.__main__ import RECORDED
from tests.simulation.bugs import BUGS
from tests.simulation.campaign import bug_named, run
from tests.simulation.installation import installed
from tests.simulation.world import TIMEOUTS

SEEDS: Final = 450
CHUNK: Final = 50
RECORDED_SEEDS: Final[dict[str, int]] = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def functions() -> Iterator[None]:
    with installed():
        yield


@pytest.mark.parametrize("first", range(1, SEEDS + 1, CHUNK))
def test_seeds_keep_the_law(first: int) -> None:
    results = [run(seed) for seed in range(first, first + CHUNK)]

    broken = {each.seed: each.violations[:3] for each in results if each.violations}
    assert broken == {}, "replay one with: ./dev simulate -- --replay SEED"


@pytest.mark.parametrize("name", [bug.name for bug in BUGS if not bug.unseen])
def test_a_planted_bug_breaks_the_law(name: str) -> None:
    assert run(RECORDED_SEEDS[name], bug=bug_named(name)).violations, "record again: ./dev simulate -- --record"


def test_a_seed_is_the_same_run_every_time() -> None:
    first, second = (run(7, keep_timeline=True) for _ in range(2))

    assert len(first.timeline.entries) > 100
    assert first.timeline.entries == second.timeline.entries


def test_the_simulated_functions_have_the_deployed_ones_time() -> None:
    kinds = get_type_hints(DataOutputs)
    texts = {kind: {each.name: "arn:aws:x:::y" for each in fields(kind)} for kind in kinds.values()}
    data = DataOutputs(**{name: kind(**texts[kind]) for name, kind in kinds.items()})

    assert {name: _spec(FunctionName(name), data).timeout_seconds for name in TIMEOUTS} == TIMEOUTS
    # What only reads, or stores nothing, can break no promise.
    assert set(FunctionName) - TIMEOUTS.keys() == {FunctionName.PRECHECK, FunctionName.TRANSACTIONS, FunctionName.WEB}


def _spec(name: FunctionName, data: DataOutputs) -> FunctionSpec:
    machine = StateMachineRef(name="load", arn="arn:aws:x:::y")
    starts = name in (FunctionName.DECLARATION, FunctionName.SWEEPER)
    workflows = [WorkflowRefs(small=machine, large=machine)] if starts else []
    spec: FunctionSpec = getattr(function_specs, name.replace("-", "_"))(data, *workflows)
    return spec
