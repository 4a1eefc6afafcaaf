"""DynamoDB: tables with on-demand capacity and global secondary indexes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from terraform_provider.errors import ProviderError
from terraform_provider.rules import ARN, ConfigurationError, matches, one_of
from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, Request, ResourceType, Response, Waiter
from terraform_provider.tagging import TagOperations
from terraform_provider.values import UNKNOWN, State

_TABLE: Final = {"TableName": "{id}"}
_ON_DEMAND: Final = "PAY_PER_REQUEST"
_INDEXES: Final = "global_secondary_index"
_INDEX_PARTS: Final = frozenset(f"{_INDEXES}.{name}" for name in ("hash_key", "name", "projection_type", "range_key"))

_NAME: Final = matches(r"[\w.-]{3,255}", "3 to 255 letters, digits, dots, hyphens and underscores")
_NOT_ON_DEMAND: Final = (
    f'the local provider creates only tables with billing_mode = "{_ON_DEMAND}": '
    "set it, or deploy with `--provider registry`"
)


def _indexed(config: State) -> Iterator[ConfigurationError]:
    """The attributes that are defined are the keys of the table and of its indexes, and no others."""
    attributes, indexes = config["attribute"], config[_INDEXES]
    if not attributes or attributes is UNKNOWN or indexes is UNKNOWN:
        return  # without attributes, an existing table keeps its own
    keys = {index.get(name): f"{_INDEXES}.{name}" for index in indexes for name in ("hash_key", "range_key")}
    keys |= {config[name]: name for name in ("hash_key", "range_key")}
    defined = {attribute["name"] for attribute in attributes}
    if UNKNOWN in keys or UNKNOWN in defined:
        return
    unused, missing = defined - keys.keys(), keys.keys() - defined - {None, ""}
    if unused:
        message = f"expected every attribute to be a key of the table or of an index; {_listed(unused)} is none"
        yield ConfigurationError(path=("attribute",), message=message)
    for key in sorted(missing):
        message = f'expected {keys[key]} to be defined by an attribute block; "{key}" is not'
        yield ConfigurationError(path=(keys[key].partition(".")[0],), message=message)


def _listed(names: set[Any]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))


def _on_demand(config: State) -> Iterator[ConfigurationError]:
    """The default, PROVISIONED, needs capacities, which the local provider does not send."""
    if config["billing_mode"] in (None, "PROVISIONED"):
        yield ConfigurationError(path=("billing_mode",), message=_NOT_ON_DEMAND)


def _expiring(config: State) -> Iterator[ConfigurationError]:
    for ttl in config["ttl"] if config["ttl"] is not UNKNOWN else ():
        if ttl["enabled"] is True and ttl["attribute_name"] in (None, ""):
            path = ("ttl", 0, "attribute_name")
            yield ConfigurationError(path=path, message="expected ttl.0.attribute_name to be set when ttl is enabled")


def _key_schema(keys: Mapping[str, Any]) -> list[dict[str, str]]:
    kinds = (("hash_key", "HASH"), ("range_key", "RANGE"))
    return [{"AttributeName": keys[name], "KeyType": kind} for name, kind in kinds if keys.get(name)]


def _create_table(_session: Session, request: Request, state: State) -> Request:
    if state["billing_mode"] != _ON_DEMAND:
        raise ProviderError(_NOT_ON_DEMAND, path=("billing_mode",))
    indexes = _indexes(state)
    complete = {**request, "KeySchema": _key_schema(state)}
    return {**complete, "GlobalSecondaryIndexes": indexes} if indexes else complete


def _indexes(state: State) -> list[dict[str, Any]]:
    return [
        {
            "IndexName": index["name"],
            "KeySchema": _key_schema(index),
            "Projection": {"ProjectionType": index["projection_type"]},
        }
        for index in state.get(_INDEXES) or []
    ]


def _change_indexes(session: Session, request: Request, state: State) -> Request | None:
    """Delete and create indexes; a changed one is both. AWS takes one change at a time, the local cloud all."""
    client = session.client("dynamodb", state.get("region"))
    table = client.describe_table(TableName=request["TableName"])["Table"]
    members = ("IndexName", "KeySchema", "Projection")
    old = [{name: index[name] for name in members} for index in table.get("GlobalSecondaryIndexes", [])]
    new = _indexes(state)
    deleted = [{"Delete": {"IndexName": index["IndexName"]}} for index in old if index not in new]
    created = [{"Create": index} for index in new if index not in old]
    return {**request, "GlobalSecondaryIndexUpdates": deleted + created} if deleted or created else None


def _read_table(_session: Session, response: Response, prior: State) -> State:
    seen: State = {
        **_read_keys(response["KeySchema"]),
        "billing_mode": response.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        _INDEXES: [_read_index(one) for one in response.get("GlobalSecondaryIndexes", [])],
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
    return {
        **_read_keys(index["KeySchema"]),
        "name": index["IndexName"],
        "projection_type": index["Projection"]["ProjectionType"],
    }


def _read_recovery(_session: Session, response: Response, _prior: State) -> State:
    enabled = response.get("PointInTimeRecoveryStatus") == "ENABLED"
    return {"point_in_time_recovery": [{"enabled": enabled}]}


def _expiry(_session: Session, request: Request, _state: State) -> Request | None:
    """A table that has never had an attribute of expiry needs no call."""
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
            prepared={"hash_key", "range_key", *_INDEX_PARTS},
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
            Call("UpdateTable", keys=_TABLE, attributes={"deletion_protection_enabled", "server_side_encryption"}),
            Call(
                "UpdateTable",
                keys=_TABLE,
                attributes={"attribute"},
                prepare=_change_indexes,
                prepared=_INDEX_PARTS,
            ),
        ),
        settings=(
            Call(
                "UpdateContinuousBackups",
                keys=_TABLE,
                attributes={"point_in_time_recovery"},
                names={
                    "point_in_time_recovery": "PointInTimeRecoverySpecification",
                    "point_in_time_recovery.enabled": "PointInTimeRecoveryEnabled",
                    "point_in_time_recovery.recovery_period_in_days": None,
                },
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
            "on_demand_throughput": None,
            "replica": None,
            "table_class": None,
            "warm_throughput": None,
        },
        tagging=TagOperations(list="ListTagsOfResource", member="ResourceArn"),
        replaced_by={"name", "hash_key", "range_key"},
        defaults={"billing_mode": "PROVISIONED", "deletion_protection_enabled": False},
        kept={"attribute", "point_in_time_recovery", "ttl", "server_side_encryption"},
        created_with={"attribute"},
        waiter=Waiter(name="table_exists", keys={"TableName": "{name}"}),
        rules={
            "name": _NAME,
            f"{_INDEXES}.name": _NAME,
            f"{_INDEXES}.projection_type": one_of("ALL", "INCLUDE", "KEYS_ONLY"),
            "server_side_encryption.kms_key_arn": ARN,
        },
        checks=(_indexed, _on_demand, _expiring),
    ),
}
