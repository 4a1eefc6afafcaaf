"""Errors as Terraform shows them."""

import traceback
from collections.abc import Iterable

from botocore.exceptions import BotoCoreError, ClientError

from terraform_provider.errors import PartlyAppliedError, Path, ProviderError
from terraform_provider.protocol import tfplugin6_pb2 as pb


def diagnostic(summary: str, *, detail: str = "", path: Path = ()) -> pb.Diagnostic:
    """One error, at `path` of the configuration if there is one."""
    return pb.Diagnostic(
        severity=pb.Diagnostic.ERROR, summary=summary, detail=detail, attribute=attribute_path(path) if path else None
    )


def attribute_path(path: Iterable[str | int]) -> pb.AttributePath:
    """A path in the protocol's form."""
    return pb.AttributePath(
        steps=[
            pb.AttributePath.Step(element_key_int=step)
            if isinstance(step, int)
            else pb.AttributePath.Step(attribute_name=step)
            for step in path
        ]
    )


def of_exception(error: Exception, doing: str) -> pb.Diagnostic:
    """An exception as an error; an unexpected one is a defect of the provider and includes its traceback.

    Args:
        error: What was raised.
        doing: What was being done, for example "creating aws_sqs_queue".
    """
    cause = error.__cause__ if isinstance(error, PartlyAppliedError) and error.__cause__ else error
    if isinstance(cause, ProviderError):
        return diagnostic(f"{doing}: {cause}", path=cause.path)
    if isinstance(cause, ClientError | BotoCoreError):
        return diagnostic(f"{doing}: {cause}")
    return diagnostic(
        f"{doing}: unexpected {type(cause).__name__}: {cause}",
        detail="This is a defect of the local provider.\n" + "".join(traceback.format_exception(cause)),
    )
