"""What exists in the local cloud, read service by service without the provider."""

from typing import Any

from tests.e2e.terraform_provider.terraform import Cloud

LISTS = (
    ("s3", "list_buckets", "Buckets"),
    ("dynamodb", "list_tables", "TableNames"),
    ("sqs", "list_queues", "QueueUrls"),
    ("sns", "list_topics", "Topics"),
    ("sns", "list_subscriptions", "Subscriptions"),
    ("events", "list_rules", "Rules"),
    ("iam", "list_roles", "Roles"),
    ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList"),
    ("lambda", "list_functions", "Functions"),
    ("stepfunctions", "list_state_machines", "stateMachines"),
    ("logs", "describe_log_groups", "logGroups"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
    ("cloudwatch", "list_dashboards", "DashboardEntries"),
    ("apigateway", "get_rest_apis", "items"),
    ("apigateway", "get_api_keys", "items"),
    ("apigateway", "get_usage_plans", "items"),
    ("wafv2", "list_web_acls", "WebACLs"),
)
"""Service, operation, and the member of its response that lists what exists."""
PARAMETERS = {"list_web_acls": {"Scope": "REGIONAL"}}
"""Of the operations that need some."""


def client(cloud: Cloud, service: str) -> Any:
    """A client of the local cloud."""
    return cloud.clients.client(service)


def inventory(cloud: Cloud) -> dict[str, list[Any]]:
    """All that exists, by operation; empty if nothing does."""
    found = {
        name: getattr(client(cloud, service), operation)(**PARAMETERS.get(operation, {})).get(member)
        for service, operation, member in LISTS
        for name in (f"{service}.{operation}",)
    }
    return {name: items for name, items in found.items() if items}
