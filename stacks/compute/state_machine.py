"""The Express state machine, with its role, its log and permission for what its definition does."""

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
from shared.infra.refs import StateMachineRef
from shared.infra.rights.documents import boundary_arn
from stacks.compute.workflow.definition import WorkflowParts, definition

# With this prefix, Step Functions needs no statement for each log group in its resource policy, whose size is limited.
LOG_FOLDER: Final = "/aws/vendedlogs/states/"


class LoadWorkflow(Construct):
    """The workflow that follows every stored report.

    Attributes:
        ref: name and ARN.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        parts: WorkflowParts,
        log_retention_days: int,
        execution_data_days: int,
    ) -> None:
        """Make all of them.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            parts: what the definition uses.
            log_retention_days: how long the log is kept.
            execution_data_days: the same, with the input and output of each state in it; 0: they are not logged.
        """
        super().__init__(scope, id_)
        name = namer.name(id_, ResourceKind.STATE_MACHINE)
        log = LogGroup(
            self, "log", name=f"{LOG_FOLDER}{name}", retention_days=execution_data_days or log_retention_days
        )
        role = ServiceRole(
            self,
            "role",
            name=namer.name(id_, ResourceKind.ROLE),
            service="states.amazonaws.com",
            account_id=namer.account_id,
            grants=_grants(parts),
            boundary_arn=boundary_arn(namer),
        )
        machine = SfnStateMachine(
            self,
            "machine",
            name=name,
            type="EXPRESS",
            role_arn=role.arn,
            definition=definition(parts),
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL", include_execution_data=execution_data_days > 0, log_destination=f"{log.ref.arn}:*"
            ),
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            depends_on=[role.policy],
        )
        self.ref = StateMachineRef(name=machine.name, arn=machine.arn)


def _grants(parts: WorkflowParts) -> list[Grant]:
    functions = [each.arn for each in (parts.validation, parts.transformation, parts.notification)]
    return [
        Grant(actions=["lambda:InvokeFunction"], on=functions, why="run its steps"),
        Grant(
            actions=["dynamodb:GetItem", "dynamodb:UpdateItem"],
            on=[parts.uploads.arn],
            why="find the attempt and mark it as failed",
        ),
        Grant(actions=["sns:Publish"], on=[parts.outcomes.arn], why="publish the failure of an upload"),
        Grant(actions=["sqs:SendMessage"], on=[parts.dead_letters.arn], why="keep a failed upload for a rerun"),
        log_delivery(),
        tracing_of_workflows(),
    ]
