"""Removes permissions of a function's role, one at a time, and finds the check that then fails."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from botocore.exceptions import ClientError

from local.cloud.clients import ACCOUNT_ID, REGION, SUFFIX, Cloud
from local.deployment.launch import Launched
from shared.contracts.functions import FunctionName
from shared.infra.naming import Namer, ResourceKind
from tests.ablation.checks import CHECKS, Check
from tests.e2e import uploads

_NAMER: Final = Namer(suffix=SUFFIX, account_id=ACCOUNT_ID, region=REGION)
_UNEVALUATED: Final = ("logs:", "xray:")
"""The local cloud delivers logs and traces itself, without the function's role."""
_PATIENCE_SECONDS: Final = 15
"""How long a check waits for what does not come."""
_LARGE_PATIENCE_SECONDS: Final = 60
"""The same for a large report, which takes seconds to be validated."""
_LARGE: Final = frozenset({FunctionName.LARGE_VALIDATION, FunctionName.LARGE_NOTIFICATION})
_MISSING: Final = "the local cloud answers 404 for a missing object also to a caller that may not list; AWS answers 403"
_DISTINGUISH: Final = "DistinguishAMissingReportFromAForbiddenOne"
UNSEEN: Final[Mapping[tuple[FunctionName, str, str], str]] = {
    (FunctionName.INTAKE, "s3:ListBucket", _DISTINGUISH): _MISSING,
    (FunctionName.DECLARATION, "s3:ListBucket", _DISTINGUISH): _MISSING,
    (FunctionName.VALIDATION, "s3:ListBucket", _DISTINGUISH): _MISSING,
    (FunctionName.LARGE_VALIDATION, "s3:ListBucket", _DISTINGUISH): _MISSING,
    (FunctionName.TRANSFORMATION, "s3:ListBucket", _DISTINGUISH): _MISSING,
    (FunctionName.LARGE_VALIDATION, "s3:AbortMultipartUpload", "LeaveNoPartsOfCorrectionsBehind"): (
        "it is used when S3 fails half-way only"
    ),
}
"""Permissions (with their Sid) without which no check fails on the local cloud, with the reason."""
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"})


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One action on one resource."""

    action: str
    resource: str
    why: str
    condition: dict[str, Any]

    def statement(self) -> dict[str, Any]:
        """The permission as a statement of its own."""
        statement = {"Effect": "Allow", "Action": self.action, "Resource": self.resource}
        return statement | ({"Condition": self.condition} if self.condition else {})

    @property
    def shown(self) -> str:
        """The resource without account, region and suffix."""
        return self.resource.rpartition(":")[2].replace(f"-{ACCOUNT_ID}-{REGION}", "").replace(f"-{SUFFIX}", "")


@dataclass(frozen=True, kw_only=True)
class Role:
    """A function's role on the local cloud."""

    launched: Launched
    function: FunctionName

    @property
    def name(self) -> str:
        """Name of the role, and of its one policy."""
        return _NAMER.name(self.function, ResourceKind.ROLE)

    @property
    def _iam(self) -> Any:
        cloud = self.launched.pipeline.cloud
        return cloud.client("iam")

    def policy(self) -> str:
        """The document of its policy, as it is now."""
        answer = self._iam.get_role_policy(RoleName=self.name, PolicyName=self.name)
        return json.dumps(answer["PolicyDocument"])

    def put(self, policy: str) -> None:
        """Replace the document of its policy."""
        self._iam.put_role_policy(RoleName=self.name, PolicyName=self.name, PolicyDocument=policy)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one permission that was removed, or of an action that was never granted."""

    function: FunctionName
    action: str
    on: str
    shown: str
    """The check that fails without it, or why none does on the local cloud."""
    problem: str = ""


def ablate(role: Role, *, only: Callable[[Permission], bool] = lambda _: True) -> Iterator[Result]:
    """Remove each permission of a role once, and try what it must not do.

    Args:
        role: of a function of the deployed pipeline.
        only: which permissions are removed.
    """
    if broken := failed_check(role):
        yield _result(role, problem=f"{role.function}: {_words(broken)} fails with all permissions")
        return
    for permission in filter(only, permissions(role.policy())):
        with removed(role, permission):
            failed = failed_check(role)
        yield _result_without(role, permission, failed)
    allowed = allowed_calls(role)
    problem = f"{role.function} may do {', '.join(allowed)}" if allowed else ""
    denied = ", ".join(action for action, _, _ in forbidden_calls(role.launched))
    yield _result(role, action="none of these is allowed", on=denied, shown="denied", problem=problem)


def _result_without(role: Role, permission: Permission, failed: Check | None) -> Result:
    where = (role.function, permission.action, permission.why)
    reason = UNSEEN.get(where, "")
    problem = ""
    if failed and reason:
        problem = f"{' '.join(where)}: a check fails, so remove it from UNSEEN"
    if not failed and not reason:
        problem = f"{' '.join(where)}: no check fails without it"
    shown = f"fails: {_words(failed)}" if failed else f"not seen: {reason}"
    return _result(role, action=f"`{permission.action}`", on=f"`{permission.shown}`", shown=shown, problem=problem)


def _result(role: Role, *, action: str = "", on: str = "", shown: str = "", problem: str = "") -> Result:
    return Result(function=role.function, action=action, on=on, shown=shown, problem=problem)


def _words(check: Check) -> str:
    return getattr(check, "__name__", "").replace("_", " ")


def permissions(policy: str) -> list[Permission]:
    """Every permission of a policy that the local cloud evaluates."""
    return [each for each in _every_permission(policy) if not each.action.startswith(_UNEVALUATED)]


def _every_permission(policy: str) -> list[Permission]:
    return [
        Permission(action=action, resource=resource, why=each["Sid"], condition=each.get("Condition", {}))
        for each in json.loads(policy)["Statement"]
        for action in each["Action"]
        for resource in each["Resource"]
    ]


@contextmanager
def removed(role: Role, permission: Permission) -> Iterator[None]:
    """The role without one permission."""
    policy = role.policy()
    # With the unevaluated ones: a role may have one other permission only, and a policy needs a statement.
    kept = [each.statement() for each in _every_permission(policy) if each != permission]
    role.put(json.dumps({"Version": "2012-10-17", "Statement": kept}))
    try:
        yield
    finally:
        role.put(policy)


def failed_check(role: Role) -> Check | None:
    """The first check of the function that fails."""
    seconds = _LARGE_PATIENCE_SECONDS if role.function in _LARGE else _PATIENCE_SECONDS
    return next((each for each in CHECKS[role.function] if not passes(each, role.launched, seconds)), None)


def passes(check: Check, launched: Launched, seconds: int = _PATIENCE_SECONDS) -> bool:
    """Whether a check passes now, within some seconds."""
    with TemporaryDirectory() as folder, _patience(seconds):
        try:
            check(launched.pipeline, Path(folder))
        except Exception:  # noqa: BLE001  # pylint: disable=broad-exception-caught  # whatever a denial leads to
            return False
    return True


@contextmanager
def _patience(seconds: int) -> Iterator[None]:
    """Checks wait for seconds, not for minutes: most of the time, they wait for what a permission prevents."""
    before, uploads.LIMIT_SECONDS = uploads.LIMIT_SECONDS, seconds
    try:
        yield
    finally:
        uploads.LIMIT_SECONDS = before


def forbidden_calls(launched: Launched) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What no function may do: the action, and a call that needs it."""
    pipeline = launched.pipeline
    table = {"TableName": pipeline.transactions_table}
    bucket = {"Bucket": pipeline.reports_bucket}
    key = {"transaction_id": {"S": "none"}}
    yield "dynamodb:DeleteItem", "dynamodb.delete_item", {**table, "Key": key}
    yield "dynamodb:Scan", "dynamodb.scan", table
    yield "dynamodb:DeleteTable", "dynamodb.delete_table", table
    yield (
        "dynamodb:PutItem on the banks",
        "dynamodb.put_item",
        {"TableName": _NAMER.name("banks", ResourceKind.TABLE), "Item": {}},
    )
    yield "s3:DeleteObject", "s3.delete_object", {**bucket, "Key": "reports/none"}
    yield "s3:PutBucketPolicy", "s3.put_bucket_policy", {**bucket, "Policy": "{}"}
    yield "s3:PutObject elsewhere", "s3.put_object", {**bucket, "Key": "other/none"}
    yield "sqs:ReceiveMessage", "sqs.receive_message", {"QueueUrl": pipeline.dead_letter_queue_url}
    yield "lambda:UpdateFunctionCode", "lambda.update_function_code", {"FunctionName": "none", "ZipFile": b""}
    yield "logs:CreateLogGroup", "logs.create_log_group", {"logGroupName": "/none"}
    yield "iam:PutRolePolicy", "iam.put_role_policy", {"RoleName": "none", "PolicyName": "none", "PolicyDocument": "{}"}
    yield "apigateway:GET", "apigateway.get_api_keys", {"includeValues": True}


def allowed_calls(role: Role) -> list[str]:
    """Which of the forbidden actions IAM does not deny to a role."""
    cloud, acting = role.launched.pipeline.cloud, role.launched.run.acting_role
    acting.write_text(role.name, encoding="utf-8")
    try:
        return [
            action
            for action, call, parameters in forbidden_calls(role.launched)
            if not _is_denied(cloud, call, parameters)
        ]
    finally:
        acting.unlink()


def _is_denied(cloud: Cloud, name: str, parameters: dict[str, Any]) -> bool:
    service, _, operation = name.partition(".")
    client: Any = cloud.client(service)
    try:
        getattr(client, operation)(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"] in _DENIED
    return False
