"""AWS's limits, checked where a thing is made: a mistake costs a second, not half a deploy."""

import zipfile
from pathlib import Path

import pytest
from cdktf import App, TerraformStack

from shared.contracts.functions import FunctionName
from shared.infra.constructs.alarm import Priority
from shared.infra.constructs.dead_letter_queue import DeadLetterQueue
from shared.infra.constructs.private_bucket import PrivateBucket
from shared.infra.constructs.python_function import FunctionSpec, PythonFunction
from shared.infra.limits import LimitError
from shared.infra.naming import Namer
from shared.infra.refs import AlarmTopics, TopicRef

NAMER = Namer(suffix="dev", account_id="123456789012", region="eu-central-1")
ALARMS = AlarmTopics(
    all=TopicRef(name="alarms", arn="arn:alarms"), urgent=TopicRef(name="urgent-alarms", arn="arn:urgent-alarms")
)


@pytest.fixture
def stack(tmp_path: Path) -> TerraformStack:
    return TerraformStack(App(outdir=str(tmp_path)), "some-stack")


def function(stack: TerraformStack, package: Path, *, timeout_seconds: int) -> PythonFunction:
    return PythonFunction(
        stack,
        FunctionName.INTAKE,
        namer=NAMER,
        package=package,
        spec=FunctionSpec(timeout_seconds=timeout_seconds, memory_mb=512, environment={}, grants=[]),
        log_retention_days=7,
        alarms=ALARMS,
        priority=Priority.URGENT,
    )


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "intake.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.py", "")
    return path


@pytest.mark.parametrize("seconds", [1, 900])
def test_a_function_runs_up_to_fifteen_minutes(stack: TerraformStack, package: Path, seconds: int) -> None:
    assert function(stack, package, timeout_seconds=seconds).ref.name


@pytest.mark.parametrize("seconds", [0, 901])
def test_a_function_that_would_run_longer_is_refused(stack: TerraformStack, package: Path, seconds: int) -> None:
    with pytest.raises(LimitError, match=rf"timeout_seconds = {seconds}: AWS accepts 1 to 900 seconds"):
        function(stack, package, timeout_seconds=seconds)


def test_a_queue_that_would_keep_messages_longer_than_sqs_does_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(LimitError, match="retention_days = 15: AWS accepts 1 to 14 days"):
        DeadLetterQueue(stack, "queue", namer=NAMER, alarms=ALARMS, priority=Priority.URGENT, retention_days=15)


def test_a_bucket_that_would_drop_old_versions_at_once_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(LimitError, match="old_version_days = 0"):
        PrivateBucket(stack, "bucket", name="txn-bucket-dev", old_version_days=0, protected=False)
