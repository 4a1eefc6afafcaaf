"""DynamoDB in memory: conditions, updates, transactions, PartiQL batches, reads that lag."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from shared.contracts.tables import TableKeys
from tests.simulation.aws.calls import Call, Calls, Moment
from tests.simulation.aws.errors import Exceptions, client_error
from tests.simulation.aws.expressions import (
    ExpressionError,
    Item,
    Names,
    check_name,
    check_used,
    parse_condition,
    parse_update,
)
from tests.simulation.scheduler import NotModeledError

Key = tuple[str, ...]
Observer = Callable[[str, Item | None, Item | None], None]
"""Sees every write: the table's name, and the item before and after it."""

MAX_BATCH_STATEMENTS: Final = 25
MAX_BATCH_KEYS: Final = 100
MAX_TRANSACTION_ITEMS: Final = 100
_UPDATE: Final = re.compile(r"""UPDATE "([\w.-]+)" SET (\w+) = \? WHERE ("\w+" = \?(?: AND "\w+" = \?)*)""")
_INSERT: Final = re.compile(r"""INSERT INTO "([\w.-]+)" VALUE \{('[\w-]+': \?(?:, '[\w-]+': \?)*)\}""")


@dataclass
class Table:
    """A table; each key has its versions with their times, newest last, None where it was deleted."""

    name: str
    keys: TableKeys
    versions: dict[Key, list[tuple[float, Item | None]]] = field(default_factory=dict)

    def key(self, attributes: Item) -> Key:
        """The item's key."""
        return tuple(_string(attributes, name) for name in self._key_names)

    def read(self, key: Key, at: float | None = None) -> Item | None:
        """The item after all writes, or as it was at a time."""
        versions = self.versions.get(key, [])
        for time, item in reversed(versions):
            if at is None or time <= at:
                return item
        return None

    def items(self, at: float | None = None) -> list[Item]:
        """All items."""
        return [item for key in self.versions if (item := self.read(key, at)) is not None]

    def write(self, key: Key, item: Item | None, now: float) -> None:
        """Write an item, or delete it."""
        if item is not None:
            if self.key(item) != key:
                raise ExpressionError("a key attribute cannot be changed")
            for index in self.keys.indexes:
                for name in (index.partition_key, index.sort_key):
                    if name in item:
                        _string(item, name)
        self.versions.setdefault(key, []).append((now, item))

    @property
    def _key_names(self) -> tuple[str, ...]:
        return (self.keys.partition_key, *([self.keys.sort_key] if self.keys.sort_key else []))


