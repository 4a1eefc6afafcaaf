"""Starts the workflow for every report that is stored in the bucket."""

import json
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetRetryPolicy,
)
from constructs import Construct

from shared.contracts.objects import REPORTS_PREFIX
from shared.infra.constructs.dead_letter_queue import ServiceSender
from shared.infra.constructs.role import ServiceRole
from shared.infra.naming import Namer, ResourceKind
from shared.infra.policies import Grant
from shared.infra.refs import BucketRef, QueueRef, StateMachineRef
from shared.infra.rights.documents import boundary_arn

_SERVICE: Final = "events.amazonaws.com"
RETRY_SECONDS: Final = 3_600
RETRY_ATTEMPTS: Final = 30


class ReportTrigger(Construct):
    """Rule and target: 'Object Created' below `reports/`; events undeliverable for an hour go to a queue."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        bucket: BucketRef,
        workflow: StateMachineRef,
        dead_letters: QueueRef,
    ) -> None:
        super().__init__(scope, id_)
        rule = CloudwatchEventRule(
            self,
            "rule",
            name=namer.name(id_, ResourceKind.EVENT_RULE),
            description="A report was stored",
            event_pattern=_pattern(bucket),
        )
        role = self._role(namer, namer.name(id_, ResourceKind.ROLE), workflow)
        sender = ServiceSender(
            self,
            "dead-letters",
            queue=dead_letters,
            service=_SERVICE,
            source_arn=rule.arn,
            why="keep events that could not be delivered",
        )
        CloudwatchEventTarget(
            self,
            "target",
            rule=rule.name,
            target_id="workflow",
            arn=workflow.arn,
            role_arn=role.arn,
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=RETRY_SECONDS, maximum_retry_attempts=RETRY_ATTEMPTS
            ),
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=dead_letters.arn),
            depends_on=[role.policy, sender.resource],
        )

    def _role(self, namer: Namer, name: str, workflow: StateMachineRef) -> ServiceRole:
        grant = Grant(actions=["states:StartExecution"], on=[workflow.arn], why="start the workflow")
        return ServiceRole(
            self,
            "role",
            name=name,
            service=_SERVICE,
            account_id=namer.account_id,
            grants=[grant],
            boundary_arn=boundary_arn(namer),
        )


def _pattern(bucket: BucketRef) -> str:
    return json.dumps(
        {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": [bucket.name]}, "object": {"key": [{"prefix": REPORTS_PREFIX}]}},
        }
    )
