"""DynamoDB: single items of a table."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from terraform_provider.errors import ProviderError
from terraform_provider.rules import ConfigurationError, Rule, parse_json
from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, Request, ResourceType, Response
from terraform_provider.values import UNKNOWN, State

_KEYS: Final = ("hash_key", "range_key")


def _item_key(state: Mapping[str, Any]) -> dict[str, Any]:
    """The item's key; raises ProviderError if the item lacks a part of it."""
    missing = next(_missing_keys(state), None)
    if missing:
        raise ProviderError(missing.message, path=missing.path)
    return _key_in_item(state)


def _key_in_item(state: Mapping[str, Any]) -> dict[str, Any]:
    item = json.loads(state["item"])
    return {state[name]: item.get(state[name]) for name in _KEYS if state.get(name)}


def _missing_keys(state: Mapping[str, Any]) -> Iterator[ConfigurationError]:
    item = state["item"]
    if item is UNKNOWN or not isinstance(item, str) or _broken_item(item):
        return
    for name in _KEYS:
        key = state.get(name)
        if key and key is not UNKNOWN and key not in json.loads(item):
            yield ConfigurationError(path=("item",), message=f'expected item to hold "{key}", which is its {name}')


_IS_OF_TYPE: Final[Mapping[str, Callable[[Any], bool]]] = {
    "S": lambda value: isinstance(value, str),
    "N": lambda value: isinstance(value, str),
    "B": lambda value: isinstance(value, str),
    "BOOL": lambda value: isinstance(value, bool),
    "NULL": lambda value: isinstance(value, bool),
    "SS": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "NS": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "BS": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "L": lambda value: isinstance(value, list) and all(map(_is_typed, value)),
    "M": lambda value: isinstance(value, dict) and all(map(_is_typed, value.values())),
}


def _is_typed(value: Any) -> bool:
    """Whether a value has the form of DynamoDB's, {"S": "text"}."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((letter, inner),) = value.items()
    return letter in _IS_OF_TYPE and _IS_OF_TYPE[letter](inner)


def _broken_item(value: str) -> str | None:
    try:
        item = parse_json(value)
    except ValueError as error:
        return f"to be JSON; {error}"
    if not isinstance(item, dict):
        return "to be a JSON object"
    wrong = next((name for name, typed in item.items() if not _is_typed(typed)), None)
    allowed = ", ".join(_IS_OF_TYPE)
    return f'to hold values such as {{"S": "text"}}, with one of {allowed}; "{wrong}" is none' if wrong else None


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
    return {"item"} if _key_in_item(prior) != _key_in_item(planned) else set()


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
        rules={"item": Rule(broken=_broken_item)},
        checks=(_missing_keys,),
    ),
}
