"""A state machine, with its role and its log."""

from collections.abc import Sequence
from enum import StrEnum
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
from shared.infra.policies import Grant
from shared.infra.refs import StateMachineRef
from shared.infra.rights.documents import boundary_arn

# With this prefix, Step Functions needs no statement for each log group in its resource policy, whose size is limited.
LOG_FOLDER: Final = "/aws/vendedlogs/states/"


class WorkflowKind(StrEnum):
    """How Step Functions runs executions."""

    EXPRESS = "EXPRESS"
    """Five minutes at most, at least once."""
    STANDARD = "STANDARD"
    """A year at most, exactly once, and the only kind that may have a Distributed Map."""


class Workflow(Construct):
    """A workflow that follows stored reports.

    Attributes:
        ref: name and ARN.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        kind: WorkflowKind,
        definition: str,
        grants: Sequence[Grant],
        log_retention_days: int,
        execution_data_days: int,
    ) -> None:
        """Make all of them.

        Args:
            scope: parent.
            id_: construct id, and purpose in its names.
            namer: of the environment.
            kind: of its executions.
            definition: in Amazon States Language.
            grants: permission for what the definition does.
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
            grants=grants,
            boundary_arn=boundary_arn(namer),
        )
        machine = SfnStateMachine(
            self,
            "machine",
            name=name,
            type=kind,
            role_arn=role.arn,
            definition=definition,
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL", include_execution_data=execution_data_days > 0, log_destination=f"{log.ref.arn}:*"
            ),
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            depends_on=[role.policy],
        )
        self.ref = StateMachineRef(name=machine.name, arn=machine.arn)