class DynamoDB:
    """The client. Parameters are AWS's; one that is not modeled is a TypeError."""

    exceptions = Exceptions

    def __init__(self, calls: Calls, tables: Mapping[str, TableKeys], observe: Observer | None = None) -> None:
        self._calls = calls
        self.tables = {name: Table(name, keys) for name, keys in tables.items()}
        self._observe = observe
        self._tokens: dict[str, Any] = {}

    def called_by(self, calls: Calls) -> "DynamoDB":
        """A client of the same tables, whose calls are made in another way."""
        other = DynamoDB(calls, {}, self._observe)
        other.tables, other._tokens = self.tables, self._tokens
        return other

    def get_item(
        self,
        *,
        TableName: str,
        Key: Item,
        ConsistentRead: bool = False,
        ProjectionExpression: str | None = None,
        ExpressionAttributeNames: Names | None = None,
    ) -> Any:
        """See AWS."""
        projection = _projection(ProjectionExpression, ExpressionAttributeNames)

        def deed(moment: Moment) -> Any:
            table = self._table(TableName, "GetItem")
            item = table.read(table.key(Key), None if ConsistentRead else moment.now - moment.lag)
            return {"Item": _projected(item, projection)} if item is not None else {}

        return self._make("GetItem", f"{TableName} {_shown(Key)}", deed, writes=False)

    def put_item(
        self,
        *,
        TableName: str,
        Item: Item,
        ConditionExpression: str | None = None,
        ExpressionAttributeNames: Names | None = None,
        ExpressionAttributeValues: Item | None = None,
    ) -> Any:
        """See AWS."""
        values = ExpressionAttributeValues
        put = _Write("Put", TableName, Item, ConditionExpression, None, ExpressionAttributeNames, values)

        def deed(moment: Moment) -> Any:
            self._write(put, moment, "PutItem")
            return {}

        return self._make("PutItem", f"{TableName} {_shown(Item)}", deed, writes=True)

    def update_item(
        self,
        *,
        TableName: str,
        Key: Item,
        UpdateExpression: str,
        ConditionExpression: str | None = None,
        ExpressionAttributeNames: Names | None = None,
        ExpressionAttributeValues: Item | None = None,
        ReturnValues: str = "NONE",
    ) -> Any:
        """See AWS."""
        values = ExpressionAttributeValues
        update = _Write(
            "Update", TableName, Key, ConditionExpression, UpdateExpression, ExpressionAttributeNames, values
        )

        def deed(moment: Moment) -> Any:
            old, new = self._write(update, moment, "UpdateItem")
            returned = {"NONE": None, "ALL_NEW": new, "ALL_OLD": old}[ReturnValues]
            return {"Attributes": dict(returned)} if returned else {}

        return self._make("UpdateItem", f"{TableName} {_shown(Key)}: {UpdateExpression}", deed, writes=True)

    def delete_item(
        self,
        *,
        TableName: str,
        Key: Item,
        ConditionExpression: str | None = None,
        ExpressionAttributeNames: Names | None = None,
        ExpressionAttributeValues: Item | None = None,
    ) -> Any:
        """See AWS."""
        values = ExpressionAttributeValues
        delete = _Write("Delete", TableName, Key, ConditionExpression, None, ExpressionAttributeNames, values)

        def deed(moment: Moment) -> Any:
            self._write(delete, moment, "DeleteItem")
            return {}

        return self._make("DeleteItem", f"{TableName} {_shown(Key)}", deed, writes=True)

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        ExpressionAttributeValues: Item,
        ExpressionAttributeNames: Names | None = None,
        IndexName: str | None = None,
        Limit: int | None = None,
        ScanIndexForward: bool = True,
        ExclusiveStartKey: Item | None = None,
        ConsistentRead: bool = False,
    ) -> Any:
        """See AWS. A page ends after `Limit` items; without a limit, there is one page."""
        if ConsistentRead and IndexName:
            raise client_error("ValidationException", "Query", message="no consistent reads of a global index")

        def deed(moment: Moment) -> Any:
            table = self._table(TableName, "Query")
            partition, sort = _index_keys(table, IndexName)
            condition = self._condition(KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues)
            at = None if ConsistentRead else moment.now - moment.lag
            found = [item for item in table.items(at) if partition in item and condition(item)]
            if sort:
                found = [item for item in found if sort in item]
                found.sort(key=lambda item: (item[sort]["S"], table.key(item)), reverse=not ScanIndexForward)
            if ExclusiveStartKey:
                found = _after(found, ExclusiveStartKey, table, sort, forward=ScanIndexForward)
            page = found[:Limit]
            more = Limit is not None and len(found) > Limit
            names = {partition, *([sort] if sort else []), table.keys.partition_key}
            last = {"LastEvaluatedKey": {name: page[-1][name] for name in names}} if more else {}
            return {"Items": [dict(item) for item in page], "Count": len(page), **last}

        return self._make("Query", f"{TableName} {IndexName or ''}", deed, writes=False)

    def expire(self, name: str, key: Item, now: float, *, epoch: float) -> bool:
        """Let Time To Live delete an item, if it has expired; whether it has.

        Args:
            name: of the table.
            key: of the item.
            now: seconds since the run began.
            epoch: when the run began, in seconds since 1970.
        """
        table = self.tables[name]
        item = table.read(table.key(key))
        expires_at = (item or {}).get(table.keys.expiry or "")
        if item is None or expires_at is None or float(expires_at["N"]) > epoch + now:
            return False
        self._commit(table, item, None, Moment(now=now))
        return True

    def get_paginator(self, operation: str) -> "_Pages":
        """See boto3; of queries only."""
        if operation != "query":
            raise NotModeledError(f"paginator of {operation}")
        return _Pages(self)

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> Any:
        """See AWS."""

        def deed(moment: Moment) -> Any:
            responses: dict[str, list[Item]] = {}
            unprocessed: dict[str, Any] = {}
            for name, request in RequestItems.items():
                _only(request, "Keys", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames")
                projection = _projection(request.get("ProjectionExpression"), request.get("ExpressionAttributeNames"))
                table = self._table(name, "BatchGetItem")
                keys = [table.key(each) for each in request["Keys"]]
                if len(keys) != len(set(keys)) or not 1 <= len(keys) <= MAX_BATCH_KEYS:
                    raise client_error("ValidationException", "BatchGetItem", message="duplicates, or too many keys")
                at = None if request.get("ConsistentRead") else moment.now - moment.lag
                responses[name] = []
                left = []
                for each, key in zip(request["Keys"], keys, strict=True):
                    if moment.spoil()[0]:
                        left.append(each)
                    elif (item := table.read(key, at)) is not None:
                        responses[name].append(_projected(item, projection))
                if left:
                    unprocessed[name] = {**request, "Keys": left}
            return {"Responses": responses, "UnprocessedKeys": unprocessed}

        target = ", ".join(f"{name} {len(each['Keys'])} keys" for name, each in RequestItems.items())
        return self._make("BatchGetItem", target, deed, writes=False)

    def batch_execute_statement(self, *, Statements: Sequence[Mapping[str, Any]]) -> Any:
        """See AWS: each INSERT or UPDATE stands alone."""
        if not 1 <= len(Statements) <= MAX_BATCH_STATEMENTS:
            raise client_error("ValidationException", "BatchExecuteStatement", message="1 to 25 statements")

        def deed(moment: Moment) -> Any:
            return {"Responses": [self._execute(each, moment) for each in Statements]}

        return self._make("BatchExecuteStatement", f"{len(Statements)} rows", deed, writes=True)

    def transact_write_items(
        self, *, TransactItems: Sequence[Mapping[str, Any]], ClientRequestToken: str | None = None
    ) -> Any:
        """See AWS: all or nothing. botocore adds a token, so its own retries do not write twice."""
        writes = [_write_of(each) for each in TransactItems]
        token = ClientRequestToken or object()
        done: list[bool] = []

        def deed(moment: Moment) -> Any:
            if isinstance(token, str) and self._tokens.get(token):
                return {}
            if not done:
                self._transact(writes, moment)
                done.append(True)
                if isinstance(token, str):
                    self._tokens[token] = True
            return {}

        target = "; ".join(f"{each.kind} {each.table} {_shown(each.attributes)}" for each in writes)
        return self._make("TransactWriteItems", target, deed, writes=True)

    def _make(self, operation: str, target: str, deed: Callable[[Moment], Any], *, writes: bool) -> Any:
        def checked(moment: Moment) -> Any:
            try:
                return deed(moment)
            except ExpressionError as error:
                raise client_error("ValidationException", operation, message=str(error)) from error

        call = Call(service="dynamodb", operation=operation, target=target, writes=writes)
        return self._calls.make(call, checked)

    def _table(self, name: str, operation: str) -> Table:
        if name not in self.tables:
            raise client_error("ResourceNotFoundException", operation)
        return self.tables[name]

    def _condition(self, text: str | None, names: Names | None, values: Item | None) -> Callable[[Item], bool]:
        if text is None:
            return lambda _item: True
        condition, used = parse_condition(text)
        check_used(used, names, values)
        return lambda item: condition(item, names or {}, values or {})

    def _write(self, write: "_Write", moment: Moment, operation: str) -> tuple[Item | None, Item | None]:
        """One write under its condition; the item before and after it."""
        table = self._table(write.table, operation)
        old, new, holds = self._plan(write, operation)
        if not holds:
            raise client_error("ConditionalCheckFailedException", operation)
        self._commit(table, old, new, moment)
        return old, new

    def _plan(self, write: "_Write", operation: str) -> tuple[Item | None, Item | None, bool]:
        table = self._table(write.table, operation)
        key = table.key(write.attributes)
        old = table.read(key)
        condition = self._checked_condition(write)
        holds = condition(old or {})
        if write.kind == "Put":
            return old, dict(write.attributes), holds
        if write.kind == "Delete":
            return old, None, holds
        if write.kind == "ConditionCheck":
            return old, old, holds
        new = dict(old or write.attributes)
        if holds:
            changes, _ = parse_update(write.update or "")
            for change in changes:
                change(old or {}, new, write.names or {}, write.values or {})
        return old, new, holds

    def _checked_condition(self, write: "_Write") -> Callable[[Item], bool]:
        """The condition; placeholders are counted over condition and update together."""
        used: frozenset[str] = frozenset()
        if write.update is not None:
            used = used | parse_update(write.update)[1]
        if write.condition is None:
            check_used(used, write.names, write.values)
            return lambda _item: True
        condition, more = parse_condition(write.condition)
        check_used(used | more, write.names, write.values)
        return lambda item: condition(item, write.names or {}, write.values or {})

    def _commit(self, table: Table, old: Item | None, new: Item | None, moment: Moment) -> None:
        key = table.key(new or old or {})
        table.write(key, new, moment.now)
        if self._observe:
            self._observe(table.name, old, new)

    def _transact(self, writes: "Sequence[_Write]", moment: Moment) -> None:
        operation = "TransactWriteItems"
        keys = [(each.table, self._table(each.table, operation).key(each.attributes)) for each in writes]
        if len(keys) != len(set(keys)) or not 1 <= len(keys) <= MAX_TRANSACTION_ITEMS:
            raise client_error("ValidationException", operation, message="an item occurs twice, or too many")
        plans = [self._plan(each, operation) for each in writes]
        reasons = [{"Code": "None"} if holds else {"Code": "ConditionalCheckFailed"} for _, _, holds in plans]
        conflict = moment.spoil()[0]
        if conflict:
            reasons[0] = {"Code": "TransactionConflict"}
        if conflict or not all(holds for _, _, holds in plans):
            raise client_error("TransactionCanceledException", operation, CancellationReasons=reasons)
        for write, (old, new, _) in zip(writes, plans, strict=True):
            if write.kind != "ConditionCheck":
                self._commit(self.tables[write.table], old, new, moment)

    def _execute(self, statement: Mapping[str, Any], moment: Moment) -> Any:
        _only(statement, "Statement", "Parameters")
        text, parameters = statement["Statement"], statement["Parameters"]
        error, done = moment.spoil()
        unmet = None
        if error is None or done:
            if found := _INSERT.fullmatch(text):
                unmet = self._insert(found, parameters, moment)
            elif found := _UPDATE.fullmatch(text):
                unmet = self._update(found, parameters, moment)
            else:
                raise NotModeledError(f"PartiQL {text!r}")
        code = unmet or error
        return {"Error": {"Code": code}} if code else {"TableName": text.split('"')[1]}

    def _insert(self, found: re.Match[str], parameters: Sequence[Any], moment: Moment) -> str | None:
        table = self._table(found[1], "BatchExecuteStatement")
        item = dict(zip(re.findall(r"'([\w-]+)'", found[2]), parameters, strict=True))
        if table.read(table.key(item)) is not None:
            return "DuplicateItem"
        self._commit(table, None, item, moment)
        return None

    def _update(self, found: re.Match[str], parameters: Sequence[Any], moment: Moment) -> str | None:
        table = self._table(found[1], "BatchExecuteStatement")
        value, *wanted = parameters
        conditions = dict(zip(re.findall(r'"(\w+)"', found[3]), wanted, strict=True))
        old = table.read(table.key(conditions))
        if old is None or not all(_same_value(old.get(name), each) for name, each in conditions.items()):
            return "ConditionalCheckFailed"
        self._commit(table, old, {**old, found[2]: value}, moment)
        return None


class _Pages:
    def __init__(self, client: DynamoDB) -> None:
        self._client = client

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        """See boto3."""
        more: dict[str, Any] = {}
        while True:
            page = self._client.query(**parameters, **more)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


@dataclass(frozen=True)
class _Write:
    kind: str
    table: str
    attributes: Item
    condition: str | None
    update: str | None
    names: Names | None
    values: Item | None


def _write_of(entry: Mapping[str, Any]) -> _Write:
    ((kind, request),) = entry.items()
    common = ("TableName", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")
    special = {"Put": ("Item",), "Update": ("Key", "UpdateExpression"), "ConditionCheck": ("Key",), "Delete": ("Key",)}
    if kind not in special:
        raise NotModeledError(f"transaction with {kind}")
    _only(request, *common, *special[kind])
    return _Write(
        kind,
        request["TableName"],
        request["Item" if kind == "Put" else "Key"],
        request.get("ConditionExpression"),
        request.get("UpdateExpression"),
        request.get("ExpressionAttributeNames"),
        request.get("ExpressionAttributeValues"),
    )


def _only(request: Mapping[str, Any], *allowed: str) -> None:
    if unknown := set(request) - set(allowed):
        raise NotModeledError(f"parameters {sorted(unknown)}")


def _string(attributes: Item, name: str) -> str:
    value = attributes.get(name)
    if value is None or set(value) != {"S"} or not value["S"]:
        raise ExpressionError(f"the key attribute {name} is missing, or no string: {value}")
    text: str = value["S"]
    return text


def _same_value(first: Item | None, second: Item) -> bool:
    if first is not None and "N" in first and "N" in second:
        return Decimal(first["N"]) == Decimal(second["N"])
    return first == second


def _projection(text: str | None, names: Names | None) -> set[str] | None:
    """The attributes that a request asks for; None for all."""
    if text is None:
        return None
    asked = [each.strip() for each in text.split(",")]
    try:
        check_used(frozenset(each for each in asked if each.startswith("#")), names, None)
        for each in asked:
            check_name(each)
    except ExpressionError as error:
        raise client_error("ValidationException", "GetItem", message=str(error)) from error
    return {(names or {}).get(each, each) for each in asked}


def _projected(item: Item, projection: set[str] | None) -> Item:
    return dict(item) if projection is None else {name: item[name] for name in item if name in projection}


def _index_keys(table: Table, index_name: str | None) -> tuple[str, str | None]:
    if index_name is None:
        return table.keys.partition_key, table.keys.sort_key
    for index in table.keys.indexes:
        if index.name == index_name:
            return index.partition_key, index.sort_key
    raise client_error("ValidationException", "Query", message=f"no index {index_name}")


def _after(items: Iterable[Item], start: Item, table: Table, sort: str | None, *, forward: bool) -> list[Item]:
    def position(item: Item) -> tuple[str, Key]:
        return (item[sort]["S"] if sort else "", table.key(item))

    bound = position(start)
    return [item for item in items if (position(item) > bound if forward else position(item) < bound)]


def _shown(attributes: Item) -> str:
    """An item's key, for the timeline."""
    name, value = next(iter(attributes.items()))
    status = attributes.get("status", {}).get("S", "")
    return f"{name}={value.get('S', value)}{' ' + status if status else ''}"
