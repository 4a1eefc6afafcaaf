"""The uploads table in DynamoDB."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from functions.common.aws.errors import aws_errors
from functions.common.uploads import Upload
from shared.contracts.tables import BY_DUE, SWEEP_DUE, UPLOADS
from shared.contracts.uploads import NO_ATTEMPT, PREDECESSORS, RESTARTABLE, UploadStatus

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_ATTRIBUTES: Final = tuple(each.name for each in fields(Upload))
_OF_A_DECLARATION: Final = f"{UPLOADS.expiry}, declared_after"
"""What an upload has only as long as its report is not stored."""
_IS_REPLACED: Final = {
    True: "replaced = :if_replaced",
    False: "(attribute_not_exists(replaced) OR replaced = :if_replaced)",
}
"""The condition that a number of rows was replaced, by whether the number is above 0."""


class UploadsTable:
    """Implements `Uploads`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, upload_id: str) -> Upload | None:
        """See `Uploads.get`."""
        with aws_errors("read the upload"):
            response = self._client.get_item(TableName=self._table, Key=_key(upload_id), ConsistentRead=True)
        item = response.get("Item")
        return from_item(item) if item else None

    def begin(self, upload: Upload) -> bool:
        """See `Uploads.begin`."""
        follows, statuses = _one_of(RESTARTABLE[upload.status])
        # boto3 repeats a write whose answer was lost: by then, the attempt that it has begun may have ended.
        restarts = [follows, "(attribute_not_exists(attempt) OR attempt <> :begun)"]
        if upload.status is UploadStatus.REJECTED:
            restarts.append("attribute_not_exists(declared_after)")
        return self._put(
            upload,
            f"attribute_not_exists({UPLOADS.partition_key}) OR ({' AND '.join(restarts)})",
            statuses | {":begun": {"S": upload.attempt}},
        )

    def take_over(self, upload: Upload, *, known: Upload) -> bool:
        """See `Uploads.take_over`."""
        attempt, values = _is_attempt(known.attempt)
        return self._put(upload, f"{attempt} AND #status = :known", values | {":known": {"S": known.status.value}})

    def advance(
        self,
        upload_id: str,
        attempt: str,
        status: UploadStatus,
        *,
        at: str,
        if_replaced: int | None = None,
        **changes: Any,
    ) -> bool:
        """See `Uploads.advance`."""
        follows, statuses = _one_of(PREDECESSORS[status])
        is_attempt, values = _is_attempt(attempt)
        condition = f"{is_attempt} AND {follows}"
        if if_replaced is not None:
            condition += " AND " + _IS_REPLACED[if_replaced > 0]
            values |= _serialized({":if_replaced": if_replaced})
        changed = {"status": status.value, "updated_at": at, **changes, **_in_index(changes.get(BY_DUE.sort_key))}
        return self._update(
            "change the upload's status",
            upload_id,
            update=f"SET {', '.join(f'#{name} = :{name}' for name in changed)} REMOVE {_OF_A_DECLARATION}",
            condition=condition,
            names={f"#{name}": name for name in changed},
            values=statuses | values | _serialized({f":{name}": changed[name] for name in changed}),
        )

    def postpone(self, known: Upload, *, due_at: str) -> bool:
        """See `Uploads.postpone`."""
        attempt, values = _is_attempt(known.attempt)
        given = {":known": known.status.value, ":was": known.due_at, ":due_at": due_at}
        return self._update(
            "claim the upload",
            known.upload_id,
            update=f"SET {BY_DUE.sort_key} = :due_at",
            condition=f"{attempt} AND #status = :known AND {BY_DUE.sort_key} = :was",
            names={"#status": "status"},
            values=values | _serialized(given),
        )

    def withdraw(self, known: Upload) -> bool:
        """See `Uploads.withdraw`."""
        if known.declared_after:
            return self.take_over(_of_attributes(known.declared_after), known=known)
        attempt, values = _is_attempt(known.attempt)
        return self._is_written(
            "withdraw the declaration",
            lambda: self._client.delete_item(
                TableName=self._table,
                Key=_key(known.upload_id),
                ConditionExpression=f"{attempt} AND #status = :known",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=values | {":known": {"S": known.status.value}},
            ),
        )

    def mark_notified(self, upload_id: str, attempt: str, status: UploadStatus, *, at: str) -> bool:
        """See `Uploads.mark_notified`."""
        is_attempt, values = _is_attempt(attempt)
        return self._update(
            "record the notification",
            upload_id,
            update=f"SET notified_at = :at REMOVE {BY_DUE.partition_key}, {BY_DUE.sort_key}",
            condition=f"{is_attempt} AND #status = :announced AND attribute_not_exists(notified_at)",
            names={"#status": "status"},
            values=values | _serialized({":at": at, ":announced": status.value}),
        )

    def _put(self, upload: Upload, condition: str, values: Mapping[str, Any]) -> bool:
        return self._is_written(
            "write the upload",
            lambda: self._client.put_item(
                TableName=self._table,
                Item=to_item(upload),
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=values,
            ),
        )

    def _update(
        self,
        doing: str,
        upload_id: str,
        *,
        update: str,
        condition: str,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> bool:
        return self._is_written(
            doing,
            lambda: self._client.update_item(
                TableName=self._table,
                Key=_key(upload_id),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            ),
        )

    def _is_written(self, doing: str, write: Callable[[], object]) -> bool:
        """Whether a conditional write met its condition."""
        try:
            with aws_errors(doing):
                write()
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def to_item(upload: Upload) -> dict[str, Any]:
    """The upload as an item in DynamoDB's JSON; what is None or empty is left out."""
    return _serialized(upload.attributes() | _in_index(upload.due_at))


def from_item(item: Mapping[str, Any]) -> Upload:
    """Read an item in DynamoDB's JSON; attributes of a later version are ignored."""
    deserialize = TypeDeserializer().deserialize
    return _of_attributes({name: _plain(deserialize(item[name])) for name in _ATTRIBUTES if name in item})


def _of_attributes(values: Mapping[str, Any]) -> Upload:
    return Upload(**{**values, "status": UploadStatus(values["status"])})


def _in_index(due_at: str | None) -> dict[str, str]:
    """What puts an upload into the sweeper's index: only an upload that is due is in it."""
    return {BY_DUE.partition_key: SWEEP_DUE} if due_at else {}


def _key(upload_id: str) -> dict[str, Any]:
    return {UPLOADS.partition_key: {"S": upload_id}}


def _one_of(statuses: Collection[UploadStatus]) -> tuple[str, dict[str, Any]]:
    """The condition that the stored status is one of some, and the condition's values."""
    values = {f":from{number}": {"S": each.value} for number, each in enumerate(sorted(statuses))}
    return f"#status IN ({', '.join(values)})", values


def _is_attempt(attempt: str) -> tuple[str, dict[str, Any]]:
    """The condition that the stored attempt is this one, and the condition's values."""
    if attempt == NO_ATTEMPT:
        return "attribute_not_exists(attempt)", {}
    return "attempt = :attempt", {":attempt": {"S": attempt}}


def _serialized(values: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """The deserializer returns numbers as Decimal; every number of an upload is a count."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value
