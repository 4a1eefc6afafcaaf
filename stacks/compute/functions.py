"""The functions, one of each name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from constructs import Construct

from shared.contracts import environment
from shared.contracts.functions import FunctionName
from shared.infra.constructs.python_function import FunctionSpec, PythonFunction
from shared.infra.naming import Namer
from shared.infra.refs import FunctionRef
from stacks.compute import function_specs
from stacks.compute.alarms import priority_of
from stacks.compute.function_specs import WorkflowRefs
from stacks.data.stack import DataOutputs


@dataclass(frozen=True, kw_only=True)
class Functions:
    """All functions but those that start the workflows, which are made of these; to omit one is a type error."""

    intake: FunctionRef
    precheck: FunctionRef
    validation: FunctionRef
    transformation: FunctionRef
    notification: FunctionRef
    status: FunctionRef
    transactions: FunctionRef
    web: FunctionRef
    large_validation: FunctionRef
    large_notification: FunctionRef


class FunctionMaker:
    """Makes functions, from what all of them have in common.

    Attributes:
        made: the functions so far.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        namer: Namer,
        data: DataOutputs,
        packages: Mapping[FunctionName, Path],
        log_retention_days: int,
        intake_concurrency: int,
        allowed_origins: Sequence[str],
        bank_calendars: str,
    ) -> None:
        """Remember what functions are made from.

        Args:
            scope: the stack.
            namer: of the environment.
            data: what they read and write.
            packages: ZIP of each.
            log_retention_days: how long their logs are kept.
            intake_concurrency: executions that are kept for intake; 0: none.
            allowed_origins: of web pages that may read what the API answers.
            bank_calendars: when the banks' reports are expected, as the sweeper reads it; empty if no bank has a
                calendar.
        """
        self.made: dict[FunctionName, PythonFunction] = {}
        self._scope = scope
        self._namer = namer
        self._data = data
        self._packages = packages
        self._log_retention_days = log_retention_days
        self._intake_concurrency = intake_concurrency
        self._bank_calendars = bank_calendars
        self._origins = {environment.ALLOWED_ORIGINS: " ".join(allowed_origins)} if allowed_origins else {}

    def functions(self) -> Functions:
        """Make all functions but those that start the workflow."""
        data = self._data
        intake = replace(function_specs.intake(data), reserved_concurrency=self._intake_concurrency)
        return Functions(
            intake=self._answering(FunctionName.INTAKE, intake),
            precheck=self._answering(FunctionName.PRECHECK, function_specs.precheck(data)),
            validation=self._make(FunctionName.VALIDATION, function_specs.validation(data)),
            transformation=self._make(FunctionName.TRANSFORMATION, function_specs.transformation(data)),
            notification=self._make(FunctionName.NOTIFICATION, function_specs.notification(data)),
            status=self._answering(FunctionName.STATUS, function_specs.status(data)),
            transactions=self._answering(FunctionName.TRANSACTIONS, function_specs.transactions(data)),
            web=self._answering(FunctionName.WEB, function_specs.web(data)),
            large_validation=self._make(FunctionName.LARGE_VALIDATION, function_specs.large_validation(data)),
            large_notification=self._make(FunctionName.LARGE_NOTIFICATION, function_specs.large_notification(data)),
        )

    def declaration(self, workflows: WorkflowRefs) -> FunctionRef:
        """Make the function that takes declarations, and runs stored reports again."""
        return self._answering(FunctionName.DECLARATION, function_specs.declaration(self._data, workflows))

    def sweeper(self, workflows: WorkflowRefs) -> FunctionRef:
        """Make the sweeper of the workflows."""
        spec = function_specs.sweeper(self._data, workflows, bank_calendars=self._bank_calendars)
        return self._make(FunctionName.SWEEPER, spec)

    def _answering(self, name: FunctionName, spec: FunctionSpec) -> FunctionRef:
        """Make a function that the API calls."""
        return self._make(name, replace(spec, environment={**spec.environment, **self._origins}))

    def _make(self, name: FunctionName, spec: FunctionSpec) -> FunctionRef:
        self.made[name] = PythonFunction(
            self._scope,
            name,
            namer=self._namer,
            package=self._packages[name],
            spec=spec,
            log_retention_days=self._log_retention_days,
            alarms=self._data.alarms,
            priority=priority_of(name),
        )
        return self.made[name].ref
