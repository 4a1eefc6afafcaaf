"""What distinguishes a resource from one that replaced it: ids that AWS assigns, and times of creation."""

from typing import Any

from local.cloud.clients import Cloud


def identities(cloud: Cloud) -> dict[str, Any]:
    """By kind and name, of everything that holds data or is known outside."""
    client = cloud.client
    found = {f"bucket {each['Name']}": each["CreationDate"] for each in client("s3").list_buckets()["Buckets"]}
    for group in client("logs").describe_log_groups()["logGroups"]:
        found[f"log group {group['logGroupName']}"] = group["creationTime"]
    for role in client("iam").list_roles()["Roles"]:
        found[f"role {role['RoleName']}"] = (role["RoleId"], role["CreateDate"])
    for machine in client("stepfunctions").list_state_machines()["stateMachines"]:
        found[f"state machine {machine['name']}"] = machine["creationDate"]
    return found | _tables(client("dynamodb")) | _queues(client("sqs")) | _api(client("apigateway"))


def _tables(dynamodb: Any) -> dict[str, Any]:
    tables = [dynamodb.describe_table(TableName=name)["Table"] for name in dynamodb.list_tables()["TableNames"]]
    return {f"table {each['TableName']}": (each["TableId"], each["CreationDateTime"]) for each in tables}


def _queues(sqs: Any) -> dict[str, Any]:
    urls = sqs.list_queues().get("QueueUrls", [])
    asked = {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp"]) for url in urls}
    return {f"queue {url}": answer["Attributes"]["CreatedTimestamp"] for url, answer in asked.items()}


def _api(apigateway: Any) -> dict[str, Any]:
    apis = apigateway.get_rest_apis()["items"]
    found = {f"REST API {each['name']}": (each["id"], each["createdDate"]) for each in apis}
    for api in apis:
        resources = apigateway.get_resources(restApiId=api["id"])["items"]
        found |= {f"path {each['path']}": each["id"] for each in resources}
    plans = apigateway.get_usage_plans()["items"]
    keys = apigateway.get_api_keys(includeValues=True)["items"]
    found |= {f"usage plan {each['name']}": each["id"] for each in plans}
    return found | {f"API key {each['name']}": (each["id"], each["value"]) for each in keys}
