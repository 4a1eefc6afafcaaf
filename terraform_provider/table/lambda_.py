"""Lambda: functions and the permissions to call them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from terraform_provider.session import Session
from terraform_provider.spec import EVERYTHING, Call, Read, Request, ResourceType, Response, Waiter
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_FUNCTION: Final = {"FunctionName": "{id}"}
_CODE: Final = frozenset({"filename", "s3_bucket", "s3_key", "s3_object_version"})
_INVOCATIONS: Final = "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/"


def _code(session: Session, state: State) -> dict[str, Any]:
    if state.get("filename"):
        return {"ZipFile": session.asset(state["filename"])}
    members = (("S3Bucket", "s3_bucket"), ("S3Key", "s3_key"), ("S3ObjectVersion", "s3_object_version"))
    return {member: state[name] for member, name in members if state.get(name)}


def _create_function(session: Session, request: Request, state: State) -> Request:
    return {**request, "Code": _code(session, state)}


def _update_code(session: Session, request: Request, state: State) -> Request:
    return {**request, **_code(session, state)}


def _update_configuration(_session: Session, request: Request, state: State) -> Request:
    """An empty structure would leave the old one as it is: name what shall be empty in it."""
    cleared: Request = {}
    if not state.get("environment"):
        cleared["Environment"] = {"Variables": {}}
    if not state.get("dead_letter_config"):
        cleared["DeadLetterConfig"] = {"TargetArn": ""}
    return {**request, **cleared}


def _read_function(_session: Session, response: Response, prior: State) -> State:
    return {
        "source_code_hash": prior.get("source_code_hash") or response.get("CodeSha256"),
        "layers": [layer["Arn"] for layer in response.get("Layers", [])] or None,
        "publish": prior.get("publish"),
    }


# Permissions


def _name_statement(_session: Session, request: Request, state: State) -> Request:
    """A permission without an id of its own gets one that depends on its content only."""
    if not state.get("statement_id"):
        content = json.dumps(request, sort_keys=True).encode()
        prefix = state.get("statement_id_prefix") or "terraform-"
        state["statement_id"] = prefix + hashlib.sha256(content).hexdigest()[:20]
    return {**request, "StatementId": state["statement_id"]}


def _read_permission(_session: Session, response: Response, prior: State) -> State | None:
    statements = json.loads(response["Policy"])["Statement"]
    found = next((one for one in statements if one.get("Sid") == prior["statement_id"]), None)
    if found is None:
        return None
    condition = found.get("Condition", {})
    return {
        "action": found["Action"],
        "principal": _principal(found["Principal"]),
        "source_arn": _condition(condition, "ArnLike", "AWS:SourceArn"),
        "source_account": _condition(condition, "StringEquals", "AWS:SourceAccount"),
    }


def _principal(principal: Any) -> Any:
    return principal if isinstance(principal, str) else principal.get("Service") or principal.get("AWS")


def _condition(condition: dict[str, dict[str, str]], operator: str, key: str) -> str | None:
    values = {name.lower(): value for name, value in condition.get(operator, {}).items()}
    return values.get(key.lower())


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_lambda_function": ResourceType(
        service="lambda",
        create=Call("CreateFunction", prepare=_create_function, prepared=_CODE),
        reads=(
            Read("GetFunction", keys=_FUNCTION, at="Configuration", interpret=_read_function),
            Read("GetFunctionConcurrency", keys=_FUNCTION, attributes={"reserved_concurrent_executions"}),
        ),
        delete=Call("DeleteFunction", keys=_FUNCTION),
        id="{function_name}",
        updates=(
            Call(
                "UpdateFunctionCode",
                keys=_FUNCTION,
                attributes={"architectures"},
                prepare=_update_code,
                prepared=_CODE | {"source_code_hash"},
            ),
            Call("UpdateFunctionConfiguration", keys=_FUNCTION, prepare=_update_configuration),
        ),
        settings=(
            Call(
                "PutFunctionConcurrency",
                keys=_FUNCTION,
                attributes={"reserved_concurrent_executions"},
                when_unset=Call("DeleteFunctionConcurrency", keys=_FUNCTION),
            ),
        ),
        names={
            "arn": "FunctionArn",
            "source_code_hash": None,
            "source_code_size": "CodeSize",
            "kms_key_arn": "KMSKeyArn",
            "vpc_config": None,
        },
        tagging=TagOperations(
            add="TagResource", remove="UntagResource", list="ListTags", member="Resource", resource="arn"
        ),
        replaced_by={"function_name", "package_type"},
        unsent={"filename", "source_code_hash", "skip_destroy"},
        defaults={
            "memory_size": 128,
            "package_type": "Zip",
            "publish": False,
            "reserved_concurrent_executions": -1,
            "skip_destroy": False,
            "timeout": 3,
        },
        derived={
            "qualified_arn": "{arn}:{version}",
            "invoke_arn": _INVOCATIONS + "{arn}/invocations",
            "qualified_invoke_arn": _INVOCATIONS + "{arn}:{version}/invocations",
        },
        kept={"ephemeral_storage", "tracing_config", "logging_config", "snap_start"},
        volatile={
            "last_modified",
            "qualified_arn",
            "qualified_invoke_arn",
            "version",
            "code_sha256",
            "source_code_size",
        },
        waiter=Waiter(name="function_active_v2", keys={"FunctionName": "{function_name}"}),
    ),
    "aws_lambda_permission": ResourceType(
        service="lambda",
        create=Call("AddPermission", prepare=_name_statement),
        reads=(
            Read(
                "GetPolicy",
                keys={"FunctionName": "{function_name}"},
                attributes=frozenset(),
                interpret=_read_permission,
            ),
        ),
        delete=Call("RemovePermission", keys={"FunctionName": "{function_name}", "StatementId": "{statement_id}"}),
        id="{statement_id}",
        import_id="{function_name}/{statement_id}",
        replaced_by=EVERYTHING,
        unsent={"statement_id_prefix"},
    ),
}
