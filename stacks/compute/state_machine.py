"""The Express state machine, with its role, its log and the permission to do just what its definition says."""

from typing import Final

from cdktf_cdktf_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineLoggingConfiguration,
    SfnStateMachineTracingConfiguration,
)
from constructs import Construct

from shared.infra.constructs.log_group import LogGroup
from shared.infra.constructs.role import ServiceRole
from shared.infra.naming import Kind, Namer
from shared.infra.policies import Grant, log_delivery, tracing_of_workflows
from shared.infra.refs import FunctionRef, QueueRef, StateMachineRef, TableRef, TopicRef
from stacks.compute.workflow import WorkflowParts, definition

# Log groups for Step Functions need this beginning, or its resource policy grows over AWS's limit with their number.
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
        validation: FunctionRef,
        transformation: FunctionRef,
        notification: FunctionRef,
        uploads: TableRef,
        outcomes: TopicRef,
        dead_letters: QueueRef,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, id_)
        name = namer.name(id_, Kind.STATE_MACHINE)
        log_name = namer.log_group(LOG_FOLDER, name)
        log = LogGroup(self, "log", name=log_name, retention_days=log_retention_days)
        functions = (validation, transformation, notification)
        role = ServiceRole(
            self,
            "role",
            name=namer.name(id_, Kind.ROLE),
            service="states.amazonaws.com",
            account_id=namer.account_id,
            grants=[
                Grant(actions=["lambda:InvokeFunction"], on=[each.arn for each in functions], why="run its steps"),
                Grant(actions=["dynamodb:UpdateItem"], on=[uploads.arn], why="mark an upload as failed"),
                Grant(actions=["sns:Publish"], on=[outcomes.arn], why="tell that an upload failed"),
                Grant(actions=["sqs:SendMessage"], on=[dead_letters.arn], why="keep a failed upload for a rerun"),
                log_delivery(),
                tracing_of_workflows(),
            ],
        )
        parts = WorkflowParts(
            validation=validation.arn,
            transformation=transformation.arn,
            notification=notification.arn,
            uploads=uploads.name,
            outcomes=outcomes.arn,
            dead_letters=dead_letters.url,
        )
        machine = SfnStateMachine(
            self,
            "machine",
            name=name,
            type="EXPRESS",
            role_arn=role.arn,
            definition=definition(parts),
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL", include_execution_data=True, log_destination=f"{log.ref.arn}:*"
            ),
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            depends_on=[role.policy],
        )
        self.ref = StateMachineRef(name=machine.name, arn=machine.arn)
