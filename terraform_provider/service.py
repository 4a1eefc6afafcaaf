"""Terraform's provider protocol: the methods of its service `Provider`, in snake case."""

import functools
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import grpc

from terraform_provider import lifecycle, planning, reading
from terraform_provider.diagnostics import attribute_path, diagnostic, of_exception
from terraform_provider.errors import PartlyAppliedError, ProviderError
from terraform_provider.protocol import tfplugin6_pb2 as pb
from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.resource import Definition, Resource
from terraform_provider.schema import load_schemas
from terraform_provider.schema_messages import schema_message
from terraform_provider.session import Clients, Session, read_settings
from terraform_provider.validation import configuration_errors
from terraform_provider.values import State, decode, encode, fill, without_unknowns

Answer = TypeVar("Answer")
Method = Callable[["ProviderService", Any, grpc.ServicerContext], Answer]

_CAPABILITIES = pb.ServerCapabilities(get_provider_schema_optional=True)


def _reporting(answer_type: Callable[..., Answer]) -> Callable[[Method[Answer]], Method[Answer]]:
    """Turn a method's exceptions into diagnostics of its response."""

    def decorate(method: Method[Answer]) -> Method[Answer]:
        @functools.wraps(method)
        def reported(self: "ProviderService", request: Any, context: grpc.ServicerContext) -> Answer:
            try:
                return method(self, request, context)
            except Exception as error:  # noqa: BLE001  # pylint: disable=broad-exception-caught  # Terraform shows it
                doing = " ".join(filter(None, (method.__name__.replace("_", " "), getattr(request, "type_name", ""))))
                return answer_type(diagnostics=[of_exception(error, doing)])

        return reported

    return decorate


