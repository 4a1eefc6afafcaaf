"""The alarms of the synthesized stacks."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.synth.alarms.evaluator import Watch, watch_of
from tests.synth.references import referred
from tests.synth.synthesis import ACCOUNT, Resource, Synthesis

REGION = "eu-central-1"


def alarms_of(synthesis: Synthesis) -> dict[str, Resource]:
    """By purpose: the name without project and suffix, which is also the heading in the runbook."""
    return {
        each.body["alarm_name"].removeprefix("txn-").removesuffix(f"-{synthesis.suffix}"): each
        for each in synthesis.of("aws_cloudwatch_metric_alarm")
    }


def metrics_of(alarm: Resource) -> Iterator[Mapping[str, Any]]:
    """The metrics of an alarm, as Terraform has them."""
    queries = alarm.body.get("metric_query")
    yield from (each["metric"] for each in queries if "metric" in each) if queries else (alarm.body,)


def state_machine_arn(name: str) -> str:
    """ARN of a workflow, as AWS will make it."""
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def watch(alarm: Resource, synthesis: Synthesis) -> Watch:
    """The alarm, with the physical names that AWS will see."""
    values = {each for metric in metrics_of(alarm) for each in metric["dimensions"].values()}
    names = {each: _physical(each, alarm.stack, synthesis) for each in values if each.startswith("${")}
    return watch_of(alarm.body, names)


def _physical(reference: str, stack: str, synthesis: Synthesis) -> str:
    resource, attribute = referred(reference, stack, synthesis)
    if attribute == "arn":
        assert resource.type == "aws_sfn_state_machine", reference
        return state_machine_arn(resource.body["name"])
    name: str = resource.body[attribute]
    return name
