"""The costs of an environment are computed from what it has; docs/cost.md is fresh."""

from shared.contracts.functions import FunctionName
from tests.synth.synthesis import Synthesis, settings_of
from tools.costs.deployed import read
from tools.generators.cost import PAGE, page


def test_the_page_is_what_the_stacks_of_prod_cost(prod: Synthesis) -> None:
    deployed = read(prod.stacks.values(), settings_of("prod"))
    assert PAGE.read_text(encoding="utf-8") == page(deployed), "run `./dev docs` and commit docs/cost.md"


def test_what_costs_by_the_month_is_counted_in_the_stacks(prod: Synthesis, notified: Synthesis) -> None:
    deployed = read(prod.stacks.values(), settings_of("prod"))
    alarms = prod.of("aws_cloudwatch_metric_alarm")
    math = [each for each in alarms if "metric_query" in each.body]
    assert deployed.alarm_metrics >= len(alarms) + len(math)
    assert deployed.bank_alarm_metrics == sum("report-overdue" in each.body["alarm_name"] for each in alarms)
    assert deployed.api_methods == len(prod.of("aws_api_gateway_method"))
    assert deployed.sweep_minutes == 1
    assert deployed.memory_mb[FunctionName.INTAKE] == 1_024
    # FindAttempt, ReadUpload, HasAttempt, AttemptOfUpload, Validation, Route, Load, Notification, Done.
    assert deployed.states == 9
    assert read(notified.stacks.values(), settings_of("dev")).subscriptions == {"email": 1, "https": 1, "sqs": 1}
