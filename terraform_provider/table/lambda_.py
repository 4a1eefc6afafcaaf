"""Lambda: functions and the permissions to call them."""

import json
from collections.abc import Mapping
from typing import Final

from terraform_provider.rules import ARN, at_least, between, exactly_one, needs
from terraform_provider.session import Session
from terraform_provider.spec import EVERYTHING, Call, Read, Request, ResourceType, Response, Waiter
from terraform_provider.tagging import TagOperations
from terraform_provider.values import UNKNOWN, State

_FUNCTION: Final = {"FunctionName": "{id}"}
_UNRESERVED: Final = -1
"""Terraform's value for a function that shares the account's executions."""
_RESERVED: Final = frozenset({"reserved_concurrent_executions"})
_INVOCATIONS: Final = "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/"


def _create_function(session: Session, request: Request, state: State) -> Request:
    return {**request, "Code": {"ZipFile": session.asset(state["filename"])}}


def _update_code(session: Session, request: Request, state: State) -> Request:
    return {**request, "ZipFile": session.asset(state["filename"])}


def _update_configuration(_session: Session, request: Request, state: State) -> Request:
    """A request without an environment would leave the old one as it is."""
    return request if state.get("environment") else {**request, "Environment": {"Variables": {}}}


def _read_function(_session: Session, response: Response, prior: State) -> State:
    """Code that was changed outside of Terraform is seen, as in versions before 5.51 and by 6.28's `code_sha256`.

    Otherwise `source_code_hash` stays as it was given: the API does not have it.
    """
    known, now = prior.get("code_sha256"), response["CodeSha256"]
    return {} if known in (None, UNKNOWN, now) else {"source_code_hash": now}


def _reserve(_session: Session, request: Request, state: State) -> Request | None:
    return None if state["reserved_concurrent_executions"] == _UNRESERVED else request


def _release(_session: Session, request: Request, state: State) -> Request | None:
    return request if state["reserved_concurrent_executions"] == _UNRESERVED else None


def _read_permission(_session: Session, response: Response, prior: State) -> State | None:
    statements = json.loads(response["Policy"])["Statement"]
    found = next((one for one in statements if one.get("Sid") == prior["statement_id"]), None)
    if found is None:
        return None
    principal, sources = found["Principal"], found.get("Condition", {}).get("ArnLike", {})
    return {
        "action": found["Action"],
        "principal": principal if isinstance(principal, str) else next(iter(principal.values())),
        "source_arn": next(iter(sources.values()), None),
    }


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_lambda_function": ResourceType(
        service="lambda",
        create=Call("CreateFunction", prepare=_create_function, prepared={"filename"}),
        reads=(
            Read("GetFunction", keys=_FUNCTION, at="Configuration", interpret=_read_function),
            Read("GetFunctionConcurrency", keys=_FUNCTION),
        ),
        delete=Call("DeleteFunction", keys=_FUNCTION),
        id="{function_name}",
        updates=(
            Call(
                "UpdateFunctionCode",
                keys=_FUNCTION,
                attributes={"architectures"},
                prepare=_update_code,
                prepared={"filename", "source_code_hash"},
            ),
            Call("UpdateFunctionConfiguration", keys=_FUNCTION, prepare=_update_configuration),
            Call("DeleteFunctionConcurrency", keys=_FUNCTION, attributes=_RESERVED, prepare=_release),
        ),
        settings=(Call("PutFunctionConcurrency", keys=_FUNCTION, attributes=_RESERVED, prepare=_reserve),),
        names={
            "arn": "FunctionArn",
            "source_code_size": "CodeSize",
            "kms_key_arn": "KMSKeyArn",
            "dead_letter_config": None,
            "layers": None,
            "vpc_config": None,
        },
        tagging=TagOperations(list="ListTags", member="Resource"),
        replaced_by={"function_name", "package_type"},
        defaults={
            "memory_size": 128,
            "package_type": "Zip",
            "publish": False,
            "reserved_concurrent_executions": _UNRESERVED,
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
        rules={
            "ephemeral_storage.size": between(512, 10_240),
            "memory_size": between(128, 10_240),
            "reserved_concurrent_executions": at_least(_UNRESERVED),
            "role": ARN,
            "timeout": between(1, 900),
        },
        checks=(
            exactly_one("filename", "image_uri", "s3_bucket"),
            needs(
                "handler",
                "runtime",
                when=lambda config: config.get("package_type") in (None, "Zip"),
                why='with package_type "Zip"',
            ),
        ),
    ),
    "aws_lambda_permission": ResourceType(
        service="lambda",
        create=Call("AddPermission"),
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
        names={"source_account": None},
        replaced_by=EVERYTHING,
        rules={"source_arn": ARN},
    ),
}
