"""Compute stack: what is redeployed daily, and what watches it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cdktf import TerraformOutput
from constructs import Construct

from shared.contracts.functions import FunctionName
from shared.infra.constructs.alarm import TimeoutAlarm
from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind, preview_number
from shared.infra.refs import FunctionRef, StateMachineRef
from shared.infra.settings.settings import ACCOUNT_SAMPLING_RATE, Settings
from shared.infra.stack_names import StackName
from stacks.compute.functions import FunctionMaker, Functions
from stacks.compute.schedule import EVERY_MINUTE, Schedule
from stacks.compute.state_machine import LoadWorkflow
from stacks.compute.tracing import Tracing
from stacks.compute.trigger import ReportTrigger
from stacks.compute.workflow.definition import WorkflowParts
from stacks.data.stack import DataOutputs


@dataclass(frozen=True, kw_only=True)
class ComputeOutputs:
    """What the API uses."""

    intake: FunctionRef
    declaration: FunctionRef
    status: FunctionRef


class ComputeStack(EnvironmentStack):
    """Functions, workflow, trigger, schedule, alarms, tracing.

    Attributes:
        outputs: the functions that the API calls.
    """

    def __init__(
        self, scope: Construct, *, settings: Settings, data: DataOutputs, packages: Mapping[FunctionName, Path]
    ) -> None:
        """Make the stack.

        Args:
            scope: the app.
            settings: of the environment.
            data: what the data stack made.
            packages: ZIP of each function.
        """
        super().__init__(scope, StackName.COMPUTE, settings=settings)
        retention = settings.log_retention_days
        maker = FunctionMaker(
            self,
            namer=self.namer,
            data=data,
            packages=packages,
            log_retention_days=retention,
            intake_concurrency=settings.intake_concurrency,
        )
        functions = maker.functions()
        parts = WorkflowParts(
            validation=functions.validation,
            transformation=functions.transformation,
            notification=functions.notification,
            uploads=data.uploads,
            outcomes=data.outcomes,
            dead_letters=data.dead_letters,
        )
        workflow = LoadWorkflow(
            self,
            "load",
            namer=self.namer,
            parts=parts,
            log_retention_days=retention,
            execution_data_days=settings.execution_data_days,
        ).ref
        ReportTrigger(
            self,
            "report-stored",
            namer=self.namer,
            bucket=data.reports,
            workflow=workflow,
            dead_letters=data.event_dead_letters,
        )
        Schedule(
            self,
            "sweep",
            namer=self.namer,
            function=maker.sweeper(workflow),
            every=EVERY_MINUTE,
            description="Look after uploads that are stuck",
        )
        declaration = maker.declaration(workflow)
        alarm = self.namer.name("load-timeouts", ResourceKind.ALARM)
        TimeoutAlarm(self, "load-timeouts", name=alarm, machine=workflow, topic=data.alarms)
        if settings.xray and preview_number(settings.suffix) is None:
            self._trace(functions, declaration, workflow)
        self.outputs = ComputeOutputs(intake=functions.intake, declaration=declaration, status=functions.status)
        description = "State machine that loads a report: its executions and their logs"
        TerraformOutput(self, "state_machine_arn", value=workflow.arn, description=description)

    def _trace(self, functions: Functions, declaration: FunctionRef, workflow: StateMachineRef) -> None:
        # A report has two traces: S3's events do not continue the API's trace in the workflow.
        services = [functions.intake.name, declaration.name, functions.status.name, workflow.name]
        # X-Ray names API Gateway by API and stage.
        roots = {"api": f"{self.namer.name('api', ResourceKind.API)}/*", "load": workflow.name}
        rate = self.settings.xray_sampling_rate
        own = roots if rate != ACCOUNT_SAMPLING_RATE else {}
        Tracing(self, "tracing", namer=self.namer, services=services, roots=own, rate=rate)
