"""AWS clients for the local cloud."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

ACCOUNT_ID: Final = "000000000000"
"""MiniStack's default, which is no real account."""
REGION: Final = "eu-central-1"
SUFFIX: Final = "local"
"""The environment that is deployed to the local cloud."""
ACCESS_KEY_ID: Final = "test"
SECRET_ACCESS_KEY: Final = "test"  # noqa: S105 - MiniStack accepts any, AWS does not accept this one

_CONFIG: Final = Config(
    proxies={},  # never through the user's proxy
    connect_timeout=5,
    read_timeout=60,
    retries={"total_max_attempts": 1},  # a retry cannot help on loopback
)
_SERVICES: Final = ("apigateway", "sns", "sqs", "dynamodb")


def _new_session() -> boto3.Session:
    return boto3.Session(aws_access_key_id=ACCESS_KEY_ID, aws_secret_access_key=SECRET_ACCESS_KEY, region_name=REGION)


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """AWS clients for one MiniStack, with test credentials; the user's environment variables do not count.

    Each client is created once, by the first thread that needs it: creating one takes longer than most calls.
    """

    endpoint_url: str
    session: boto3.Session = field(default_factory=_new_session, init=False, repr=False, compare=False)
    """One for all clients, because it reads a service's description, up to a megabyte of JSON, only once."""
    _clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    @property
    def apigateway(self) -> "APIGatewayClient":
        """API Gateway."""
        client: APIGatewayClient = self.client("apigateway")
        return client

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """DynamoDB."""
        client: DynamoDBClient = self.client("dynamodb")
        return client

    @property
    def lambda_(self) -> "LambdaClient":
        """Lambda."""
        client: LambdaClient = self.client("lambda")
        return client

    @property
    def sns(self) -> "SNSClient":
        """SNS."""
        client: SNSClient = self.client("sns")
        return client

    @property
    def sqs(self) -> "SQSClient":
        """SQS."""
        client: SQSClient = self.client("sqs")
        return client

    def prepare(self) -> None:
        """Create all clients."""
        for service in _SERVICES:
            self.client(service)

    def client(self, service: str) -> Any:
        """The client of any service, such as "stepfunctions"; typed as Any: the service is only known at run time."""
        with self._lock:
            if service not in self._clients:
                session: Any = self.session
                self._clients[service] = session.client(service, endpoint_url=self.endpoint_url, config=_CONFIG)
            return self._clients[service]