class ProviderService:
    """One for all runs of Terraform; each connection has its own session, because stacks are deployed in parallel."""

    def __init__(self, *, assets: Path) -> None:
        self._assets = assets
        self._schemas = load_schemas()
        self._clients = Clients()
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def get_metadata(self, _request: Any, _context: grpc.ServicerContext) -> pb.GetMetadata.Response:
        """Names of the types, without their schemas."""
        return pb.GetMetadata.Response(
            server_capabilities=_CAPABILITIES,
            resources=[pb.GetMetadata.ResourceMetadata(type_name=name) for name in self._schemas.resources],
        )

    def get_provider_schema(self, _request: Any, _context: grpc.ServicerContext) -> pb.GetProviderSchema.Response:
        """All schemas."""
        return pb.GetProviderSchema.Response(
            provider=schema_message(self._schemas.provider),
            server_capabilities=_CAPABILITIES,
            resource_schemas={
                name: schema_message(block, RESOURCE_TYPES[name].sensitive)
                for name, block in self._schemas.resources.items()
            },
        )

    def validate_provider_config(
        self, _request: Any, _context: grpc.ServicerContext
    ) -> pb.ValidateProviderConfig.Response:
        """The provider's configuration is validated when it is used."""
        return pb.ValidateProviderConfig.Response()

    def get_functions(self, _request: Any, _context: grpc.ServicerContext) -> pb.GetFunctions.Response:
        """No functions."""
        return pb.GetFunctions.Response()

    def stop_provider(self, _request: Any, _context: grpc.ServicerContext) -> pb.StopProvider.Response:
        """Nothing to stop: calls to the local cloud are short."""
        return pb.StopProvider.Response()

    @_reporting(pb.ValidateResourceConfig.Response)
    def validate_resource_config(
        self, request: pb.ValidateResourceConfig.Request, _context: grpc.ServicerContext
    ) -> pb.ValidateResourceConfig.Response:
        """Errors that the configuration shows without a call."""
        definition = Definition(
            kind=RESOURCE_TYPES[request.type_name], block=self._schemas.resources[request.type_name]
        )
        found = configuration_errors(definition, decode(request.config))
        return pb.ValidateResourceConfig.Response(
            diagnostics=[diagnostic(error.message, path=error.path) for error in found]
        )

    @_reporting(pb.ConfigureProvider.Response)
    def configure_provider(
        self, request: pb.ConfigureProvider.Request, context: grpc.ServicerContext
    ) -> pb.ConfigureProvider.Response:
        """Begin a session for this connection."""
        session = Session(read_settings(decode(request.config)), client_for=self._clients.get, assets=self._assets)
        session.check_account()
        with self._lock:
            self._sessions[context.peer()] = session
        return pb.ConfigureProvider.Response()

    @_reporting(pb.UpgradeResourceState.Response)
    def upgrade_resource_state(
        self, request: pb.UpgradeResourceState.Request, _context: grpc.ServicerContext
    ) -> pb.UpgradeResourceState.Response:
        """The state as it was saved, in today's schema."""
        block = self._schemas.resources[request.type_name]
        return pb.UpgradeResourceState.Response(upgraded_state=encode(fill(block, json.loads(request.raw_state.json))))

    @_reporting(pb.ReadResource.Response)
    def read_resource(
        self, request: pb.ReadResource.Request, context: grpc.ServicerContext
    ) -> pb.ReadResource.Response:
        """The resource as the cloud has it now."""
        resource = self._resource(request.type_name, context)
        state = reading.read(resource, decode(request.current_state))
        return pb.ReadResource.Response(new_state=encode(fill(resource.block, state)), private=request.private)

    @_reporting(pb.PlanResourceChange.Response)
    def plan_resource_change(
        self, request: pb.PlanResourceChange.Request, context: grpc.ServicerContext
    ) -> pb.PlanResourceChange.Response:
        """The state after the change; Terraform itself plans a destroy."""
        resource = self._resource(request.type_name, context)
        proposed = decode(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(
                planned_state=request.proposed_new_state, planned_private=request.prior_private
            )
        planned, replacing = planning.plan(
            resource, decode(request.prior_state), proposed, config=decode(request.config)
        )
        return pb.PlanResourceChange.Response(
            planned_state=encode(fill(resource.block, planned)),
            planned_private=request.prior_private,
            requires_replace=[attribute_path((name,)) for name in sorted(replacing)],
            legacy_type_system=True,  # allows defaults of attributes that are not computed, as the real one
        )

    def apply_resource_change(
        self, request: pb.ApplyResourceChange.Request, context: grpc.ServicerContext
    ) -> pb.ApplyResourceChange.Response:
        """Create, update or delete; after a failure the state has what was done."""
        prior, planned = decode(request.prior_state), decode(request.planned_state)
        doing = "deleting" if planned is None else "creating" if prior is None else "updating"
        diagnostics: list[pb.Diagnostic] = []
        try:
            state = self._apply(self._resource(request.type_name, context), prior, planned)
        except Exception as error:  # noqa: BLE001  # pylint: disable=broad-exception-caught  # Terraform shows it
            state = error.state if isinstance(error, PartlyAppliedError) else prior
            name = (prior or {}).get("id") or ""
            diagnostics.append(of_exception(error, f"{doing} {request.type_name} {name}".rstrip()))
        block = self._schemas.resources[request.type_name]
        return pb.ApplyResourceChange.Response(
            new_state=encode(fill(block, without_unknowns(state))),
            private=request.planned_private,
            diagnostics=diagnostics,
            legacy_type_system=True,
        )

    @_reporting(pb.ImportResourceState.Response)
    def import_resource_state(
        self, request: pb.ImportResourceState.Request, context: grpc.ServicerContext
    ) -> pb.ImportResourceState.Response:
        """The attributes that an import id holds; Terraform reads the rest."""
        resource = self._resource(request.type_name, context)
        state = fill(resource.block, lifecycle.import_state(resource, request.id))
        imported = pb.ImportResourceState.ImportedResource(type_name=request.type_name, state=encode(state))
        return pb.ImportResourceState.Response(imported_resources=[imported])

    @staticmethod
    def _apply(resource: Resource, prior: State | None, planned: State | None) -> State | None:
        if prior is None and planned is not None:
            return lifecycle.create(resource, planned)
        if prior is not None and planned is not None:
            return lifecycle.update(resource, prior, planned)
        lifecycle.delete(resource, prior or {})
        return None

    def _session(self, context: grpc.ServicerContext) -> Session:
        with self._lock:
            session = self._sessions.get(context.peer())
        if session is None:
            raise ProviderError("Terraform has not configured the provider on this connection")
        return session

    def _resource(self, type_name: str, context: grpc.ServicerContext) -> Resource:
        return Resource(
            session=self._session(context),
            kind=RESOURCE_TYPES[type_name],
            block=self._schemas.resources[type_name],
        )
