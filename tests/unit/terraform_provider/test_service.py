"""The provider protocol over gRPC."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from terraform_provider.daemon import serve
from terraform_provider.protocol import goplugin_pb2
from terraform_provider.protocol import tfplugin6_pb2 as pb
from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.schema import load_schemas
from terraform_provider.values import encode, fill

SECONDS = 60


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[grpc.Channel]:
    server, port = serve(assets=tmp_path)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    server.stop(None).wait()


def _call(channel: grpc.Channel, method: str, request: Any, response: Any) -> Any:
    call = channel.unary_unary(
        f"/tfplugin6.Provider/{method}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=response.FromString,
    )
    return call(request, timeout=SECONDS)


def test_every_type_is_served_with_its_schema(channel: grpc.Channel) -> None:
    response = _call(channel, "GetProviderSchema", pb.GetProviderSchema.Request(), pb.GetProviderSchema.Response)
    assert response.resource_schemas.keys() == RESOURCE_TYPES.keys()
    assert response.server_capabilities.get_provider_schema_optional
    key = {one.name: one for one in response.resource_schemas["aws_api_gateway_api_key"].block.attributes}
    assert key["value"].sensitive
    assert not key["name"].sensitive
    metadata = _call(channel, "GetMetadata", pb.GetMetadata.Request(), pb.GetMetadata.Response)
    assert {one.type_name for one in metadata.resources} == RESOURCE_TYPES.keys()


def test_a_configuration_error_is_a_diagnostic_with_its_path(channel: grpc.Channel) -> None:
    config = encode(fill(load_schemas().resources["aws_s3_bucket"], {"bucket": "acl", "acl": "private"}))
    request = pb.ValidateResourceConfig.Request(type_name="aws_s3_bucket", config=config)
    response = _call(channel, "ValidateResourceConfig", request, pb.ValidateResourceConfig.Response)
    (error,) = response.diagnostics
    assert error.severity == pb.Diagnostic.ERROR
    assert [step.attribute_name for step in error.attribute.steps] == ["acl"]


def test_a_saved_state_is_completed(channel: grpc.Channel) -> None:
    raw = pb.RawState(json=json.dumps({"id": "it", "removed": 1}).encode())
    request = pb.UpgradeResourceState.Request(type_name="aws_iam_role", raw_state=raw)
    response = _call(channel, "UpgradeResourceState", request, pb.UpgradeResourceState.Response)
    assert not response.diagnostics
    assert response.upgraded_state.msgpack


def test_without_an_endpoint_the_provider_is_not_configured(
    channel: grpc.Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    request = pb.ConfigureProvider.Request(config=encode({"region": "eu-central-1"}))
    (error,) = _call(channel, "ConfigureProvider", request, pb.ConfigureProvider.Response).diagnostics
    assert "set AWS_ENDPOINT_URL" in error.summary
    assert "Traceback" not in error.detail


def test_no_resource_is_read_before_the_provider_is_configured(channel: grpc.Channel) -> None:
    request = pb.ReadResource.Request(type_name="aws_iam_role", current_state=encode({"id": "it"}))
    (error,) = _call(channel, "ReadResource", request, pb.ReadResource.Response).diagnostics
    assert error.summary == "read resource aws_iam_role: Terraform has not configured the provider on this connection"


def test_a_method_that_is_not_served_is_unimplemented(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        _call(channel, "ReadDataSource", pb.ReadDataSource.Request(), pb.ReadDataSource.Response)
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_go_plugin_gets_its_responses(channel: grpc.Channel) -> None:
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
