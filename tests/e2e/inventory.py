"""What exists in a local cloud by name, according to the AWS APIs."""

from collections.abc import Iterator

from local.cloud.clients import SUFFIX, Cloud


def names_with_suffix(cloud: Cloud, suffix: str = SUFFIX) -> dict[str, list[str]]:
    """Names of everything with an environment's suffix, by kind; empty kinds are left out."""
    found = {kind: sorted(name for name in names if name.endswith(f"-{suffix}")) for kind, names in _names(cloud)}
    return {kind: names for kind, names in found.items() if names}


def arns_with_tag(cloud: Cloud, suffix: str = SUFFIX) -> list[str]:
    """ARNs of everything with an environment's tag, as far as MiniStack's tagging API knows (not all kinds)."""
    tagging = cloud.client("resourcegroupstaggingapi")
    pages = tagging.get_paginator("get_resources").paginate(TagFilters=[{"Key": "Environment", "Values": [suffix]}])
    return sorted(each["ResourceARN"] for page in pages for each in page["ResourceTagMappingList"])


def _names(cloud: Cloud) -> Iterator[tuple[str, list[str]]]:
    client = cloud.client
    apigateway, lambda_, events = client("apigateway"), client("lambda"), client("events")
    queues = client("sqs").list_queues().get("QueueUrls", [])
    topics = client("sns").list_topics()["Topics"]
    machines = client("stepfunctions").list_state_machines()["stateMachines"]
    # Two environments have more than one page of them.
    alarms = client("cloudwatch").get_paginator("describe_alarms").paginate().search("MetricAlarms[].AlarmName")
    dashboards = client("cloudwatch").list_dashboards()["DashboardEntries"]
    filters = client("logs").describe_metric_filters()["metricFilters"]
    log_groups = client("logs").describe_log_groups()["logGroups"]
    yield "bucket", [each["Name"] for each in client("s3").list_buckets()["Buckets"]]
    yield "table", client("dynamodb").list_tables()["TableNames"]
    yield "queue", [url.rsplit("/", 1)[1] for url in queues]
    yield "topic", [each["TopicArn"].rsplit(":", 1)[1] for each in topics]
    yield "function", [each["FunctionName"] for each in lambda_.list_functions()["Functions"]]
    yield "role", [each["RoleName"] for each in client("iam").list_roles()["Roles"]]
    yield "log group", [each["logGroupName"] for each in log_groups]
    yield "state machine", [each["name"] for each in machines]
    yield "rule", [each["Name"] for each in events.list_rules()["Rules"]]
    yield "alarm", list(alarms)
    yield "dashboard", [each["DashboardName"] for each in dashboards]
    yield "metric filter", [each["filterName"] for each in filters]
    yield "REST API", [each["name"] for each in apigateway.get_rest_apis()["items"]]
    yield "usage plan", [each["name"] for each in apigateway.get_usage_plans()["items"]]
    yield "web ACL", [each["Name"] for each in client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]]
    yield "API key", [each["name"] for each in apigateway.get_api_keys()["items"]]
