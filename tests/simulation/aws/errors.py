"""Errors as botocore raises them."""

from typing import Any

from botocore.exceptions import ClientError


def client_error(code: str, operation: str, *, status: int = 400, message: str = "", **extra: Any) -> ClientError:
    """An error that AWS answered."""
    response: Any = {
        "Error": {"Code": code, "Message": message or code},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **extra,
    }
    return ERRORS.get(code, ClientError)(response, operation)


class ConditionalCheckFailedException(ClientError):  # noqa: N818 - AWS's name
    """See DynamoDB's PutItem."""


class TransactionCanceledException(ClientError):  # noqa: N818 - AWS's name
    """See DynamoDB's TransactWriteItems."""


class TransactionInProgressException(ClientError):  # noqa: N818 - AWS's name
    """See DynamoDB's TransactWriteItems."""


class ExecutionAlreadyExists(ClientError):  # noqa: N818 - AWS's name
    """See Step Functions' StartExecution; Express never answers it."""


class NoSuchUpload(ClientError):  # noqa: N818 - AWS's name
    """See S3's CompleteMultipartUpload."""


class NoSuchKey(ClientError):  # noqa: N818 - AWS's name
    """See S3's GetObject."""


ERRORS: dict[str, type[ClientError]] = {
    each.__name__: each
    for each in (
        ConditionalCheckFailedException,
        TransactionCanceledException,
        NoSuchKey,
        NoSuchUpload,
        ExecutionAlreadyExists,
    )
}


class Exceptions:
    """A client's attribute `exceptions`."""

    ConditionalCheckFailedException = ConditionalCheckFailedException
    TransactionCanceledException = TransactionCanceledException
    TransactionInProgressException = TransactionInProgressException
    NoSuchKey = NoSuchKey
    NoSuchUpload = NoSuchUpload
    ExecutionAlreadyExists = ExecutionAlreadyExists
