"""CloudWatch: log groups, alarms and dashboards."""

from collections.abc import Mapping
from typing import Any, Final

from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, ResourceType, Response
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_GROUP: Final = {"logGroupName": "{id}"}


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
    ),
    "aws_cloudwatch_dashboard": ResourceType(
        service="cloudwatch",
        create=Call("PutDashboard"),
        reads=(Read("GetDashboard", keys={"DashboardName": "{id}"}),),
        delete=Call("DeleteDashboards", keys={"DashboardNames": ("{id}",)}),
        id="{dashboard_name}",
        updates=(Call("PutDashboard", keys={"DashboardName": "{id}"}, attributes={"dashboard_body"}),),
        replaced_by={"dashboard_name"},
    ),
}
