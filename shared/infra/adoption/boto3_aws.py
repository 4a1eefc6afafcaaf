"""Asks AWS: many calls at a time, each with an answer within seconds, or none."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from shared.infra.adoption.aws import NoAnswerError, UnreachableError
from shared.infra.adoption.survey import AT_ONCE

_CONFIG: Final = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=AT_ONCE,
)
_ABSENT: Final = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "DashboardNotFoundError",
        "NoSuchBucket",
        "NoSuchEntity",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "StateMachineDoesNotExist",
    }
)
"""Error codes of the services for a resource that does not exist."""


class Boto3Aws:
    """AWS, or the local cloud that `AWS_ENDPOINT_URL` names. May be used by several threads.

    Attributes:
        session: whose credentials are used.
    """

    def __init__(self, session: boto3.Session, *, region: str, account_id: str) -> None:
        self.region = region
        self.account_id = account_id
        self.partition = session.get_partition_for_region(region)
        self.session = session
        self._clients: dict[str, Any] = {}
        self._lists: dict[str, Future[Mapping[str, Any]]] = {}
        self._lock = threading.Lock()
        self._outage: NoAnswerError | None = None
        self._reached = False

    def ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any] | None:
        """See `Aws.ask`."""
        return self._answered(lambda: getattr(self._client(service), operation)(**parameters))

    def all(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """See `Aws.all`."""
        key = repr((service, operation, sorted(parameters.items())))
        with self._lock:
            mine = key not in self._lists
            answer = self._lists.setdefault(key, Future())
        if mine:
            try:
                answer.set_result(self._answered(lambda: self._pages(service, operation, parameters)) or {})
            except NoAnswerError as error:
                answer.set_exception(error)
        return answer.result()

    def _pages(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        pages = self._client(service).get_paginator(operation).paginate(**parameters)
        return dict(pages.build_full_result())

    def _answered(self, call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any] | None:
        if self._outage:  # the other calls need not wait when AWS cannot be reached
            raise self._outage
        try:
            answer = call()
        except ClientError as error:
            self._reached = True
            code = error.response["Error"]["Code"]
            if code in _ABSENT:
                return None
            raise NoAnswerError(code) from error
        except BotoCoreError as error:
            # AWS that has answered is only out of reach for a moment, and a call that was sent and not answered may be
            # the only one: a deploy could follow.
            reached = self._reached or isinstance(error, ReadTimeoutError)
            self._outage = (NoAnswerError if reached else UnreachableError)(type(error).__name__)
            raise self._outage from error
        self._reached = True
        return answer

    def _client(self, service: str) -> Any:
        with self._lock:  # a session may create clients in one thread at a time
            if service not in self._clients:
                self._clients[service] = self.session.client(  # type: ignore[call-overload] # a name known at run time
                    service, region_name=self.region, config=_CONFIG
                )
            return self._clients[service]


def connect(*, region: str, account_id: str, made_up: bool) -> tuple[Boto3Aws | None, str]:
    """Connect to AWS.

    Args:
        region: of the environment.
        account_id: AWS account.
        made_up: whether to use made-up keys, so the local cloud never sees real ones.

    Returns:
        AWS, or None and why not.
    """
    key = "test" if made_up else None
    try:
        session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=key)
        if session.get_credentials() is None:
            return None, "there are no AWS credentials"
    except BotoCoreError as error:
        return None, f"the AWS credentials cannot be used ({type(error).__name__})"
    return Boto3Aws(session, region=region, account_id=account_id), ""
