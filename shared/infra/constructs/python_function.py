"""A Python Lambda function with what every function has: role, log group, tracing, alarm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cdktf import AssetType, TerraformAsset
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionEphemeralStorage,
    LambdaFunctionTracingConfig,
)
from constructs import Construct

from shared.contracts import environment
from shared.contracts.functions import FunctionName
from shared.infra.constructs.alarm import Alarm, Limit, Notice, Priority
from shared.infra.constructs.log_group import LogGroup
from shared.infra.constructs.measured import error_rate, of_function
from shared.infra.constructs.role import ServiceRole
from shared.infra.limits import within
from shared.infra.naming import Namer, ResourceKind
from shared.infra.packaging import source_code_hash
from shared.infra.policies import TRACING, Grant
from shared.infra.refs import AlarmTopics, FunctionRef
from shared.infra.rights.documents import boundary_arn
from shared.infra.runtime import RUNTIME

ARCHITECTURE: Final = "arm64"
LOG_LEVEL: Final = "INFO"
MAX_TIMEOUT_SECONDS: Final = 900
"""Lambda quota."""
LEAST_STORAGE_MB: Final = 512
MAX_STORAGE_MB: Final = 10_240
"""Of `/tmp`: Lambda quotas. The least costs nothing."""
_ERROR_PERCENT: Final = 5


@dataclass(frozen=True, kw_only=True)
class FunctionSpec:
    """What a function runs with, and what it may do."""

    timeout_seconds: int
    memory_mb: int
    environment: Mapping[str, str]
    """Environment variables beyond those of every function: only what it uses."""
    grants: Sequence[Grant]
    """Permissions beyond logging and tracing."""
    reserved_concurrency: int = 0
    """Executions that are kept for it, which are also the most that it gets; 0: it shares the account's."""
    storage_mb: int = LEAST_STORAGE_MB
    """Of `/tmp`, in MiB."""


class PythonFunction(Construct):
    """A function on ARM64; it may do what it is granted, write its own log and send traces.

    Attributes:
        ref: name and ARNs.
        log: its log group.
        memory_mb: what it runs with.
    """

    def __init__(
        self,
        scope: Construct,
        name: FunctionName,
        *,
        namer: Namer,
        package: Path,
        spec: FunctionSpec,
        log_retention_days: int,
        alarms: AlarmTopics,
        priority: Priority,
    ) -> None:
        """Make the function.

        Args:
            scope: parent.
            name: of the function: construct id, purpose in all its names, and where its handler is in the ZIP.
            namer: of the environment.
            package: the ZIP.
            spec: what it runs with.
            log_retention_days: how long its log is kept.
            alarms: notified when too many calls fail.
            priority: of that.
        """
        super().__init__(scope, name)
        self._name = namer.name(name, ResourceKind.FUNCTION)
        self._log = LogGroup(self, "log", name=f"/aws/lambda/{self._name}", retention_days=log_retention_days)
        self.log = self._log.ref
        self.memory_mb = spec.memory_mb
        self._role = ServiceRole(
            self,
            "role",
            name=namer.name(name, ResourceKind.ROLE),
            service="lambda.amazonaws.com",
            grants=[*spec.grants, self._logging(), TRACING],
            boundary_arn=boundary_arn(namer),
        )
        common = {environment.ENVIRONMENT_SUFFIX: namer.suffix, environment.LOG_LEVEL: LOG_LEVEL}
        function = self._function(name.handler, package, spec, common | dict(spec.environment))
        self.ref = FunctionRef(name=function.function_name, arn=function.arn, invoke_arn=function.invoke_arn)
        self._watch(name, namer=namer, alarms=alarms, priority=priority)

    def _watch(self, name: FunctionName, *, namer: Namer, alarms: AlarmTopics, priority: Priority) -> None:
        says = f"More than {_ERROR_PERCENT} % of the calls of {name} failed within 5 minutes"
        notice = Notice(purpose=f"{name}-errors", priority=priority, says=says)
        rate = error_rate(errors=of_function("Errors", self.ref), calls=of_function("Invocations", self.ref))
        Alarm(self, "errors", namer=namer, topics=alarms, notice=notice, on=rate, limit=Limit(value=_ERROR_PERCENT))

    def _logging(self) -> Grant:
        # Without logs:CreateLogGroup: a late line must not recreate the group after it was destroyed.
        actions = ("logs:CreateLogStream", "logs:PutLogEvents")
        return Grant(actions=actions, on=(f"{self._log.ref.arn}:*",), why="write its own log")

    def _function(self, handler: str, package: Path, spec: FunctionSpec, variables: dict[str, str]) -> LambdaFunction:
        # The path has no hash of the content, which would show as a second difference beside `source_code_hash`.
        asset = TerraformAsset(self, "package", path=str(package.absolute()), asset_hash="package", type=AssetType.FILE)
        return LambdaFunction(
            self,
            "function",
            function_name=self._name,
            role=self._role.arn,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            memory_size=spec.memory_mb,
            timeout=within("timeout_seconds", spec.timeout_seconds, 1, MAX_TIMEOUT_SECONDS, "seconds"),
            handler=handler,
            filename=asset.path,
            source_code_hash=source_code_hash(package),
            environment=LambdaFunctionEnvironment(variables=variables),
            tracing_config=LambdaFunctionTracingConfig(mode="Active"),
            reserved_concurrent_executions=spec.reserved_concurrency or None,
            ephemeral_storage=LambdaFunctionEphemeralStorage(
                size=within("storage_mb", spec.storage_mb, LEAST_STORAGE_MB, MAX_STORAGE_MB, "MiB")
            ),
            depends_on=[self._log.resource, self._role.policy],
        )
