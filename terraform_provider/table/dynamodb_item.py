"""DynamoDB: single items of a table."""

import json
from collections.abc import Mapping
from typing import Any, Final

from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, Request, ResourceType, Response
from terraform_provider.values import UNKNOWN, State


def _item_key(state: Mapping[str, Any]) -> dict[str, Any]:
    item = json.loads(state["item"])
    return {state[name]: item[state[name]] for name in ("hash_key", "range_key") if state.get(name)}


def _put_item(_session: Session, request: Request, state: State) -> Request:
    key = _item_key(state)
    values = [str(value) for typed in key.values() for value in typed.values()]
    parts = [part for name, value in zip(key, values, strict=True) for part in (name, value)]
    state["id"] = "|".join([state["table_name"], *parts])
    return {**request, "Item": json.loads(state["item"])}


def _create_item(session: Session, request: Request, state: State) -> Request:
    """A create must not overwrite an existing item, as with the real provider."""
    return {
        **_put_item(session, request, state),
        "ConditionExpression": "attribute_not_exists(#hash)",
        "ExpressionAttributeNames": {"#hash": state["hash_key"]},
    }


def _with_key(_session: Session, request: Request, state: State) -> Request:
    return {**request, "Key": _item_key(state)}


def _read_item(_session: Session, response: Response, _prior: State) -> State | None:
    return {"item": json.dumps(response["Item"], separators=(",", ":"))} if "Item" in response else None


def _key_changes(prior: State, planned: State) -> set[str]:
    """An item with another key is another item; so may be one whose content is not known yet."""
    if planned["item"] is UNKNOWN or UNKNOWN in (planned["hash_key"], planned["range_key"]):
        return {"item"}
    return {"item"} if _item_key(prior) != _item_key(planned) else set()


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_dynamodb_table_item": ResourceType(
        service="dynamodb",
        create=Call(
            "PutItem",
            keys={"TableName": "{table_name}"},
            attributes=frozenset(),
            prepare=_create_item,
            prepared={"item", "hash_key", "range_key"},
        ),
        reads=(
            Read(
                "GetItem",
                keys={"TableName": "{table_name}"},
                constants={"ConsistentRead": True},
                attributes=frozenset(),
                prepare=_with_key,
                interpret=_read_item,
            ),
        ),
        delete=Call("DeleteItem", keys={"TableName": "{table_name}"}, prepare=_with_key),
        id="{id}",
        import_id="",
        updates=(
            Call(
                "PutItem",
                keys={"TableName": "{table_name}"},
                attributes=frozenset(),
                prepare=_put_item,
                prepared={"item"},
            ),
        ),
        replaced_by={"table_name", "hash_key", "range_key"},
        replaced_when=_key_changes,
    ),
}
