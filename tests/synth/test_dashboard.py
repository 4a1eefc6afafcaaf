"""The dashboard: CloudWatch accepts it, and every line of its graphs is a metric that exists."""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest

from shared.contracts import metrics
from shared.repository import ROOT
from tests.synth.aws_metrics import AWS_METRICS
from tests.synth.references import referred
from tests.synth.synthesis import Synthesis

# "Dashboard Body Structure and Syntax" (API reference of CloudWatch), and the quotas of dashboards in its user guide.
MAX_WIDGETS = 500
MAX_METRICS_OF_A_WIDGET = 500
MAX_METRICS = 2_500
GRID_WIDTH = 24
MAX_HEIGHT = 1_000
KEYS_OF_A_GRAPH = {"metrics", "period", "region", "stacked", "title", "view", "yAxis"}
OPTIONS_OF_A_METRIC = {"id", "label", "stat", "visible"}
OPTIONS_OF_AN_EXPRESSION = {"expression", "id", "label"}
STATISTICS = re.compile(r"SampleCount|Average|Sum|Minimum|Maximum|p\d{1,2}(\.\d{1,2})?")
ID = re.compile(r"[a-z]\w{0,254}")
# Dimension -> the type of resource that it names, and the attribute with the name.
NAMED_BY = {
    "FunctionName": ("aws_lambda_function", "function_name"),
    "LogGroupName": ("aws_cloudwatch_log_group", "name"),
    "QueueName": ("aws_sqs_queue", "name"),
    "TableName": ("aws_dynamodb_table", "name"),
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A metric in a graph."""

    title: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    options: Mapping[str, Any]


def body_of(synthesis: Synthesis) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(synthesis.one("aws_cloudwatch_dashboard").body["dashboard_body"])
    return parsed


def graphs(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    """Properties of every graph, by its title."""
    return {
        each["properties"]["title"]: each["properties"]
        for each in body_of(synthesis)["widgets"]
        if each["type"] == "metric"
    }


def shown(synthesis: Synthesis) -> Iterator[Shown]:
    for title, graph in graphs(synthesis).items():
        for *texts, options in graph["metrics"]:
            if texts:
                namespace, name, *pairs = texts
                dimensions = dict(zip(pairs[::2], pairs[1::2], strict=True))
                yield Shown(title=title, namespace=namespace, name=name, dimensions=dimensions, options=options)


def names_of(synthesis: Synthesis, type_: str, attribute: str) -> set[str]:
    return {each.body[attribute] for each in synthesis.of(type_) if each.stack != "state-stack"}


def test_an_environment_has_one_dashboard_with_its_suffix(environment: Synthesis) -> None:
    dashboard = environment.one("aws_cloudwatch_dashboard")
    assert dashboard.stack == "compute-stack"
    assert dashboard.body["dashboard_name"] == f"txn-pipeline-{environment.suffix}"


def test_the_body_is_a_list_of_widgets_within_the_quotas(environment: Synthesis) -> None:
    body = body_of(environment)
    assert body.keys() == {"widgets"}
    assert 0 < len(body["widgets"]) <= MAX_WIDGETS
    counts = [len(each["metrics"]) for each in graphs(environment).values()]
    assert min(counts) > 0
    assert max(counts) <= MAX_METRICS_OF_A_WIDGET
    assert sum(counts) <= MAX_METRICS


def test_every_widget_has_the_keys_that_cloudwatch_reads(environment: Synthesis) -> None:
    for widget in body_of(environment)["widgets"]:
        assert widget.keys() == {"type", "x", "y", "width", "height", "properties"}
        properties = widget["properties"]
        if widget["type"] == "text":
            assert properties.keys() == {"markdown"}
            continue
        assert widget["type"] == "metric"
        assert properties.keys() == KEYS_OF_A_GRAPH
        assert (properties["view"], properties["region"]) == ("timeSeries", "eu-central-1")
        assert properties["period"] % 60 == 0
        assert properties["yAxis"]["left"].keys() == {"label", "min", "showUnits"}


def test_widgets_are_on_the_grid_and_none_covers_another(environment: Synthesis) -> None:
    places = [(each["x"], each["y"], each["width"], each["height"]) for each in body_of(environment)["widgets"]]
    for x, y, width, height in places:
        assert 0 <= x < x + width <= GRID_WIDTH
        assert y >= 0
        assert 1 <= height <= MAX_HEIGHT
    overlapping = [
        (one, other)
        for one, other in combinations(places, 2)
        if one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    ]
    assert overlapping == []


def test_titles_are_unique_and_so_are_the_labels_of_a_graph(environment: Synthesis) -> None:
    assert len(graphs(environment)) == sum(each["type"] == "metric" for each in body_of(environment)["widgets"])
    for title, graph in graphs(environment).items():
        labels = [options["label"] for *_, options in graph["metrics"] if options.get("visible", True)]
        assert len(labels) == len(set(labels)), title


def test_every_metric_has_options_that_cloudwatch_reads(environment: Synthesis) -> None:
    for title, graph in graphs(environment).items():
        ids = [options["id"] for *_, options in graph["metrics"] if "id" in options]
        assert len(ids) == len(set(ids)), title
        assert all(ID.fullmatch(each) for each in ids)
        for *texts, options in graph["metrics"]:
            assert options.keys() <= (OPTIONS_OF_A_METRIC if texts else OPTIONS_OF_AN_EXPRESSION)
            if texts:
                assert STATISTICS.fullmatch(options["stat"])


def test_expressions_use_metrics_of_their_graph_and_show_what_is_hidden_behind_them(environment: Synthesis) -> None:
    for graph in graphs(environment).values():
        hidden = {options["id"] for *_, options in graph["metrics"] if not options.get("visible", True)}
        expressions = [options["expression"] for *texts, options in graph["metrics"] if not texts]
        assert {used for each in expressions for used in re.findall(r"[a-z]\w*", each)} == hidden


def test_gigabyte_seconds_multiply_the_duration_by_the_memory_of_the_function(dev: Synthesis) -> None:
    rows = graphs(dev)["Lambda: gigabyte-seconds"]["metrics"]
    assert len(rows) == 2 * len(dev.of("aws_lambda_function"))
    for (*_, reference, metric), (product,) in zip(rows[::2], rows[1::2], strict=True):
        function, _ = referred(reference, "compute-stack", dev)
        expected = f"{metric['id']} * {function.body['memory_size']} / 1024 / 1000"
        assert product["expression"] == expected, function.address


def test_throttles_and_reads_of_every_table_and_index_are_shown(environment: Synthesis) -> None:
    parts = Counter[str | None]()
    for table in environment.of("aws_dynamodb_table"):
        if table.stack == "data-stack":
            parts[None] += 1
            parts.update(each["name"] for each in table.body.get("global_secondary_index", ()))
    for name in ("ReadThrottleEvents", "WriteThrottleEvents", "ConsumedReadCapacityUnits"):
        found = [each for each in shown(environment) if each.name == name]
        assert Counter(each.dimensions.get("GlobalSecondaryIndexName") for each in found) == parts, name


def test_our_metrics_are_those_of_the_contract_with_its_dimensions(environment: Synthesis) -> None:
    of_contract = {each.name: each for each in metrics.METRICS}
    for each in shown(environment):
        if each.namespace == metrics.NAMESPACE:
            of_bank = {metrics.BANK_DIMENSION} if of_contract[each.name].of_bank else set[str]()
            assert each.dimensions.keys() == {metrics.ENVIRONMENT_DIMENSION} | of_bank
            assert each.dimensions[metrics.ENVIRONMENT_DIMENSION] == environment.suffix


def test_every_metric_of_the_contract_is_shown_but_that_of_banks_without_a_calendar(dev: Synthesis) -> None:
    own = {each.name for each in shown(dev) if each.namespace == metrics.NAMESPACE}
    assert {each.name for each in metrics.METRICS} - own <= {metrics.REPORT_OVERDUE.name}


def test_the_metrics_of_aws_are_documented_with_their_dimensions(environment: Synthesis) -> None:
    for each in shown(environment):
        if each.namespace != metrics.NAMESPACE:
            service = AWS_METRICS[each.namespace]
            assert each.name in service.names, each.title
            assert frozenset(each.dimensions) in service.dimensions, each.title


def test_dimensions_name_what_the_stacks_make(environment: Synthesis) -> None:
    for each in shown(environment):
        for dimension, value in each.dimensions.items():
            if dimension not in NAMED_BY:
                continue
            type_, attribute = NAMED_BY[dimension]
            if value.startswith("${"):
                resource, referred_attribute = referred(value, "compute-stack", environment)
                assert (resource.type, referred_attribute) == (type_, attribute), each
            else:
                # The name of a workflow's log group ends in a reference to the workflow's name.
                name = re.sub(r"\$\{[^}]+\}", lambda part: named(part[0], environment), value)
                assert name in names_of(environment, type_, attribute), each


def named(reference: str, synthesis: Synthesis) -> str:
    resource, attribute = referred(reference, "compute-stack", synthesis)
    return str(resource.body[attribute])


def test_the_api_the_workflows_and_the_indexes_are_those_of_the_stacks(environment: Synthesis) -> None:
    indexes = {
        (table.body["name"], index["name"])
        for table in environment.of("aws_dynamodb_table")
        for index in table.body.get("global_secondary_index", [])
    }
    shown_indexes = set()
    machines = set()
    for each in shown(environment):
        if "ApiName" in each.dimensions:
            assert each.dimensions["ApiName"] == environment.one("aws_api_gateway_rest_api").body["name"]
        if "StateMachineArn" in each.dimensions:
            machine, attribute = referred(each.dimensions["StateMachineArn"], "compute-stack", environment)
            assert attribute == "arn"
            machines.add(machine.address)
        if "GlobalSecondaryIndexName" in each.dimensions:
            table = named(each.dimensions["TableName"], environment)
            shown_indexes.add((table, each.dimensions["GlobalSecondaryIndexName"]))
    assert machines == {each.address for each in environment.of("aws_sfn_state_machine")}
    assert shown_indexes == indexes


@pytest.mark.parametrize("title", ["Functions at once", "Throttled calls of functions", "Lambda: calls"])
def test_all_functions_are_in_the_graphs_of_functions(dev: Synthesis, title: str) -> None:
    functions = [named(each.dimensions["FunctionName"], dev) for each in shown(dev) if each.title == title]
    assert sorted(functions) == sorted(names_of(dev, "aws_lambda_function", "function_name"))


def test_all_queues_are_in_the_graphs_of_queues(dev: Synthesis) -> None:
    for title in ("Messages that wait", "Age of the oldest message"):
        queues = [named(each.dimensions["QueueName"], dev) for each in shown(dev) if each.title == title]
        assert sorted(queues) == sorted(names_of(dev, "aws_sqs_queue", "name"))


def test_all_log_groups_but_that_of_the_apis_errors_are_in_the_graph_of_log_bytes(dev: Synthesis) -> None:
    # API Gateway names that one by the API's id, which only the api-stack knows.
    groups = [each for each in shown(dev) if each.title == "CloudWatch: log bytes"]
    assert len(groups) == len(dev.of("aws_cloudwatch_log_group")) - 1


def test_the_first_widget_says_whose_the_dashboard_is_as_adoption_reads_it(dev: Synthesis) -> None:
    text = body_of(dev)["widgets"][0]["properties"]["markdown"]
    assert "Application=transaction-pipeline, Environment=dev" in text


def test_the_picture_in_the_docs_has_the_graphs_of_the_dashboard_that_it_was_drawn_from(local: Synthesis) -> None:
    svg = ET.parse(ROOT / "docs" / "dashboard.svg").getroot()  # noqa: S314  our own file
    titles = [each.text for each in svg.iter("{http://www.w3.org/2000/svg}text") if each.get("class") == "t"]
    assert titles == list(graphs(local)), "run `./dev dashboard` and commit docs/dashboard.svg"
