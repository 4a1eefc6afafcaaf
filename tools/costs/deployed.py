"""What an environment has that costs by the month, or sets what a call costs: read from its synthesized stacks."""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.contracts.functions import FunctionName
from shared.contracts.metrics import BANK_DIMENSION
from shared.infra.naming import PROJECT
from shared.infra.settings.settings import Settings
from tools.errors import ToolError
from tools.synthesis import synthesize

_RATE: Final = re.compile(r"rate\((\d+) minutes?\)")


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """One environment."""

    memory_mb: Mapping[FunctionName, int]
    alarm_metrics: int
    bank_alarm_metrics: int
    """Those of them that are a bank's."""
    dashboards: int
    api_methods: int
    """Whose metrics are written in detail; 0 if none are."""
    sweep_minutes: int
    """Between two sweeps."""
    subscriptions: Mapping[str, int]
    """To the outcomes, by protocol."""
    banks: int
    calendars: int
    """Banks whose reports are expected by an hour."""
    log_retention_days: int
    report_archive_days: int
    """0: reports stay in S3 Standard."""
    sampling_rate: float
    workflow_logs_all: bool
    """Whether the workflow logs every event, and not errors alone."""
    states: int
    """That an execution of the workflow for small reports enters if nothing fails, without those inside of its Map."""
    concurrency: int
    """Ranges that a small report loads at the same time."""


def deployed_by(settings: Settings) -> Deployed:
    """Synthesize the stacks of an environment, and read them; the settings name an account."""
    with tempfile.TemporaryDirectory() as folder:
        return read(synthesize(settings, Path(folder)).values(), settings)


def read(contents: Iterable[Mapping[str, Any]], settings: Settings) -> Deployed:
    """Read the stacks' `cdk.tf.json`.

    Raises:
        ToolError: they lack something that the costs are computed from.
    """
    stacks = _Stacks(contents)
    machine = next((each for each in stacks.of("aws_sfn_state_machine") if each["type"] == "EXPRESS"), None)
    if machine is None:
        raise ToolError("the stacks have no Express workflow")
    definition = json.loads(machine["definition"])
    rates = [found for each in stacks.of("aws_cloudwatch_event_rule") if (found := _minutes(each))]
    detailed = any(_settings_of(each).get("metrics_enabled") for each in stacks.of("aws_api_gateway_method_settings"))
    metrics = [found for each in stacks.of("aws_cloudwatch_metric_alarm") for found in _metrics_of(each)]
    bank_subscriptions = [each for each in stacks.of("aws_sns_topic_subscription") if each.get("filter_policy")]
    return Deployed(
        memory_mb=stacks.memory(settings.suffix),
        alarm_metrics=len(metrics),
        bank_alarm_metrics=sum(BANK_DIMENSION in each.get("dimensions", {}) for each in metrics),
        dashboards=len(list(stacks.of("aws_cloudwatch_dashboard"))),
        api_methods=len(list(stacks.of("aws_api_gateway_method"))) if detailed else 0,
        sweep_minutes=min(rates, default=0),
        subscriptions=Counter(each["protocol"] for each in bank_subscriptions),
        banks=len(settings.banks),
        calendars=sum(each.calendar is not None for each in settings.banks.values()),
        log_retention_days=settings.log_retention_days,
        report_archive_days=settings.report_archive_days,
        sampling_rate=settings.xray_sampling_rate,
        workflow_logs_all=machine["logging_configuration"]["level"] == "ALL",
        states=_states(definition),
        concurrency=definition["States"]["Load"]["MaxConcurrency"],
    )


class _Stacks:
    def __init__(self, contents: Iterable[Mapping[str, Any]]) -> None:
        self._contents = list(contents)

    def of(self, type_: str) -> Iterator[Mapping[str, Any]]:
        """Every resource of a type."""
        for content in self._contents:
            yield from content.get("resource", {}).get(type_, {}).values()

    def memory(self, suffix: str) -> Mapping[FunctionName, int]:
        """Of each function."""
        by_name = {each["function_name"]: each["memory_size"] for each in self.of("aws_lambda_function")}
        return {name: by_name[f"{PROJECT}-{name}-{suffix}"] for name in FunctionName}


def _metrics_of(alarm: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """CloudWatch charges for each metric that an alarm reads, also in metric math."""
    if queries := alarm.get("metric_query"):
        yield from (each["metric"] for each in queries if "metric" in each)
    else:
        yield alarm


def _minutes(rule: Mapping[str, Any]) -> int:
    found = _RATE.fullmatch(rule.get("schedule_expression", ""))
    return int(found[1]) if found else 0


def _settings_of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (
        resource["settings"][0] if isinstance(resource["settings"], list) else resource["settings"]
    )
    return found


def _states(definition: Mapping[str, Any]) -> int:
    """The states on the way that a report takes which is loaded."""
    states, name, count = definition["States"], definition["StartAt"], 1
    while states[name]["Type"] != "Succeed":
        state = states[name]
        following = state.get("Next") or _route(name, state)
        name, count = following, count + 1
    return count


def _route(name: str, state: Mapping[str, Any]) -> str:
    """The way of a report that intake has stored, and that is valid."""
    if name == "FindAttempt":
        return str(state["Default"])
    if name == "HasAttempt":
        return str(state["Choices"][0]["Next"])
    return next(str(each["Next"]) for each in state["Choices"] if each.get("StringEquals") == "LOAD")
