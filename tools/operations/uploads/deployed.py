"""A deployed environment: its tables, bucket, queues and workflow, found by their names."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.common.attempts import new_attempt
from functions.common.aws.errors import error_code
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.state_machine import StateMachines
from functions.common.aws.uploads_table import UploadsTable
from functions.common.errors import TemporaryError
from functions.common.restarts import Restarts
from functions.common.times import utc_now
from functions.status.uploads_by_bank import UploadsIndex
from functions.transformation.transactions_table import DynamoDBTransactions
from shared.infra.account import load_settings
from shared.infra.naming import Namer, ResourceKind
from shared.infra.settings.settings import SettingsError
from tools.errors import ToolError, denied, no_answer

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient

INTERRUPTED: Final = 130
_CONFIG: Final = Config(retries={"mode": "standard", "total_max_attempts": 5})
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException"})
_ABSENT: Final = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "NoSuchBucket",
        "ResourceNotFoundException",
        "StateMachineDoesNotExist",
    }
)


@dataclass(frozen=True)
class Deployed:
    """One environment: the same adapters as its functions use, with the operator's credentials."""

    namer: Namer
    session: boto3.Session

    @property
    def suffix(self) -> str:
        """The environment's."""
        return self.namer.suffix

    @property
    def bucket(self) -> str:
        """Name of the reports bucket."""
        return self.namer.bucket("reports")

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """DynamoDB."""
        return self.session.client("dynamodb", region_name=self.namer.region, config=_CONFIG)

    @cached_property
    def s3(self) -> "S3Client":
        """S3."""
        return self.session.client("s3", region_name=self.namer.region, config=_CONFIG)

    @cached_property
    def sns(self) -> "SNSClient":
        """SNS."""
        return self.session.client("sns", region_name=self.namer.region, config=_CONFIG)

    @cached_property
    def sqs(self) -> "SQSClient":
        """SQS."""
        return self.session.client("sqs", region_name=self.namer.region, config=_CONFIG)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs."""
        return self.session.client("logs", region_name=self.namer.region, config=_CONFIG)

    @cached_property
    def stepfunctions(self) -> "SFNClient":
        """Step Functions."""
        return self.session.client("stepfunctions", region_name=self.namer.region, config=_CONFIG)

    @property
    def uploads(self) -> UploadsTable:
        """The uploads."""
        return UploadsTable(self.dynamodb, self._table("uploads"))

    @property
    def by_bank(self) -> UploadsIndex:
        """The uploads of a bank."""
        return UploadsIndex(self.dynamodb, self._table("uploads"))

    @property
    def transactions(self) -> DynamoDBTransactions:
        """The transactions."""
        table, uploads = self._table("transactions"), self._table("uploads")
        return DynamoDBTransactions(self.dynamodb, table, uploads_table=uploads)

    @property
    def reports(self) -> ReportsBucket:
        """The reports."""
        return ReportsBucket(self.s3, self.bucket)

    @property
    def restarts(self) -> Restarts:
        """Begins attempts, as the sweeper does."""
        small, large = self._state_machine("load"), self._state_machine("large-load")
        return Restarts(
            uploads=self.uploads,
            workflow=StateMachines(self.stepfunctions, small=small, large=large),
            bucket=self.bucket,
            clock=utc_now,
            new_attempt=new_attempt,
        )

    def queue_url(self, purpose: str) -> str:
        """URL of a queue."""
        return self.sqs.get_queue_url(QueueName=self.namer.name(purpose, ResourceKind.QUEUE))["QueueUrl"]

    def log_group(self, function: str) -> str:
        """Name of a function's log group."""
        return f"/aws/lambda/{self.namer.name(function, ResourceKind.FUNCTION)}"

    def topic_arn(self, purpose: str) -> str:
        """ARN of a topic."""
        return self._arn("sns", self.namer.name(purpose, ResourceKind.TOPIC))

    def _state_machine(self, purpose: str) -> str:
        return self._arn("states", f"stateMachine:{self.namer.name(purpose, ResourceKind.STATE_MACHINE)}")

    def _arn(self, service: str, resource: str) -> str:
        partition = self.session.get_partition_for_region(self.namer.region)
        return f"arn:{partition}:{service}:{self.namer.region}:{self.namer.account_id}:{resource}"

    def _table(self, purpose: str) -> str:
        return self.namer.name(purpose, ResourceKind.TABLE)


def find(variables: Mapping[str, str]) -> Deployed:
    """The environment that `ENVIRONMENT_SUFFIX` names, in the account of the credentials in use.

    Raises:
        SettingsError: its settings are invalid.
        ToolError: the account is unknown, because there are no credentials.
    """
    notices: list[str] = []
    settings = load_settings(variables, notice=notices.append)
    if notices:
        raise ToolError("The AWS account is unknown. Log in to AWS, then try again.")
    namer = Namer(suffix=settings.suffix, account_id=settings.account_id, region=settings.region)
    return Deployed(namer, boto3.Session())


def exit_code(command: str, work: Callable[[], int]) -> int:
    """Do a command's work; its exit code, or 1 after an expected failure, whose message has been printed."""
    try:
        return work()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BotoCoreError as error:
        message = no_answer(error)
    except ClientError as error:
        message = _explained(error)
    except TemporaryError as error:
        message = f"AWS is busy: {error}. Try again."
    except (ToolError, SettingsError) as error:
        message = str(error)
    print(f"./dev {command}: {message}", file=sys.stderr)
    return 1


def _explained(error: ClientError) -> str:
    code = error_code(error)
    if code in _DENIED:
        return denied(error.operation_name, code)
    if code in _ABSENT:
        return f"{error}. Check ENVIRONMENT_SUFFIX: is this environment deployed?"
    return str(error)
