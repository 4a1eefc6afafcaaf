"""DynamoDB: tables."""

from collections.abc import Mapping
from typing import Any, Final

from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, Request, ResourceType, Response, Waiter
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_TABLE: Final = {"TableName": "{id}"}


def _key_schema(keys: Mapping[str, Any]) -> list[dict[str, str]]:
    kinds = (("hash_key", "HASH"), ("range_key", "RANGE"))
    return [{"AttributeName": keys[name], "KeyType": kind} for name, kind in kinds if keys.get(name)]


def _throughput(settings: Mapping[str, Any]) -> dict[str, int]:
    return {
        "ReadCapacityUnits": int(settings.get("read_capacity") or 1),
        "WriteCapacityUnits": int(settings.get("write_capacity") or 1),
    }


def _index(index: Mapping[str, Any], keys: Mapping[str, Any], *, provisioned: bool) -> dict[str, Any]:
    projection = {"ProjectionType": index["projection_type"]}
    if index.get("non_key_attributes"):
        projection["NonKeyAttributes"] = index["non_key_attributes"]
    described = {"IndexName": index["name"], "KeySchema": _key_schema(keys), "Projection": projection}
    return {**described, "ProvisionedThroughput": _throughput(index)} if provisioned else described


def _provisioned(state: Mapping[str, Any]) -> bool:
    return state.get("billing_mode") != "PAY_PER_REQUEST"


def _stream(state: Mapping[str, Any]) -> dict[str, Any]:
    if not state.get("stream_enabled"):
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": state["stream_view_type"]}


def _create_table(_session: Session, request: Request, state: State) -> Request:
    provisioned = _provisioned(state)
    complete = {**request, "KeySchema": _key_schema(state)}
    if provisioned:
        complete["ProvisionedThroughput"] = _throughput(state)
    if state.get("stream_enabled"):
        complete["StreamSpecification"] = _stream(state)
    if state.get("global_secondary_index"):
        complete["GlobalSecondaryIndexes"] = [
            _index(index, index, provisioned=provisioned) for index in state["global_secondary_index"]
        ]
    if state.get("local_secondary_index"):
        complete["LocalSecondaryIndexes"] = [
            _index(index, {**index, "hash_key": state["hash_key"]}, provisioned=False)
            for index in state["local_secondary_index"]
        ]
    return complete


def _update_capacity(_session: Session, request: Request, state: State) -> Request:
    return {**request, "ProvisionedThroughput": _throughput(state)} if _provisioned(state) else request


def _update_stream(_session: Session, request: Request, state: State) -> Request:
    return {**request, "StreamSpecification": _stream(state)}


def _update_indexes(session: Session, _request: Request, state: State) -> None:
    """One call for each index that comes or goes, as DynamoDB wants it; an index that changed does both."""
    client = session.client("dynamodb", state.get("region"))
    described = client.describe_table(TableName=state["name"])["Table"].get("GlobalSecondaryIndexes", [])
    provisioned = _provisioned(state)
    wanted = {
        index["name"]: _index(index, index, provisioned=provisioned)
        for index in state.get("global_secondary_index") or []
    }
    present = {index["IndexName"]: index for index in described}
    lost = [name for name in present if not _same_index(present[name], wanted.get(name))]
    fresh = [name for name in wanted if name in lost or name not in present]
    changes = [{"Delete": {"IndexName": name}} for name in lost] + [{"Create": wanted[name]} for name in fresh]
    definitions = [{"AttributeName": one["name"], "AttributeType": one["type"]} for one in state["attribute"]]
    for change in changes:
        client.update_table(
            TableName=state["name"], AttributeDefinitions=definitions, GlobalSecondaryIndexUpdates=[change]
        )


def _same_index(present: Mapping[str, Any], wanted: Mapping[str, Any] | None) -> bool:
    if wanted is None:
        return False
    shown, asked = present["Projection"], wanted["Projection"]
    return (
        present["KeySchema"] == wanted["KeySchema"]
        and shown["ProjectionType"] == asked["ProjectionType"]
        and sorted(shown.get("NonKeyAttributes", [])) == sorted(asked.get("NonKeyAttributes", []))
    )


def _read_table(_session: Session, response: Response, prior: State) -> State:
    throughput = response.get("ProvisionedThroughput", {})
    seen: State = {
        **_read_keys(response["KeySchema"]),
        "billing_mode": response.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "table_class": response.get("TableClassSummary", {}).get("TableClass") or prior.get("table_class"),
        "read_capacity": throughput.get("ReadCapacityUnits", 0),
        "write_capacity": throughput.get("WriteCapacityUnits", 0),
        "stream_enabled": response.get("StreamSpecification", {}).get("StreamEnabled", False),
        "stream_view_type": response.get("StreamSpecification", {}).get("StreamViewType"),
        "global_secondary_index": [_read_index(one) for one in response.get("GlobalSecondaryIndexes", [])],
        "local_secondary_index": [_read_index(one) for one in response.get("LocalSecondaryIndexes", [])],
    }
    encryption = response.get("SSEDescription") or {}
    if prior.get("server_side_encryption") or encryption.get("SSEType") == "KMS":
        enabled = encryption.get("Status") in ("ENABLED", "ENABLING", "UPDATING")
        seen["server_side_encryption"] = [{"enabled": enabled, "kms_key_arn": encryption.get("KMSMasterKeyArn")}]
    return seen


