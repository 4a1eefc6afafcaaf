"""A deploy that is killed at any moment is fixed by the next one: no manual step but `unlock`, and nothing left."""

import contextlib
import os
import random
import signal
import subprocess
import time

import pytest

from shared.repository import ROOT
from tests.e2e.demo_process import descendants
from tests.e2e.inventory import arns_with_tag, names_with_suffix
from tests.e2e.operators import Account, Operator
from tests.e2e.terraforms import terraform_of

pytestmark = pytest.mark.e2e
LINES = 190
"""A deploy of all stacks prints about as many lines that something is being created, or was."""
POLL_SECONDS = 0.02


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    seeds = range(metafunc.config.getoption("--kills"))
    runs = [(seed, terraform_of(metafunc.config, sampled=seed % 2 == 0)) for seed in seeds]
    metafunc.parametrize(("seed", "chosen_terraform"), runs, indirect=["chosen_terraform"])


def kill_deploy(operator: Operator, rng: random.Random) -> int:
    """Start a deploy and kill -9 all of it, cdktf and Terraform, at a random moment; after how many lines."""
    lines, delay = rng.randrange(LINES), rng.uniform(0, 0.1)
    with subprocess.Popen(
        operator.command("deploy"),
        cwd=ROOT,
        env=dict(operator.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while process.poll() is None and _creations(operator) < lines:
            time.sleep(POLL_SECONDS)
        time.sleep(delay)
        # Parents first: they would start others.
        for pid in sorted({process.pid, *descendants(process.pid)}):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return lines


def _creations(operator: Operator) -> int:
    log = operator.log("deploy")
    text = log.read_text(errors="replace") if log.exists() else ""
    return text.count(": Creating...") + text.count(": Creation complete")


def test_a_killed_deploy_is_fixed_by_the_next(empty_account: Account, seed: int) -> None:
    with empty_account.operator(f"kill{seed}") as operator:
        operator.log("deploy").unlink(missing_ok=True)
        lines = kill_deploy(operator, random.Random(seed))  # noqa: S311  a seeded moment, no secret
        print(f"killed after {lines} lines")
        print(operator.must("unlock"))
        operator.must("deploy")
        operator.must("destroy")
        assert not names_with_suffix(operator.cloud, operator.suffix)
        assert not arns_with_tag(operator.cloud, operator.suffix)
