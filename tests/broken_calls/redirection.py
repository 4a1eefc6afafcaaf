"""Sends the functions' calls of a deployed local cloud through the proxy, and shortens the workflow's waits."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPMethod
from typing import Final

import urllib3

from local.cloud.clients import ACCOUNT_ID, REGION, SUFFIX, Cloud
from shared.contracts.functions import FunctionName
from shared.infra.naming import Namer, ResourceKind

FUNCTIONS: Final = (
    FunctionName.INTAKE,
    FunctionName.VALIDATION,
    FunctionName.TRANSFORMATION,
    FunctionName.NOTIFICATION,
)
"""Those that work on an upload, in order. `status` only reads, and `sweeper` helps where they failed."""

_SCALE: Final = 0.02
"""Of the waits before retries: some four seconds instead of three minutes for the eight of one state."""
_CONFIGURATION: Final = "/_ministack/config"
_SCALED: Final = "stepfunctions._SFN_WAIT_SCALE"
"""MiniStack's setting, which multiplies each wait of the workflow; 1 is its default."""


@contextmanager
def quick_retries(cloud: Cloud) -> Iterator[None]:
    """Let the workflow wait only briefly before it retries, as long as the context lasts."""
    _scale_waits(cloud, _SCALE)
    try:
        yield
    finally:
        _scale_waits(cloud, 1)


def _scale_waits(cloud: Cloud, scale: float) -> None:
    body = json.dumps({_SCALED: scale})
    with urllib3.PoolManager() as http:
        answer = http.request(HTTPMethod.POST, cloud.endpoint_url + _CONFIGURATION, body=body)
    assert json.loads(answer.data) == {"applied": {_SCALED: scale}}, answer.data


@contextmanager
def redirected(cloud: Cloud, url: str) -> Iterator[None]:
    """Let the functions call AWS at another URL, and name themselves in each request, as long as the context lasts."""
    with ExitStack() as parts:
        for function in FUNCTIONS:
            parts.enter_context(_redirected(cloud, function, url))
        yield


@contextmanager
def _redirected(cloud: Cloud, function: FunctionName, url: str) -> Iterator[None]:
    name = Namer(suffix=SUFFIX, account_id=ACCOUNT_ID, region=REGION).name(function, ResourceKind.FUNCTION)
    variables = cloud.lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    # AWS_SDK_UA_APP_ID is in the User-Agent of each request (SDKs' reference guide: application id).
    ours = variables | {"AWS_ENDPOINT_URL": url, "AWS_SDK_UA_APP_ID": function.value}
    cloud.lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": ours})
    try:
        yield
    finally:
        cloud.lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
