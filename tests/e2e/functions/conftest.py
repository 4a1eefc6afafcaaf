"""A MiniStack with the tables, bucket and topic that the functions use, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from functions.common.aws import clients
from functions.intake import handler as intake
from functions.notification import handler as notification
from functions.status import handler as status
from functions.transformation import handler as transformation
from functions.validation import handler as validation
from local.cloud.clients import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.cloud.ministack import ministack
from local.cloud.paths import find_paths
from local.cloud.run_folder import run_folder
from local.cloud.tables import table_request
from shared.contracts import environment
from shared.contracts.tables import BANKS, TRANSACTIONS, UPLOADS

_CACHES = (
    *(module.wire for module in (intake, validation, transformation, notification, status)),
    *(clients.dynamodb, clients.s3, clients.sns),
)


@dataclass(frozen=True, kw_only=True)
class World:
    """Clients of MiniStack, and the names of what is in it."""

    dynamodb: Any
    s3: Any
    sns: Any
    sqs: Any
    names: Mapping[str, str]
    queue_url: str
    """Receives every outcome that is published."""


@pytest.fixture(scope="package")
def endpoint_url(user: dict[str, str]) -> Iterator[str]:
    """MiniStack's endpoint."""
    paths = find_paths(user)
    with run_folder(paths.runs) as run, ministack(python=paths.ministack_python, run=run) as server:
        yield server.endpoint_url


@pytest.fixture(scope="package")
def world(endpoint_url: str) -> Iterator[World]:
    """The resources, and an environment in which boto3 and the functions find them."""
    names = {
        environment.BANKS_TABLE: "banks",
        environment.UPLOADS_TABLE: "uploads",
        environment.TRANSACTIONS_TABLE: "transactions",
        environment.REPORTS_BUCKET: "reports",
    }
    aws = {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**names, **aws}.items():
            patch.setenv(name, value)
        made = _make(names)
        patch.setenv(environment.OUTCOMES_TOPIC_ARN, made.names[environment.OUTCOMES_TOPIC_ARN])
        yield made
    for cached in _CACHES:
        cached.cache_clear()


def _make(names: Mapping[str, str]) -> World:
    dynamodb, s3, sns, sqs = (_client(service) for service in ("dynamodb", "s3", "sns", "sqs"))
    for name, keys in (("banks", BANKS), ("uploads", UPLOADS), ("transactions", TRANSACTIONS)):
        dynamodb.create_table(**table_request(name, keys))
    s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": REGION})
    topic_arn = sns.create_topic(Name="outcomes")["TopicArn"]
    queue_url = sqs.create_queue(QueueName="outcomes")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"])
    return World(
        dynamodb=dynamodb,
        s3=s3,
        sns=sns,
        sqs=sqs,
        names={**names, environment.OUTCOMES_TOPIC_ARN: topic_arn},
        queue_url=queue_url,
    )


def _client(service: Any) -> Any:
    """Typed as Any: the service is only known at run time."""
    return boto3.client(service)
