"""Uploads the functions whose packages differ from what the local cloud has."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud.clients import Cloud
from local.cloud.errors import LocalError
from shared.contracts.functions import FunctionName
from shared.infra.naming import PROJECT
from shared.infra.packaging import PackagingError, package_functions, source_code_hash

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_lambda.type_defs import FunctionConfigurationTypeDef


def sync_functions(cloud: Cloud, *, root: Path) -> Iterator[tuple[FunctionName, bool]]:
    """Package the functions as `cdktf synth` does, and upload those that differ.

    One request replaces a function's code as a whole, and its next invocation runs the new code.

    Args:
        cloud: where they were deployed.
        root: the clone.

    Yields:
        Each function, and whether it was uploaded.

    Raises:
        LocalError: a function cannot be packaged, and none was uploaded; or the local cloud does not accept one.
    """
    try:
        packages = package_functions(root=root)
    except PackagingError as error:
        raise LocalError(f"{error}\nNo function was updated.") from error
    try:
        yield from _upload(cloud.lambda_, packages)
    except (ClientError, BotoCoreError) as error:
        raise LocalError(
            f"The local cloud at {cloud.endpoint_url} did not accept the code: {error}. Run ./dev sync again; "
            "if that does not help, ./dev local --keep."
        ) from error


def _upload(client: "LambdaClient", packages: Mapping[FunctionName, Path]) -> Iterator[tuple[FunctionName, bool]]:
    deployed = _deployed(client)
    missing = [name for name in packages if name not in deployed]
    if missing:
        raise LocalError(f"Not deployed: {', '.join(missing)}. Run `./dev local --keep` again: sync updates code only.")
    for name, package in packages.items():
        differs = deployed[name]["CodeSha256"] != source_code_hash(package)
        if differs:
            client.update_function_code(FunctionName=deployed[name]["FunctionName"], ZipFile=package.read_bytes())
        yield name, differs


def _deployed(client: "LambdaClient") -> dict[FunctionName, "FunctionConfigurationTypeDef"]:
    pages = client.get_paginator("list_functions").paginate()
    functions = [function for page in pages for function in page["Functions"]]
    # Not by handler, which two functions can share. Whatever the suffix is, no name begins with another.
    return {
        name: each
        for each in functions
        for name in FunctionName
        if each["FunctionName"].startswith(f"{PROJECT}-{name}-") and each["Handler"] == name.handler
    }
