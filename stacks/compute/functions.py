"""The functions: what each runs with, may do and needs to know."""

from collections.abc import Mapping
from pathlib import Path

from constructs import Construct

from shared.contracts import environment
from shared.contracts.functions import FunctionName
from shared.infra.constructs.python_function import FunctionCode, PythonFunction
from shared.infra.naming import Namer
from shared.infra.policies import Grant
from shared.infra.refs import FunctionRef
from stacks.compute import grants
from stacks.data.stack import DataOutputs

TIMEOUT_SECONDS: Mapping[FunctionName, int] = {
    FunctionName.INTAKE: 29,  # as long as API Gateway waits
    FunctionName.STATUS: 29,
    # Each of a workflow's three can use up all its tries, and an Express execution still reaches its Catch: after five
    # minutes it would die without.
    FunctionName.VALIDATION: 60,
    FunctionName.TRANSFORMATION: 60,
    FunctionName.NOTIFICATION: 30,
}


def make_functions(
    scope: Construct,
    *,
    namer: Namer,
    data: DataOutputs,
    packages: Mapping[FunctionName, Path],
    log_retention_days: int,
) -> Mapping[FunctionName, FunctionRef]:
    """Make all functions.

    Args:
        scope: the stack.
        namer: of the environment.
        data: what they read and write.
        packages: ZIP of each.
        log_retention_days: how long their logs are kept.
    """
    granted = _grants(data)
    known = _variables(data)
    return {
        name: PythonFunction(
            scope,
            name,
            namer=namer,
            code=FunctionCode(
                handler=name.handler,
                package=packages[name],
                timeout_seconds=TIMEOUT_SECONDS[name],
                variables={environment.ENVIRONMENT_SUFFIX: namer.suffix, environment.LOG_LEVEL: "INFO"} | known[name],
            ),
            grants=granted[name],
            log_retention_days=log_retention_days,
            alarms=data.alarms,
        ).ref
        for name in FunctionName
    }


def _grants(data: DataOutputs) -> Mapping[FunctionName, list[Grant]]:
    return {
        FunctionName.INTAKE: grants.intake(data),
        FunctionName.VALIDATION: grants.validation(data),
        FunctionName.TRANSFORMATION: grants.transformation(data),
        FunctionName.NOTIFICATION: grants.notification(data),
        FunctionName.STATUS: grants.status(data),
    }


def _variables(data: DataOutputs) -> Mapping[FunctionName, dict[str, str]]:
    """Only what a function uses: what it does not know of it cannot touch by mistake."""
    reports = {environment.REPORTS_BUCKET: data.reports.name}
    uploads = {environment.UPLOADS_TABLE: data.uploads.name}
    banks = {environment.BANKS_TABLE: data.banks.name}
    transactions = {environment.TRANSACTIONS_TABLE: data.transactions.name}
    outcomes = {environment.OUTCOMES_TOPIC_ARN: data.outcomes.arn}
    return {
        FunctionName.INTAKE: reports | uploads | banks,
        FunctionName.VALIDATION: reports | uploads,
        FunctionName.TRANSFORMATION: uploads | transactions,
        FunctionName.NOTIFICATION: uploads | outcomes,
        FunctionName.STATUS: reports | uploads | banks,
    }
