"""Starts the workflow of its size for every report that is stored in the bucket."""

import json
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetRetryPolicy,
)
from constructs import Construct

from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.objects import REPORTS_PREFIX
from shared.infra.constructs.dead_letter_queue import ServiceSender
from shared.infra.constructs.role import ServiceRole
from shared.infra.naming import Namer, ResourceKind
from shared.infra.policies import Grant
from shared.infra.refs import BucketRef, QueueRef, StateMachineRef
from shared.infra.rights.documents import boundary_arn
from stacks.compute.event_rules import ENABLED
from stacks.compute.function_specs import WorkflowRefs

_SERVICE: Final = "events.amazonaws.com"
RETRY_SECONDS: Final = 3_600
RETRY_ATTEMPTS: Final = 30


class ReportTrigger(Construct):
    """A rule for small reports and one for large ones: 'Object Created' below `reports/`, by the object's size.

    Events undeliverable for an hour go to a queue.

    Attributes:
        rule_names: of both.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        bucket: BucketRef,
        workflows: WorkflowRefs,
        dead_letters: QueueRef,
    ) -> None:
        """Make the rules.

        Args:
            scope: parent.
            id_: construct id, and purpose in the names of the rule for small reports and of the role.
            namer: of the environment.
            bucket: of the reports.
            workflows: what the rules start.
            dead_letters: for undeliverable events.
        """
        super().__init__(scope, id_)
        self._dead_letters = dead_letters
        role = self._role(namer, namer.name(id_, ResourceKind.ROLE), workflows)
        large = f"large-{id_}"
        rules = {
            id_: self._rule("rule", namer.name(id_, ResourceKind.EVENT_RULE), bucket, "A report", "<="),
            large: self._rule(
                f"{large}-rule", namer.name(large, ResourceKind.EVENT_RULE), bucket, "A large report", ">"
            ),
        }
        self.rule_names = [each.name for each in rules.values()]
        sender = ServiceSender(
            self,
            "dead-letters",
            queue=dead_letters,
            service=_SERVICE,
            source_arns=[each.arn for each in rules.values()],
            why="keep events that could not be delivered",
        )
        self._target("target", rules[id_], workflows.small, role, sender)
        self._target(f"{large}-target", rules[large], workflows.large, role, sender)

    def _rule(self, id_: str, name: str, bucket: BucketRef, what: str, size: str) -> CloudwatchEventRule:
        return CloudwatchEventRule(
            self,
            id_,
            name=name,
            description=f"{what} was stored",
            event_pattern=pattern(bucket, size),
            state=ENABLED,
        )

    def _target(
        self, id_: str, rule: CloudwatchEventRule, workflow: StateMachineRef, role: ServiceRole, sender: ServiceSender
    ) -> None:
        CloudwatchEventTarget(
            self,
            id_,
            rule=rule.name,
            target_id="workflow",
            arn=workflow.arn,
            role_arn=role.arn,
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=RETRY_SECONDS, maximum_retry_attempts=RETRY_ATTEMPTS
            ),
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self._dead_letters.arn),
            depends_on=[role.policy, sender.resource],
        )

    def _role(self, namer: Namer, name: str, workflows: WorkflowRefs) -> ServiceRole:
        on = [workflows.small.arn, workflows.large.arn]
        return ServiceRole(
            self,
            "role",
            name=name,
            service=_SERVICE,
            account_id=namer.account_id,
            grants=[Grant(actions=["states:StartExecution"], on=on, why="start the workflow")],
            boundary_arn=boundary_arn(namer),
        )


def pattern(bucket: BucketRef, size: str) -> str:
    """Pattern of events whose object's size compares (`<=` or `>`) so with what fits in one request."""
    of_object = {"key": [{"prefix": REPORTS_PREFIX}], "size": [{"numeric": [size, MAX_REPORT_BYTES]}]}
    return json.dumps(
        {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": [bucket.name]}, "object": of_object},
        }
    )
