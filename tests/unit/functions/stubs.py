"""Real boto3 clients with scripted responses (botocore's Stubber): requests are checked, nothing is sent."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.stub import Stubber


def _client(service: Any) -> Any:
    """Typed as Any: the service is only known at run time."""
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client(
        service,
        config=config,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="eu-central-1",
    )


class Script:
    """A client of one service, and the calls that it expects."""

    def __init__(self, service: str) -> None:
        self.client = _client(service)
        self._stubber = Stubber(self.client)
        self._stubber.activate()

    def answers(self, method: str, answer: dict[str, Any], request: dict[str, Any] | None = None) -> None:
        """The next call is `method` with `request`."""
        self._stubber.add_response(method, answer, request)

    def fails(self, method: str, code: str, status: int = 400, *, response: dict[str, Any] | None = None) -> None:
        """The next call is `method` and fails; `response` is what the error has besides its code."""
        self._stubber.add_client_error(
            method, service_error_code=code, http_status_code=status, modeled_fields=response
        )

    def played(self) -> None:
        """Every call was made."""
        self._stubber.assert_no_pending_responses()
