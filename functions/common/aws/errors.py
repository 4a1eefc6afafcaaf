"""Translates errors of AWS: what a retry can help against becomes `TemporaryError`, all others pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as BotoConnectionError

from functions.common.errors import TemporaryError

_TEMPORARY_CODES: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "KMSThrottling",
        "KMSThrottlingException",
        "LimitExceededException",
        "OperationAborted",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Error codes of DynamoDB, S3, SNS, and KMS behind them, after which the same call may succeed: AWS's lists of common
errors and of each service's own, and what botocore's standard mode retries. Many come with the status 400."""

NOT_FOUND: Final = frozenset({"404", "NoSuchKey", "NotFound"})
"""Codes of S3 for an object that does not exist; HEAD has no body, so its code is the status."""
FORBIDDEN: Final = frozenset({"403", "AccessDenied", "Forbidden"})
"""The same for one that the caller may not read, or whose absence it may not see."""


def error_code(error: ClientError) -> str:
    """AWS's code of an error, like `ConditionalCheckFailedException` or `404`."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def aws_errors(doing: str) -> Iterator[None]:
    """Turn temporary errors of AWS into `TemporaryError`; all others pass.

    Args:
        doing: the operation, for the message, like "read the report".

    Raises:
        TemporaryError: the call was throttled, answered with 5xx, or not answered.
    """
    try:
        yield
    except ClientError as error:
        if _is_temporary(error):
            raise TemporaryError(f"could not {doing}: {error_code(error)}") from error
        raise
    except (BotoConnectionError, HTTPClientError, IncompleteReadError) as error:
        raise TemporaryError(f"could not {doing}: {type(error).__name__}") from error


def _is_temporary(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in _TEMPORARY_CODES or status >= HTTPStatus.INTERNAL_SERVER_ERROR
