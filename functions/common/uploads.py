"""Uploads: what is known of one, and the table that is the truth about where each stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from functions.common.aws.errors import aws_errors, error_code
from shared.contracts.tables import UPLOADS
from shared.contracts.uploads import PREDECESSORS, UploadStatus
from shared.contracts.workflow import Conflict

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_PUBLIC: Final = (
    "upload_id",
    "bank_id",
    "status",
    "file_name",
    "received_at",
    "updated_at",
    "rows",
    "totals",
    "loaded",
    "repeated",
    "conflicts",
    "conflict_samples",
    "error_count",
)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload. What is not known yet is None. Times are UTC as `YYYY-MM-DDTHH:MM:SS.ffffffZ`.

    `totals` are decimal strings by currency, `size` is in bytes, `error` names what made it FAILED.
    """

    upload_id: str
    bank_id: str
    status: UploadStatus
    received_at: str
    updated_at: str
    file_name: str | None = None
    size: int | None = None
    rows: int | None = None
    totals: Mapping[str, str] | None = None
    loaded: int | None = None
    repeated: int | None = None
    conflicts: int | None = None
    conflict_samples: Sequence[Conflict] | None = None
    error_count: int | None = None
    notified_at: str | None = None
    error: str | None = None

    def public(self) -> dict[str, Any]:
        """What the API shows of it; what is not known yet is left out."""
        shown = {name: getattr(self, name) for name in _PUBLIC}
        return {name: value for name, value in shown.items() if value is not None}


class Uploads(Protocol):
    """Keeps the uploads. Every change is conditional, so late and repeated events move no status backwards."""

    def get(self, upload_id: str) -> Upload | None:
        """The upload as it stands now (read after write), if it is known."""
        ...

    def begin(self, upload: Upload) -> bool:
        """Write a new upload, or start an ended one anew where `PREDECESSORS` lets its status follow.

        False: it is known and may not be replaced now; nothing was written.
        """
        ...

    def advance(self, upload_id: str, status: UploadStatus, *, at: str, **changes: Any) -> bool:
        """Move a known upload to a status and write what is now known of it.

        False: its status is none that this one may follow; nothing was written.
        """
        ...

    def mark_notified(self, upload_id: str, *, at: str) -> None:
        """Note that the outcome was announced."""
        ...


class UploadsTable:
    """The uploads table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, upload_id: str) -> Upload | None:
        """See `Uploads.get`."""
        with aws_errors("read the upload"):
            answer = self._client.get_item(TableName=self._table, Key=_key(upload_id), ConsistentRead=True)
        item = answer.get("Item")
        return from_item(item) if item else None

    def begin(self, upload: Upload) -> bool:
        """See `Uploads.begin`."""
        follows, statuses = _follows(upload.status)
        item = {name: value for name, value in vars(upload).items() if value is not None}
        return self._written(
            "write the upload",
            lambda: self._client.put_item(
                TableName=self._table,
                Item=_marshalled(item),
                ConditionExpression=f"attribute_not_exists({UPLOADS.partition_key}) OR {follows}",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=statuses,
            ),
        )

    def advance(self, upload_id: str, status: UploadStatus, *, at: str, **changes: Any) -> bool:
        """See `Uploads.advance`."""
        follows, statuses = _follows(status)
        changed = {"status": status, "updated_at": at, **changes}
        return self._written(
            "change the upload's status",
            lambda: self._client.update_item(
                TableName=self._table,
                Key=_key(upload_id),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changed),
                ConditionExpression=follows,
                ExpressionAttributeNames={f"#{name}": name for name in changed},
                ExpressionAttributeValues=statuses | _marshalled({f":{name}": changed[name] for name in changed}),
            ),
        )

    def mark_notified(self, upload_id: str, *, at: str) -> None:
        """See `Uploads.mark_notified`."""
        with aws_errors("note the notification"):
            self._client.update_item(
                TableName=self._table,
                Key=_key(upload_id),
                UpdateExpression="SET notified_at = :at",
                ExpressionAttributeValues=_marshalled({":at": at}),
            )

    def _written(self, doing: str, write: Callable[[], object]) -> bool:
        try:
            with aws_errors(doing):
                write()
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def from_item(item: Mapping[str, Any]) -> Upload:
    """Read an item of the uploads table, as DynamoDB's low-level API gives it."""
    deserialize = TypeDeserializer().deserialize
    values = {name: _plain(deserialize(item[name])) for name in _ATTRIBUTES if name in item}
    return Upload(**values | {"status": UploadStatus(values["status"])})


_ATTRIBUTES: Final = tuple(each.name for each in fields(Upload))


def _key(upload_id: str) -> dict[str, Any]:
    return {UPLOADS.partition_key: {"S": upload_id}}


def _follows(status: UploadStatus) -> tuple[str, dict[str, Any]]:
    """Condition that a status may follow the one in the table, with its values."""
    values = {f":from{number}": {"S": each.value} for number, each in enumerate(sorted(PREDECESSORS[status]))}
    return f"#status IN ({', '.join(values)})", values


def _marshalled(values: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """DynamoDB's numbers come as Decimal; every number of an upload is a count."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value
