"""Compute stack: what is redeployed daily, and what watches it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cdktf import TerraformOutput
from constructs import Construct

from shared.contracts.functions import FunctionName
from shared.infra.constructs.alarm import DepthAlarm, TimeoutAlarm
from shared.infra.constructs.queue import QueuePolicy
from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind
from shared.infra.refs import FunctionRef, QueueRef, StateMachineRef
from shared.infra.settings.settings import Settings
from stacks.compute.functions import make_functions
from stacks.compute.state_machine import LoadWorkflow, WorkflowUses
from stacks.compute.tracing import Tracing
from stacks.compute.trigger import ReportTrigger
from stacks.data.stack import DataOutputs


@dataclass(frozen=True, kw_only=True)
class ComputeOutputs:
    """What the API uses."""

    intake: FunctionRef
    status: FunctionRef


class ComputeStack(EnvironmentStack):
    """Functions, workflow, trigger, alarms, tracing.

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
        super().__init__(scope, "compute-stack", settings=settings)
        retention = settings.log_retention_days
        functions = make_functions(self, namer=self.namer, data=data, packages=packages, log_retention_days=retention)
        uses = WorkflowUses(
            validation=functions[FunctionName.VALIDATION],
            transformation=functions[FunctionName.TRANSFORMATION],
            notification=functions[FunctionName.NOTIFICATION],
            uploads=data.uploads,
            outcomes=data.outcomes,
            dead_letters=data.dead_letters,
        )
        workflow = LoadWorkflow(self, "load", namer=self.namer, uses=uses, log_retention_days=retention).ref
        ReportTrigger(
            self,
            "report-stored",
            namer=self.namer,
            bucket=data.reports,
            workflow=workflow,
            undelivered=data.undelivered,
        )
        self._watch(data, workflow)
        if settings.xray:
            self._trace(functions, workflow)
        self.outputs = ComputeOutputs(intake=functions[FunctionName.INTAKE], status=functions[FunctionName.STATUS])
        self._outputs(workflow)

    def _watch(self, data: DataOutputs, workflow: StateMachineRef) -> None:
        QueuePolicy(self, "dead-letters", queue=data.dead_letters)
        queues: dict[str, QueueRef] = {"dead-letters": data.dead_letters, "undelivered": data.undelivered}
        for purpose, queue in queues.items():
            name = self.namer.name(f"{purpose}-depth", ResourceKind.ALARM)
            DepthAlarm(self, f"{purpose}-depth", name=name, queue=queue, topic=data.alarms)
        name = self.namer.name("load-timeouts", ResourceKind.ALARM)
        TimeoutAlarm(self, "load-timeouts", name=name, machine=workflow, topic=data.alarms)

    def _trace(self, functions: Mapping[FunctionName, FunctionRef], workflow: StateMachineRef) -> None:
        # A report's way has two traces: S3's events carry no trace on from the API to the workflow.
        services = [functions[FunctionName.INTAKE].name, functions[FunctionName.STATUS].name, workflow.name]
        # API Gateway calls itself by API and stage.
        beginnings = {"api": f"{self.namer.name('api', ResourceKind.API)}/*", "load": workflow.name}
        Tracing(self, "tracing", namer=self.namer, services=services, beginnings=beginnings)

    def _outputs(self, workflow: StateMachineRef) -> None:
        description = "State machine that loads a report: its executions and their logs"
        TerraformOutput(self, "state_machine_arn", value=workflow.arn, description=description)
