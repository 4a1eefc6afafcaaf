"""The Express state machine, with its role, its log and the permission to do just what its definition says."""

from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineLoggingConfiguration,
    SfnStateMachineTracingConfiguration,
)
from constructs import Construct

from shared.infra.constructs.log_group import LogGroup
from shared.infra.constructs.role import ServiceRole
from shared.infra.naming import Namer, ResourceKind
from shared.infra.policies import Grant, log_delivery, tracing_of_workflows
from shared.infra.refs import FunctionRef, QueueRef, StateMachineRef, TableRef, TopicRef
from stacks.compute.workflow import WorkflowParts, definition

# Log groups for Step Functions need this beginning, or its resource policy grows over AWS's limit with their number.
LOG_FOLDER: Final = "/aws/vendedlogs/states/"


@dataclass(frozen=True, kw_only=True)
class WorkflowUses:
    """What the workflow calls, writes to and sends to."""

    validation: FunctionRef
    transformation: FunctionRef
    notification: FunctionRef
    uploads: TableRef
    outcomes: TopicRef
    dead_letters: QueueRef


class LoadWorkflow(Construct):
    """The workflow that follows every stored report.

    Attributes:
        ref: name and ARN.
    """

    def __init__(
        self, scope: Construct, id_: str, *, namer: Namer, uses: WorkflowUses, log_retention_days: int
    ) -> None:
        super().__init__(scope, id_)
        name = namer.name(id_, ResourceKind.STATE_MACHINE)
        log = LogGroup(self, "log", name=f"{LOG_FOLDER}{name}", retention_days=log_retention_days)
        role = ServiceRole(
            self,
            "role",
            name=namer.name(id_, ResourceKind.ROLE),
            service="states.amazonaws.com",
            account_id=namer.account_id,
            grants=_grants(uses),
        )
        machine = SfnStateMachine(
            self,
            "machine",
            name=name,
            type="EXPRESS",
            role_arn=role.arn,
            definition=definition(_parts(uses)),
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL", include_execution_data=True, log_destination=f"{log.ref.arn}:*"
            ),
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            depends_on=[role.policy],
        )
        self.ref = StateMachineRef(name=machine.name, arn=machine.arn)


def _grants(uses: WorkflowUses) -> list[Grant]:
    functions = [each.arn for each in (uses.validation, uses.transformation, uses.notification)]
    return [
        Grant(actions=["lambda:InvokeFunction"], on=functions, why="run its steps"),
        Grant(actions=["dynamodb:UpdateItem"], on=[uses.uploads.arn], why="mark an upload as failed"),
        Grant(actions=["sns:Publish"], on=[uses.outcomes.arn], why="tell that an upload failed"),
        Grant(actions=["sqs:SendMessage"], on=[uses.dead_letters.arn], why="keep a failed upload for a rerun"),
        log_delivery(),
        tracing_of_workflows(),
    ]


def _parts(uses: WorkflowUses) -> WorkflowParts:
    return WorkflowParts(
        validation=uses.validation.arn,
        transformation=uses.transformation.arn,
        notification=uses.notification.arn,
        uploads=uses.uploads.name,
        outcomes=uses.outcomes.arn,
        dead_letters=uses.dead_letters.url,
    )
