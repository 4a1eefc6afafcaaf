"""The outcomes topic in SNS."""

import json
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from shared.contracts.outcomes import BANK_ID_ATTRIBUTE, STATUS_ATTRIBUTE, Outcome

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient


class OutcomesTopic:
    """Implements `Outcomes`. Subscribers filter by the message attributes bank and status."""

    def __init__(self, client: "SNSClient", topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, outcome: Outcome) -> None:
        """See `Outcomes.publish`; the body is JSON."""
        with aws_errors("publish the outcome"):
            self._client.publish(
                TopicArn=self._topic_arn,
                Message=json.dumps(outcome),
                MessageAttributes={
                    BANK_ID_ATTRIBUTE: {"DataType": "String", "StringValue": outcome["bank_id"]},
                    STATUS_ATTRIBUTE: {"DataType": "String", "StringValue": outcome["status"]},
                },
            )
