"""Temporary errors are identified by code and status, never by text."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from functions.common.aws.errors import aws_errors, error_code
from functions.common.errors import TemporaryError
from shared.contracts.errors import TEMPORARY_ERROR


def client_error(code: str, status: int = 400) -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": "throttled, try again"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "PutItem")  # type: ignore[arg-type]  # the parts that matter


def test_the_workflow_identifies_the_error_by_its_name() -> None:
    assert TemporaryError.__name__ == TEMPORARY_ERROR


@pytest.mark.parametrize(
    "code",
    [
        "KMSThrottling",
        "KMSThrottlingException",
        "LimitExceededException",
        "OperationAborted",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttled",
        "ThrottlingException",
        "TransactionInProgressException",
    ],
)
def test_throttling_codes_are_temporary(code: str) -> None:
    with pytest.raises(TemporaryError, match=f"could not store it: {code}"), aws_errors("store it"):
        raise client_error(code)


@pytest.mark.parametrize("status", [500, 503])
def test_responses_of_5xx_are_temporary(status: int) -> None:
    with pytest.raises(TemporaryError), aws_errors("store it"):
        raise client_error("Unheard", status)


@pytest.mark.parametrize(
    "error",
    [EndpointConnectionError(endpoint_url="https://x"), ReadTimeoutError(endpoint_url="https://x")],
)
def test_no_response_is_temporary(error: Exception) -> None:
    with pytest.raises(TemporaryError, match=type(error).__name__), aws_errors("store it"):
        raise error


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ValidationException", "ConditionalCheckFailedException", ""]
)
def test_all_other_errors_pass_regardless_of_their_text(code: str) -> None:
    with pytest.raises(ClientError) as caught, aws_errors("store it"):
        raise client_error(code)
    assert error_code(caught.value) == code


def test_errors_that_do_not_come_from_aws_pass() -> None:
    with pytest.raises(KeyError), aws_errors("store it"):
        raise KeyError
