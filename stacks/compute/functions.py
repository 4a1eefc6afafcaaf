"""The functions, one of each name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from constructs import Construct

from shared.contracts.functions import FunctionName
from shared.infra.constructs.python_function import FunctionSpec, PythonFunction
from shared.infra.naming import Namer
from shared.infra.refs import FunctionRef
from stacks.compute import function_specs
from stacks.data.stack import DataOutputs


@dataclass(frozen=True, kw_only=True)
class Functions:
    """All functions; to leave one out is a type error."""

    intake: FunctionRef
    validation: FunctionRef
    transformation: FunctionRef
    notification: FunctionRef
    status: FunctionRef


def make_functions(
    scope: Construct,
    *,
    namer: Namer,
    data: DataOutputs,
    packages: Mapping[FunctionName, Path],
    log_retention_days: int,
) -> Functions:
    """Make all functions.

    Args:
        scope: the stack.
        namer: of the environment.
        data: what they read and write.
        packages: ZIP of each.
        log_retention_days: how long their logs are kept.
    """

    def make(name: FunctionName, spec: FunctionSpec) -> FunctionRef:
        return PythonFunction(
            scope,
            name,
            namer=namer,
            package=packages[name],
            spec=spec,
            log_retention_days=log_retention_days,
            alarms=data.alarms,
        ).ref

    return Functions(
        intake=make(FunctionName.INTAKE, function_specs.intake(data)),
        validation=make(FunctionName.VALIDATION, function_specs.validation(data)),
        transformation=make(FunctionName.TRANSFORMATION, function_specs.transformation(data)),
        notification=make(FunctionName.NOTIFICATION, function_specs.notification(data)),
        status=make(FunctionName.STATUS, function_specs.status(data)),
    )
