"""gRPC from the protocol's descriptors: the methods of a plain object become a service, without generated stubs."""

import re
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass


def service_handler(descriptor: ServiceDescriptor, service: object) -> "grpc.GenericRpcHandler[Any, Any]":
    """Serve the methods of an object under the names of the protocol: `read_resource` as `ReadResource`.

    gRPC answers a call of a method that the object lacks with UNIMPLEMENTED.

    Args:
        descriptor: The service.
        service: Its methods take `(request, context)` and return a response, or an iterable of them for a stream.
    """
    handlers = {
        method.name: _method_handler(method, getattr(service, _snake(method.name)))
        for method in descriptor.methods
        if hasattr(service, _snake(method.name))
    }
    return grpc.method_handlers_generic_handler(descriptor.full_name, handlers)


def _method_handler(method: MethodDescriptor, serve: Callable[[Any, Any], Any]) -> Any:
    make = grpc.unary_stream_rpc_method_handler if method.server_streaming else grpc.unary_unary_rpc_method_handler
    return make(
        serve,
        request_deserializer=GetMessageClass(method.input_type).FromString,
        response_serializer=lambda message: message.SerializeToString(),
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
