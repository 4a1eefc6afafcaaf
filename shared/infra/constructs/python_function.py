"""A Python Lambda function with everything that it never goes without: role, log group, tracing, alarm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cdktf import AssetType, TerraformAsset
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionTracingConfig,
)
from constructs import Construct

from shared.infra.constructs.alarm import ErrorRateAlarm
from shared.infra.constructs.log_group import LogGroup
from shared.infra.constructs.role import ServiceRole
from shared.infra.limits import within
from shared.infra.naming import Namer, ResourceKind
from shared.infra.packaging import source_code_hash
from shared.infra.policies import TRACING, Grant
from shared.infra.refs import FunctionRef, TopicRef

RUNTIME: Final = "python3.11"
ARCHITECTURE: Final = "arm64"
MEMORY_MB: Final = 512
MAX_TIMEOUT_SECONDS: Final = 900
"""Lambda quota."""


@dataclass(frozen=True, kw_only=True)
class FunctionCode:
    """What a function runs."""

    handler: str
    """Module path and function, as they lie in the ZIP."""
    package: Path
    """The ZIP."""
    timeout_seconds: int
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment variables."""


class PythonFunction(Construct):
    """A function on ARM64; it may do what it is granted, write its own log and send traces.

    Attributes:
        ref: name and ARNs.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        code: FunctionCode,
        grants: Sequence[Grant],
        log_retention_days: int,
        alarms: TopicRef,
    ) -> None:
        """Make the function.

        Args:
            scope: parent.
            id_: construct id, and purpose in all its names.
            namer: of the environment.
            code: what it runs.
            grants: what it may do beyond logging and tracing.
            log_retention_days: how long its log is kept.
            alarms: who is told when it fails too often.
        """
        super().__init__(scope, id_)
        self._name = namer.name(id_, ResourceKind.FUNCTION)
        self._log = LogGroup(self, "log", name=f"/aws/lambda/{self._name}", retention_days=log_retention_days)
        self._role = ServiceRole(
            self,
            "role",
            name=namer.name(id_, ResourceKind.ROLE),
            service="lambda.amazonaws.com",
            grants=[*grants, self._logging(), TRACING],
        )
        function = self._function(code)
        self.ref = FunctionRef(name=function.function_name, arn=function.arn, invoke_arn=function.invoke_arn)
        ErrorRateAlarm(
            self,
            "errors",
            name=namer.name(f"{id_}-errors", ResourceKind.ALARM),
            function_name=self.ref.name,
            topic=alarms,
        )

    def _logging(self) -> Grant:
        # Without logs:CreateLogGroup: a late line must not bring the group back after it was destroyed.
        actions = ("logs:CreateLogStream", "logs:PutLogEvents")
        return Grant(actions=actions, on=(f"{self._log.ref.arn}:*",), why="write its own log")

    def _function(self, code: FunctionCode) -> LambdaFunction:
        asset = TerraformAsset(self, "package", path=str(code.package.absolute()), type=AssetType.FILE)
        return LambdaFunction(
            self,
            "function",
            function_name=self._name,
            role=self._role.arn,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            memory_size=MEMORY_MB,
            timeout=within("timeout_seconds", code.timeout_seconds, 1, MAX_TIMEOUT_SECONDS, "seconds"),
            handler=code.handler,
            filename=asset.path,
            source_code_hash=source_code_hash(code.package),
            environment=LambdaFunctionEnvironment(variables=dict(code.variables)),
            tracing_config=LambdaFunctionTracingConfig(mode="Active"),
            depends_on=[self._log.resource, self._role.policy],
        )