def _read_keys(key_schema: list[dict[str, str]]) -> State:
    names = {"HASH": "hash_key", "RANGE": "range_key"}
    return {"range_key": None, **{names[one["KeyType"]]: one["AttributeName"] for one in key_schema}}


def _read_index(index: Mapping[str, Any]) -> State:
    throughput = index.get("ProvisionedThroughput", {})
    return {
        **_read_keys(index["KeySchema"]),
        "name": index["IndexName"],
        "projection_type": index["Projection"]["ProjectionType"],
        "non_key_attributes": index["Projection"].get("NonKeyAttributes"),
        "read_capacity": throughput.get("ReadCapacityUnits", 0),
        "write_capacity": throughput.get("WriteCapacityUnits", 0),
    }


def _recovery(_session: Session, request: Request, state: State) -> Request:
    wanted = (state.get("point_in_time_recovery") or [{"enabled": False}])[0]
    specification = {"PointInTimeRecoveryEnabled": wanted["enabled"]}
    if wanted["enabled"] and wanted.get("recovery_period_in_days"):
        specification["RecoveryPeriodInDays"] = wanted["recovery_period_in_days"]
    return {**request, "PointInTimeRecoverySpecification": specification}


def _read_recovery(_session: Session, response: Response, _prior: State) -> State:
    enabled = response.get("PointInTimeRecoveryStatus") == "ENABLED"
    days = response.get("RecoveryPeriodInDays")
    return {"point_in_time_recovery": [{"enabled": enabled, "recovery_period_in_days": days}]}


def _expiry(_session: Session, request: Request, _state: State) -> Request | None:
    """Nothing to do for a table that has never had an attribute of expiry."""
    return request if request["TimeToLiveSpecification"].get("AttributeName") else None


def _read_expiry(_session: Session, response: Response, _prior: State) -> State:
    enabled = response.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return {"ttl": [{"enabled": enabled, "attribute_name": response.get("AttributeName", "")}]}


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_dynamodb_table": ResourceType(
        service="dynamodb",
        create=Call(
            "CreateTable",
            prepare=_create_table,
            prepared={
                "hash_key",
                "range_key",
                "read_capacity",
                "write_capacity",
                "stream_enabled",
                "stream_view_type",
                "global_secondary_index",
                "local_secondary_index",
            },
        ),
        reads=(
            Read("DescribeTable", keys=_TABLE, at="Table", interpret=_read_table),
            Read(
                "DescribeContinuousBackups",
                keys=_TABLE,
                at="ContinuousBackupsDescription.PointInTimeRecoveryDescription",
                attributes=frozenset(),
                interpret=_read_recovery,
            ),
            Read(
                "DescribeTimeToLive",
                keys=_TABLE,
                at="TimeToLiveDescription",
                attributes=frozenset(),
                interpret=_read_expiry,
            ),
        ),
        delete=Call("DeleteTable", keys=_TABLE),
        id="{name}",
        updates=(
            Call(
                "UpdateTable",
                keys=_TABLE,
                attributes={"billing_mode", "read_capacity", "write_capacity"},
                prepare=_update_capacity,
            ),
            Call(
                "UpdateTable",
                keys=_TABLE,
                attributes={"deletion_protection_enabled", "server_side_encryption", "table_class"},
            ),
            Call("UpdateTable", keys=_TABLE, attributes={"stream_enabled", "stream_view_type"}, prepare=_update_stream),
            Call(
                "UpdateTable", keys=_TABLE, attributes={"global_secondary_index", "attribute"}, prepare=_update_indexes
            ),
        ),
        settings=(
            Call(
                "UpdateContinuousBackups",
                keys=_TABLE,
                attributes={"point_in_time_recovery"},
                prepare=_recovery,
            ),
            Call(
                "UpdateTimeToLive",
                keys=_TABLE,
                attributes={"ttl"},
                names={"ttl": "TimeToLiveSpecification"},
                prepare=_expiry,
            ),
        ),
        names={
            "name": "TableName",
            "arn": "TableArn",
            "attribute": "AttributeDefinitions",
            "attribute.name": "AttributeName",
            "attribute.type": "AttributeType",
            "server_side_encryption": "SSESpecification",
            "server_side_encryption.kms_key_arn": "KMSMasterKeyId",
            "global_secondary_index": None,
            "local_secondary_index": None,
            "stream_arn": "LatestStreamArn",
            "stream_label": "LatestStreamLabel",
            "table_class": "TableClass",
            "warm_throughput": None,
            "on_demand_throughput": None,
            "replica": None,
        },
        tagging=TagOperations(
            add="TagResource",
            remove="UntagResource",
            list="ListTagsOfResource",
            member="ResourceArn",
            resource="arn",
        ),
        replaced_by={"name", "hash_key", "range_key", "local_secondary_index"},
        defaults={"billing_mode": "PROVISIONED", "deletion_protection_enabled": False},
        kept={"point_in_time_recovery", "ttl", "server_side_encryption"},
        waiter=Waiter(name="table_exists", keys={"TableName": "{name}"}),
    ),
}
