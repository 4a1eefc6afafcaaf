"""Compute stack: what is redeployed daily, and what watches it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cdktf import TerraformOutput
from constructs import Construct

from shared.contracts.functions import FunctionName
from shared.infra.constructs.python_function import PythonFunction
from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind, preview_number
from shared.infra.policies import Grant
from shared.infra.refs import FunctionRef, StateMachineRef
from shared.infra.settings.settings import ACCOUNT_SAMPLING_RATE, Settings
from shared.infra.stack_names import StackName
from stacks.compute.alarms import ComputeAlarms, Rules
from stacks.compute.dashboard.dashboard import Dashboard
from stacks.compute.dashboard.graphs import Watched
from stacks.compute.function_specs import WorkflowRefs
from stacks.compute.functions import FunctionMaker, Functions
from stacks.compute.schedule import EVERY_MINUTE, Schedule
from stacks.compute.state_machine import LOG_FOLDER, Workflow, WorkflowKind
from stacks.compute.tracing import Tracing
from stacks.compute.trigger import ReportTrigger
from stacks.compute.workflow.definition import WorkflowParts, definition, large_definition
from stacks.compute.workflow.grants import distributed_map_grants, grants
from stacks.data.stack import DataOutputs

_SMALL: Final = "load"
_LARGE: Final = "large-load"


@dataclass(frozen=True, kw_only=True)
class ComputeOutputs:
    """What the API uses."""

    intake: FunctionRef
    declaration: FunctionRef
    precheck: FunctionRef
    status: FunctionRef
    transactions: FunctionRef
    web: FunctionRef


class ComputeStack(EnvironmentStack):
    """Functions, workflows, triggers, schedule, alarms, tracing, dashboard.

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
        self._data = data
        maker = FunctionMaker(
            self,
            namer=self.namer,
            data=data,
            packages=packages,
            log_retention_days=settings.log_retention_days,
            intake_concurrency=settings.intake_concurrency,
            allowed_origins=settings.allowed_origins,
            bank_calendars=settings.bank_calendars,
        )
        functions = maker.functions()
        workflows = WorkflowRefs(small=self._small(functions), large=self._large(functions))
        trigger = ReportTrigger(
            self,
            "report-stored",
            namer=self.namer,
            bucket=data.reports,
            workflows=workflows,
            dead_letters=data.event_dead_letters,
        )
        schedule = Schedule(
            self,
            "sweep",
            namer=self.namer,
            function=maker.sweeper(workflows),
            every=EVERY_MINUTE,
            description="Look after uploads that are stuck",
        )
        declaration = maker.declaration(workflows)
        self._outputs(workflows)
        alarms = ComputeAlarms(self, namer=self.namer, topics=data.alarms)
        alarms.watch_functions({name: each.ref for name, each in maker.made.items()})
        alarms.watch_workflow(_SMALL, workflows.small)
        alarms.watch_workflow(_LARGE, workflows.large)
        alarms.watch_rules(Rules(reports=trigger.rule_names, schedules=[schedule.rule_name]))
        alarms.watch_uploads()
        awaited = [bank_id for bank_id, bank in settings.banks.items() if bank.calendar]
        alarms.watch_calendars(bank_ids=awaited)
        self._show(maker.made, workflows, awaited_banks=awaited)
        if settings.xray and preview_number(settings.suffix) is None:
            asked = [functions.intake, declaration, functions.precheck, functions.status, functions.transactions]
            self._trace(asked, workflows)
        self.outputs = ComputeOutputs(
            intake=functions.intake,
            declaration=declaration,
            precheck=functions.precheck,
            status=functions.status,
            transactions=functions.transactions,
            web=functions.web,
        )

    def _small(self, functions: Functions) -> StateMachineRef:
        parts = self._parts(functions.validation, functions.transformation, functions.notification)
        return self._workflow(_SMALL, WorkflowKind.EXPRESS, definition(parts), grants(parts))

    def _large(self, functions: Functions) -> StateMachineRef:
        parts = self._parts(functions.large_validation, functions.transformation, functions.large_notification)
        name = self.namer.name(_LARGE, ResourceKind.STATE_MACHINE)
        granted = [*grants(parts), *distributed_map_grants(name, namer=self.namer, reports=self._data.reports)]
        text = large_definition(parts, concurrency=self.settings.large_load_concurrency)
        return self._workflow(_LARGE, WorkflowKind.STANDARD, text, granted)

    def _parts(self, validation: FunctionRef, transformation: FunctionRef, notification: FunctionRef) -> WorkflowParts:
        return WorkflowParts(
            validation=validation,
            transformation=transformation,
            notification=notification,
            uploads=self._data.uploads,
            outcomes=self._data.outcomes,
            dead_letters=self._data.dead_letters,
        )

    def _workflow(self, id_: str, kind: WorkflowKind, text: str, granted: Sequence[Grant]) -> StateMachineRef:
        return Workflow(
            self,
            id_,
            namer=self.namer,
            kind=kind,
            definition=text,
            grants=granted,
            log_retention_days=self.settings.log_retention_days,
            execution_data_days=self.settings.execution_data_days,
        ).ref

    def _outputs(self, workflows: WorkflowRefs) -> None:
        for id_, machine, reports in (
            (_SMALL, workflows.small, "a report"),
            (_LARGE, workflows.large, "a large report"),
        ):
            output = "state_machine_arn" if id_ == _SMALL else "large_state_machine_arn"
            description = f"State machine that loads {reports}: its executions and their logs"
            TerraformOutput(self, output, value=machine.arn, description=description)

    def _show(
        self,
        functions: Mapping[FunctionName, PythonFunction],
        workflows: WorkflowRefs,
        *,
        awaited_banks: Sequence[str],
    ) -> None:
        """The dashboard."""
        # What is made after this stack is known by its names.
        api = self.namer.name("api", ResourceKind.API)
        machines = {"load": workflows.small, "large load": workflows.large}
        watched = Watched(
            environment=self.settings.suffix,
            api=api,
            functions={each: functions[each] for each in FunctionName},
            workflows=machines,
            uploads=self._data.uploads,
            transactions=self._data.transactions,
            banks=self._data.banks,
            queues={
                "dead letters": self._data.dead_letters,
                "event dead letters": self._data.event_dead_letters,
                "undelivered": self._data.undelivered,
            },
            log_groups={
                **{f"workflow {name}": f"{LOG_FOLDER}{machine.name}" for name, machine in machines.items()},
                "access to the API": f"/aws/apigateway/{api}",
            },
            awaited_banks=awaited_banks,
        )
        Dashboard(self, "pipeline", namer=self.namer, watched=watched)

    def _trace(self, functions: Sequence[FunctionRef], workflows: WorkflowRefs) -> None:
        # A report has two traces: S3's events do not continue the API's trace in the workflow.
        machines = {_SMALL: workflows.small.name, _LARGE: workflows.large.name}
        services = [*(each.name for each in functions), *machines.values()]
        # X-Ray names API Gateway by API and stage.
        roots = {"api": f"{self.namer.name('api', ResourceKind.API)}/*", **machines}
        rate = self.settings.xray_sampling_rate
        own = roots if rate != ACCOUNT_SAMPLING_RATE else {}
        Tracing(self, "tracing", namer=self.namer, services=services, roots=own, rate=rate)
