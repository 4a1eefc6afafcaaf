"""The uploads table in DynamoDB."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from functions.common.aws.errors import aws_errors
from functions.common.uploads import Upload
from shared.contracts.tables import UPLOADS
from shared.contracts.uploads import PREDECESSORS, UploadStatus

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_ATTRIBUTES: Final = tuple(each.name for each in fields(Upload))


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
        follows, statuses = _follows(upload.status)
        return self._is_written(
            "write the upload",
            lambda: self._client.put_item(
                TableName=self._table,
                Item=to_item(upload),
                ConditionExpression=f"attribute_not_exists({UPLOADS.partition_key}) OR {follows}",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=statuses,
            ),
        )

    def advance(self, upload_id: str, status: UploadStatus, *, at: str, **changes: Any) -> bool:
        """See `Uploads.advance`."""
        follows, statuses = _follows(status)
        changed = {"status": status, "updated_at": at, **changes}
        return self._is_written(
            "change the upload's status",
            lambda: self._client.update_item(
                TableName=self._table,
                Key=_key(upload_id),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changed),
                ConditionExpression=follows,
                ExpressionAttributeNames={f"#{name}": name for name in changed},
                ExpressionAttributeValues=statuses | _serialized({f":{name}": changed[name] for name in changed}),
            ),
        )

    def mark_notified(self, upload_id: str, *, at: str) -> None:
        """See `Uploads.mark_notified`."""
        with aws_errors("record the notification"):
            self._client.update_item(
                TableName=self._table,
                Key=_key(upload_id),
                UpdateExpression="SET notified_at = :at",
                ExpressionAttributeValues=_serialized({":at": at}),
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
    """The upload as an item in DynamoDB's JSON; what is None is left out."""
    return _serialized({name: value for name, value in vars(upload).items() if value is not None})


def from_item(item: Mapping[str, Any]) -> Upload:
    """Read an item in DynamoDB's JSON; attributes of a later version are ignored."""
    deserialize = TypeDeserializer().deserialize
    values = {name: _plain(deserialize(item[name])) for name in _ATTRIBUTES if name in item}
    return Upload(**values | {"status": UploadStatus(values["status"])})


def _key(upload_id: str) -> dict[str, Any]:
    return {UPLOADS.partition_key: {"S": upload_id}}


def _follows(status: UploadStatus) -> tuple[str, dict[str, Any]]:
    """The condition under which a status may follow the stored one, and the condition's values."""
    values = {f":from{number}": {"S": each.value} for number, each in enumerate(sorted(PREDECESSORS[status]))}
    return f"#status IN ({', '.join(values)})", values


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
