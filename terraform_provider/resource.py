"""One resource type in one session: the table's calls as requests."""

import string
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import StructureShape

from terraform_provider.mapping import find_members, text, to_api
from terraform_provider.patch_operations import patch_operations
from terraform_provider.schema import Block
from terraform_provider.session import Session, service_model
from terraform_provider.spec import Call, Names, Request, ResourceType, Style, Template, template_fields
from terraform_provider.values import UNKNOWN, State, is_empty

_GONE = ("NotFound", "NoSuch", "NonExistent", "Nonexistent", "DoesNotExist")
_NEVER_SENT = frozenset({"id", "region", "tags_all"})
_ALWAYS_CONFIGURABLE = frozenset({"id", "region", "tags"})


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A resource type of the table with its schema."""

    kind: ResourceType
    block: Block

    @property
    def configurable(self) -> AbstractSet[str]:
        """The attributes and blocks that a configuration may set; all others are refused."""
        templates = [key for call in self.kind.calls for key in call.keys.values() if isinstance(key, str)]
        sent = [self.sent_by(call) for call in self.kind.calls]
        return (_ALWAYS_CONFIGURABLE | self.kind.unsent).union(*sent, *map(template_fields, templates))

    def is_set(self, state: Mapping[str, Any], name: str) -> bool:
        """Whether an attribute has a value other than its default."""
        value = state.get(name)
        return not is_empty(value) and value != self.kind.defaults.get(name, UNKNOWN)

    def sent_by(self, call: Call) -> AbstractSet[str]:
        """The attributes and blocks that a call sends."""
        return {name.partition(".")[0] for name in call.prepared} | self._mapped_by(call)

    def _mapped_by(self, call: Call) -> AbstractSet[str]:
        if call.attributes is not None:
            return call.attributes
        known = self.block.attributes.keys() | self.block.blocks.keys()
        known -= _NEVER_SENT | {"tags"} | self.kind.unsent
        shape = (patched_shape if call.style is Style.PATCH else input_shape)(self.kind, call)
        return {name for name in known if find_members(shape, name, self.names(call))}

    def names(self, call: Call) -> Names:
        """The names that differ, of the type and of the call."""
        return {**self.kind.names, **call.names}


@dataclass(frozen=True, kw_only=True)
class Resource(Definition):
    """A resource type as the session's Terraform run sees it."""

    session: Session

    def client(self, state: Mapping[str, Any]) -> Any:
        """The service's client in the resource's region."""
        return self.session.client(self.kind.service, state.get("region"))

    def send(self, name: str, request: Request, state: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call; raises botocore's ClientError."""
        answer: dict[str, Any] = getattr(self.client(state), xform_name(name))(**request)
        return answer

    def keys(self, keys: Mapping[str, Template | tuple[Template, ...]], state: Mapping[str, Any]) -> Request:
        """The members that identify the resource."""
        return {
            member: [self.text(item, state) for item in template]
            if isinstance(template, tuple)
            else self.text(template, state)
            for member, template in keys.items()
        }

    def text(self, template: Template, state: Mapping[str, Any]) -> str:
        """Fill a template from the state and the session."""
        return string.Formatter().vformat(template, (), _Fields(state, self.session))

    def perform(
        self,
        call: Call,
        state: State,
        *,
        prior: Mapping[str, Any] | None = None,
        changed: AbstractSet[str] = frozenset(),
    ) -> dict[str, Any]:
        """Make one of the table's calls.

        Args:
            call: The call.
            state: What the resource is to be.
            prior: What it was; None while it is created.
            changed: Attributes known to have changed: they are sent even when they are empty now.
        """
        request = self.request(call, state, prior=prior or {}, changed=changed)
        if request is None or request.get("patchOperations") == []:
            return {}
        return self.send(call.name, request, state)

    def request(
        self, call: Call, state: State, *, prior: Mapping[str, Any], changed: AbstractSet[str]
    ) -> Request | None:
        """The parameters of a call; None if it is not needed."""
        unsent = _NEVER_SENT | ({"tags"} if prior else set())  # tags have calls of their own later
        wanted = state.keys() if call.attributes is None else call.attributes
        values = {name: state[name] for name in state.keys() & wanted - unsent}
        request: Request = dict(call.constants)
        if call.style is Style.PATCH:
            changes = {name: state.get(name) for name in changed & self.sent_by(call)}
            request["patchOperations"] = patch_operations(patched_shape(self.kind, call), changes, self.names(call))
        elif call.style is Style.TEXT_MAP:
            request[call.inside] = self._text_map(call, values, changed, sparse=bool(prior))
        else:
            _merge(
                request, call.inside, to_api(input_shape(self.kind, call), values, self.names(call), also_empty=changed)
            )
        request.update(self.keys(call.keys, state))
        return call.prepare(self.session, request, state) if call.prepare else request

    def _text_map(self, call: Call, values: State, changed: AbstractSet[str], *, sparse: bool) -> dict[str, str]:
        names = self.names(call)
        wanted = self.sent_by(call) & values.keys() & (changed if sparse else values.keys())
        return {
            names.get(name) or "".join(part.capitalize() for part in name.split("_")): text(values[name])
            for name in sorted(wanted)
            if not is_empty(values[name]) or name in changed
        }


def input_shape(kind: ResourceType, call: Call) -> StructureShape:
    """The structure in which a call takes its attributes."""
    shape: Any = service_model(kind.service).operation_model(call.name).input_shape
    if call.style is Style.MEMBERS:
        for member in filter(None, call.inside.split(".")):
            shape = shape.members[member]
    result: StructureShape = shape
    return result


def patched_shape(kind: ResourceType, call: Call) -> StructureShape:
    """The structure that patch operations change: the call returns it."""
    shape: Any = service_model(kind.service).operation_model(call.name).output_shape
    result: StructureShape = shape
    return result


def is_gone(error: ClientError) -> bool:
    """Whether an error means that the resource does not exist."""
    code = error.response["Error"]["Code"]
    return code == "404" or any(word in code for word in _GONE)


class _Fields(dict[str, Any]):
    """A state's attributes; what it lacks comes from the session."""

    def __init__(self, state: Mapping[str, Any], session: Session) -> None:
        super().__init__({name: value for name, value in state.items() if value is not None})
        self._session = session

    def __missing__(self, name: str) -> Any:
        if name not in ("region", "account", "partition"):
            raise KeyError(name)
        return getattr(self._session, name)


def _merge(request: Request, inside: str, members: dict[str, Any]) -> None:
    for member in filter(None, inside.split(".")):
        request = request.setdefault(member, {})
    request.update(members)
