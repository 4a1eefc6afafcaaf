"""The process: it says where it is, serves, and ends as it should."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from terraform_provider.daemon import reattach, serve
from terraform_provider.diagnostics import of_exception
from terraform_provider.errors import PartlyAppliedError, ProviderError
from terraform_provider.protocol import goplugin_pb2
from terraform_provider.protocol import tfplugin6_pb2 as pb
from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.schema import load_schemas
from terraform_provider.values import encode, fill

ROOT = Path(__file__).parents[3]
SECONDS = 60


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[grpc.Channel]:
    server, port = serve(assets=tmp_path)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    server.stop(None).wait()


def _call(channel: grpc.Channel, method: str, request: Any, answer: Any) -> Any:
    ask = channel.unary_unary(
        f"/tfplugin6.Provider/{method}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=answer.FromString,
    )
    return ask(request, timeout=SECONDS)


def test_every_type_is_served_with_its_schema(channel: grpc.Channel) -> None:
    answer = _call(channel, "GetProviderSchema", pb.GetProviderSchema.Request(), pb.GetProviderSchema.Response)
    assert answer.resource_schemas.keys() == RESOURCE_TYPES.keys()
    assert answer.server_capabilities.get_provider_schema_optional
    key = {one.name: one for one in answer.resource_schemas["aws_api_gateway_api_key"].block.attributes}
    assert key["value"].sensitive
    assert not key["name"].sensitive
    metadata = _call(channel, "GetMetadata", pb.GetMetadata.Request(), pb.GetMetadata.Response)
    assert {one.type_name for one in metadata.resources} == RESOURCE_TYPES.keys()


def test_a_problem_is_a_diagnostic_with_its_place(channel: grpc.Channel) -> None:
    block = load_schemas().resources["aws_s3_bucket"]
    config = encode(fill(block, {"bucket": "it", "acl": "private"}))
    request = pb.ValidateResourceConfig.Request(type_name="aws_s3_bucket", config=config)
    answer = _call(channel, "ValidateResourceConfig", request, pb.ValidateResourceConfig.Response)
    (problem,) = answer.diagnostics
    assert problem.severity == pb.Diagnostic.ERROR
    assert [step.attribute_name for step in problem.attribute.steps] == ["acl"]


def test_a_saved_state_is_completed(channel: grpc.Channel) -> None:
    raw = pb.RawState(json=json.dumps({"id": "it", "gone": 1}).encode())
    request = pb.UpgradeResourceState.Request(type_name="aws_iam_role", raw_state=raw)
    answer = _call(channel, "UpgradeResourceState", request, pb.UpgradeResourceState.Response)
    assert not answer.diagnostics
    assert answer.upgraded_state.msgpack


def test_a_provider_that_is_not_configured_says_so(channel: grpc.Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    request = pb.ConfigureProvider.Request(config=encode({"region": "eu-central-1", "endpoints": [{}]}))
    answer = _call(channel, "ConfigureProvider", request, pb.ConfigureProvider.Response)
    (problem,) = answer.diagnostics
    assert "set AWS_ENDPOINT_URL" in problem.summary
    assert "Traceback" not in problem.detail


def test_no_resource_is_read_before_the_provider_is_configured(channel: grpc.Channel) -> None:
    request = pb.ReadResource.Request(type_name="aws_iam_role", current_state=encode({"id": "it"}))
    (problem,) = _call(channel, "ReadResource", request, pb.ReadResource.Response).diagnostics
    assert problem.summary == "read resource aws_iam_role: Terraform has not configured the provider on this connection"


def test_go_plugin_gets_its_answers(channel: grpc.Channel) -> None:
    empty = goplugin_pb2.Empty()
    shutdown = channel.unary_unary(
        "/plugin.GRPCController/Shutdown",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=goplugin_pb2.Empty.FromString,
    )
    assert shutdown(empty, timeout=SECONDS) == empty
    stdio = channel.unary_stream(
        "/plugin.GRPCStdio/StreamStdio",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=goplugin_pb2.StdioData.FromString,
    )
    assert not list(stdio(empty, timeout=SECONDS))


def test_terraform_is_told_where_the_process_is() -> None:
    plugin = json.loads(reattach(4711))["registry.terraform.io/hashicorp/aws"]
    assert plugin == {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "tcp", "String": "127.0.0.1:4711"},
    }


def _end_of_input(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    process.stdin.close()


def _signal(number: signal.Signals) -> Callable[[subprocess.Popen[bytes]], None]:
    return lambda process: process.send_signal(number)


@pytest.mark.parametrize(
    "end", [_end_of_input, _signal(signal.SIGTERM), _signal(signal.SIGINT)], ids=["end of input", "TERM", "INT"]
)
def test_the_process_ends_in_order(end: Callable[[subprocess.Popen[bytes]], None], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "terraform_provider", "--assets", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())
        end(process)
        assert process.wait(SECONDS) == 0
        assert process.stderr.read() == b""
        assert process.stdout.read() == b""


def test_an_error_that_nobody_expected_comes_with_its_traceback() -> None:
    shown = of_exception(KeyError("arn"), "creating aws_sqs_queue")
    assert shown.summary == "creating aws_sqs_queue: unexpected KeyError: 'arn'"
    assert "defect of the local provider" in shown.detail
    assert "KeyError: 'arn'" in shown.detail


def test_the_reason_of_a_half_made_change_is_what_is_shown() -> None:
    error = PartlyAppliedError({"id": "it"})
    error.__cause__ = ProviderError("no such file", path=("filename", 0))
    shown = of_exception(error, "creating aws_lambda_function")
    assert shown.summary == "creating aws_lambda_function: no such file"
    assert [step.WhichOneof("selector") for step in shown.attribute.steps] == ["attribute_name", "element_key_int"]
