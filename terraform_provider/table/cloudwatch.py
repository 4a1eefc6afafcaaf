"""CloudWatch: log groups, metric filters, alarms and dashboards."""

from collections.abc import Mapping
from typing import Any, Final

from terraform_provider.rules import (
    ACTION_ARN,
    OBJECT,
    Rule,
    excludes,
    is_set,
    matches,
    needs,
    one_of,
    seconds_of_a_period,
)
from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, ResourceType, Response
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_GROUP: Final = {"logGroupName": "{id}"}
_FILTER: Final = {"logGroupName": "{log_group_name}", "filterName": "{name}"}


def _read_group(_session: Session, response: Response, prior: State) -> State | None:
    """The API searches by prefix: take the group with exactly this name."""
    groups: list[Mapping[str, Any]] = response["logGroups"]
    group = next((one for one in groups if one["logGroupName"] == prior["id"]), None)
    if group is None:
        return None
    return {
        "name": group["logGroupName"],
        "arn": group["arn"].removesuffix(":*"),
        "retention_in_days": group.get("retentionInDays", 0),
        "log_group_class": group.get("logGroupClass", "STANDARD"),
        "kms_key_id": group.get("kmsKeyId"),
    }


def _read_filter(_session: Session, response: Response, prior: State) -> State | None:
    """The API searches by prefix, in order: if there is a filter with exactly this name, it is the first."""
    return {} if response["filterName"] == prior["name"] else None


_RETENTIONS: Final = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
_STATISTICS: Final = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
_RANGE: Final = r"\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\)"
_STATISTIC: Final = rf"(p|tm|wm|tc|ts)(\d{{1,2}}(\.\d+)?|100)|IQM|(TM|WM|PR|TC|TS){_RANGE}"
_EXTENDED_STATISTIC: Final = matches(_STATISTIC, "a percentile such as p90, or a trimmed statistic such as TM(2%:98%)")
_ANY_STATISTIC: Final = matches(
    f"{'|'.join(_STATISTICS)}|{_STATISTIC}", f"one of {', '.join(_STATISTICS)}, or a percentile such as p90"
)
_OF_ONE_METRIC: Final = frozenset(
    {"dimensions", "extended_statistic", "metric_name", "namespace", "period", "statistic"}
)
"""What an alarm on an expression must not have itself."""


def _both_set(query: State) -> str | None:
    both = is_set(query, "expression") and is_set(query, "metric")
    return "not to have both an expression and a metric" if both else None


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_cloudwatch_log_group": ResourceType(
        service="logs",
        create=Call("CreateLogGroup"),
        reads=(
            Read(
                "DescribeLogGroups",
                keys={"logGroupNamePrefix": "{id}"},
                attributes=frozenset(),
                interpret=_read_group,
            ),
        ),
        delete=Call("DeleteLogGroup", keys=_GROUP),
        id="{name}",
        settings=(Call("PutRetentionPolicy", keys=_GROUP, attributes={"retention_in_days"}),),
        names={"name": "logGroupName"},
        tagging=TagOperations(member="resourceArn", keys="tagKeys"),
        replaced_by={"name", "log_group_class"},
        defaults={"retention_in_days": 0},
        rules={"retention_in_days": one_of(*_RETENTIONS)},
    ),
    "aws_cloudwatch_log_metric_filter": ResourceType(
        service="logs",
        create=Call("PutMetricFilter"),
        reads=(
            Read(
                "DescribeMetricFilters",
                keys={"logGroupName": "{log_group_name}", "filterNamePrefix": "{name}"},
                at="metricFilters.0",
                interpret=_read_filter,
            ),
        ),
        delete=Call("DeleteMetricFilter", keys=_FILTER),
        id="{name}",
        import_id="{log_group_name}:{name}",
        updates=(Call("PutMetricFilter", keys=_FILTER),),
        names={
            "name": "filterName",
            "pattern": "filterPattern",
            "metric_transformation.name": "metricName",
            "metric_transformation.namespace": "metricNamespace",
            "metric_transformation.value": "metricValue",
            # It is text in Terraform and a number in the API, and excludes the dimensions, which the stacks use.
            "metric_transformation.default_value": None,
        },
        replaced_by={"name", "log_group_name"},
        defaults={"metric_transformation.unit": "None"},
    ),
    "aws_cloudwatch_metric_alarm": ResourceType(
        service="cloudwatch",
        create=Call("PutMetricAlarm"),
        reads=(Read("DescribeAlarms", keys={"AlarmNames": ("{id}",)}, at="MetricAlarms.0"),),
        delete=Call("DeleteAlarms", keys={"AlarmNames": ("{id}",)}),
        id="{alarm_name}",
        updates=(Call("PutMetricAlarm"),),
        names={
            "arn": "AlarmArn",
            "evaluate_low_sample_count_percentiles": "EvaluateLowSampleCountPercentile",
            "metric_query": "Metrics",
            "metric_query.metric": "MetricStat",
            "metric_query.metric.metric_name": "Metric.MetricName",
            "metric_query.metric.namespace": "Metric.Namespace",
            "metric_query.metric.dimensions": "Metric.Dimensions",
        },
        tagging=TagOperations(member="ResourceARN"),
        replaced_by={"alarm_name"},
        defaults={"actions_enabled": True, "treat_missing_data": "missing", "metric_query.return_data": False},
        rules={
            **dict.fromkeys(("alarm_actions", "insufficient_data_actions", "ok_actions"), ACTION_ARN),
            "evaluate_low_sample_count_percentiles": one_of("evaluate", "ignore"),
            "extended_statistic": _EXTENDED_STATISTIC,
            "period": seconds_of_a_period(10, 20, 30),
            "treat_missing_data": one_of("breaching", "ignore", "missing", "notBreaching"),
            "metric_query": Rule(broken=_both_set),
            "metric_query.period": seconds_of_a_period(1, 5, 10, 20, 30),
            "metric_query.metric.period": seconds_of_a_period(1, 5, 10, 20, 30),
            "metric_query.metric.stat": _ANY_STATISTIC,
        },
        checks=(
            excludes("metric_query", _OF_ONE_METRIC),
            excludes("threshold", {"threshold_metric_id"}),
            excludes("extended_statistic", {"statistic"}),
            needs(
                "statistic",
                when=lambda config: is_set(config, "metric_name") and config["extended_statistic"] is None,
                why="(or extended_statistic) beside metric_name",
            ),
        ),
    ),
    "aws_cloudwatch_dashboard": ResourceType(
        service="cloudwatch",
        create=Call("PutDashboard"),
        reads=(Read("GetDashboard", keys={"DashboardName": "{id}"}),),
        delete=Call("DeleteDashboards", keys={"DashboardNames": ("{id}",)}),
        id="{dashboard_name}",
        updates=(Call("PutDashboard", keys={"DashboardName": "{id}"}, attributes={"dashboard_body"}),),
        replaced_by={"dashboard_name"},
        rules={
            "dashboard_name": matches(r"[\w-]{1,255}", "1 to 255 letters, digits, hyphens and underscores"),
            "dashboard_body": OBJECT,
        },
    ),
}
