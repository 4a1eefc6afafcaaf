"""What a stack's state holds: what is deployed, its outputs, and what AWS protects from deletion."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.errors import ToolError, denied, no_answer
from tools.operations.cdktf.assembly import Stack

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_PROTECTED: Final = {
    "aws_dynamodb_table": ("deletion_protection_enabled", True),
    "aws_s3_bucket": ("force_destroy", False),
}
"""Type of resource -> the attribute, and its value, that protects it and what it holds."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A stack's state, without its secrets."""

    resources: frozenset[str] = frozenset()
    """Addresses of what is deployed."""
    outputs: Mapping[str, Any]
    """By name; None for what is sensitive."""
    protected: tuple[str, ...] = ()
    """Addresses of what AWS itself protects from deletion."""


NOTHING: Final = State(outputs={})
"""State of a stack that was never deployed."""


class NoBucketError(ToolError):
    """The bucket for the state does not exist: state-stack was not deployed here."""


def parse_state(text: bytes) -> State:
    """Read a state file as Terraform writes it (format 4)."""
    content = json.loads(text)
    managed = [each for each in content["resources"] if each["mode"] == "managed"]
    return State(
        resources=frozenset(_address(each) for each in managed if each["instances"]),
        outputs={name: None if each.get("sensitive") else each["value"] for name, each in content["outputs"].items()},
        protected=tuple(_address(each) for each in managed if _is_protected(each)),
    )


def read_state(stack: Stack) -> State:
    """Read a stack's state from its backend.

    Raises:
        NoBucketError: there is no bucket for it.
        ToolError: it cannot be read.
    """
    ((kind, settings),) = stack.backend.items()
    text = _from_file(stack, settings) if kind == "local" else _from_s3(stack, settings)
    return parse_state(text) if text else NOTHING


def _address(resource: Mapping[str, Any]) -> str:
    return f"{resource['type']}.{resource['name']}"


def _is_protected(resource: Mapping[str, Any]) -> bool:
    attribute, value = _PROTECTED.get(resource["type"], (None, None))
    return attribute is not None and any(each["attributes"].get(attribute) is value for each in resource["instances"])


def _from_file(stack: Stack, settings: Mapping[str, Any]) -> bytes:
    path = stack.folder / settings["path"]
    return path.read_bytes() if path.exists() else b""


def _from_s3(stack: Stack, settings: Mapping[str, Any]) -> bytes:
    bucket, key = settings["bucket"], settings["key"]
    try:
        return _client(settings).get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchKey":
            return b""
        if code == "NoSuchBucket":
            raise NoBucketError(
                f"the bucket for its state, {bucket}, does not exist: deploy state-stack first "
                "(once for an account and region)"
            ) from error
        message = f"The state of {stack.id} (s3://{bucket}/{key}) could not be read."
        raise ToolError(f"{message} {denied(error.operation_name, code)}") from error
    except BotoCoreError as error:
        raise ToolError(f"The state of {stack.id} could not be read. {no_answer(error)}") from error


def _client(settings: Mapping[str, Any]) -> "S3Client":
    session = boto3.Session(
        aws_access_key_id=settings.get("access_key"),
        aws_secret_access_key=settings.get("secret_key"),
        region_name=settings["region"],
    )
    return session.client("s3", endpoint_url=settings.get("endpoints", {}).get("s3"))
