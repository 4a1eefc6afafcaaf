"""Calls a function at regular intervals."""

from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget, CloudwatchEventTargetRetryPolicy
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from shared.infra.naming import Namer, ResourceKind
from shared.infra.refs import FunctionRef
from stacks.compute.event_rules import ENABLED

EVERY_MINUTE: Final = "rate(1 minute)"
RETRY_SECONDS: Final = 60
"""The shortest that EventBridge accepts."""


class Schedule(Construct):
    """Rule and target. An event that cannot be delivered is dropped: it carries no work, and the next one follows.

    Attributes:
        rule_name: of the rule.
    """

    def __init__(
        self, scope: Construct, id_: str, *, namer: Namer, function: FunctionRef, every: str, description: str
    ) -> None:
        """Make rule, permission and target.

        Args:
            scope: parent.
            id_: construct id, and purpose in the rule's name.
            namer: of the environment.
            function: which is called.
            every: EventBridge's expression, such as `rate(1 minute)`.
            description: of the rule.
        """
        super().__init__(scope, id_)
        name = namer.name(id_, ResourceKind.EVENT_RULE)
        rule = CloudwatchEventRule(
            self, "rule", name=name, description=description, schedule_expression=every, state=ENABLED
        )
        self.rule_name = rule.name
        permission = LambdaPermission(
            self,
            "permission",
            statement_id=id_,
            action="lambda:InvokeFunction",
            function_name=function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
        )
        CloudwatchEventTarget(
            self,
            "target",
            rule=rule.name,
            target_id="function",
            arn=function.arn,
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=RETRY_SECONDS, maximum_retry_attempts=1
            ),
            depends_on=[permission],
        )
