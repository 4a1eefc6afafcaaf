"""Create, update, delete and import, for every type of the table."""

import re
import string
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from terraform_provider.errors import WAY_OUT, PartlyAppliedError, ProviderError
from terraform_provider.reading import read
from terraform_provider.resource import Resource, is_gone
from terraform_provider.spec import template_fields
from terraform_provider.values import UNKNOWN, State, changed_attributes, without_unknowns

_TAGS = frozenset({"tags", "tags_all"})
_WAIT = {"Delay": 0.1, "MaxAttempts": 600}


def create(resource: Resource, planned: State) -> State:
    """Create the resource; returns its state.

    Raises:
        PartlyAppliedError: it exists, but not all of it could be set.
    """
    state = {name: None if value is UNKNOWN else value for name, value in planned.items()}
    to_send = {**state, "tags": state.get("tags_all")}
    response = resource.perform(resource.kind.create, to_send)
    state = {**to_send, "tags": state.get("tags")}  # a hook may have chosen something, for example an id
    state["id"] = resource.text(resource.kind.id, {**_scalars(response), **_known(state)})
    with _keeping(state):
        _wait(resource, state)
        for call in resource.kind.settings:
            sent = resource.sent_by(call)
            if any(resource.is_set(state, name) for name in sent):
                resource.perform(call, state, changed=sent)
        return _read_tagged(resource, state)


def _known(state: State) -> State:
    return {name: value for name, value in state.items() if value is not None}


def _scalars(response: Mapping[str, Any]) -> State:
    """Every scalar of a response by its own name; the outermost one wins."""
    found: State = {}
    for name, value in response.items():
        if isinstance(value, Mapping) and name != "ResponseMetadata":
            found = {**_scalars(value), **found}
    found.update({name: value for name, value in response.items() if not isinstance(value, Mapping | list)})
    return found


def _wait(resource: Resource, state: State) -> None:
    waiter = resource.kind.waiter
    if waiter:
        keys = resource.keys(waiter.keys, state)
        resource.client(state).get_waiter(waiter.name).wait(**keys, WaiterConfig=_WAIT)


def _read_tagged(resource: Resource, state: State) -> State:
    """Read the new resource, and add the tags that create has left out (MiniStack forgets some)."""
    seen = _read_existing(resource, state)
    tagging = resource.kind.tagging
    wanted = state.get("tags_all") or {}
    if tagging is None or seen["tags_all"] == wanted:
        return seen
    tagging.write(resource.session, resource.kind.service, seen, seen["tags_all"], wanted)
    return _read_existing(resource, state)


def _read_existing(resource: Resource, state: State) -> State:
    seen = read(resource, state)
    if seen is None:
        raise ProviderError("it cannot be read back after the change: the local cloud reports that it does not exist")
    return seen


def update(resource: Resource, prior: State, planned: State) -> State:
    """Change the resource; returns its state.

    Raises:
        ProviderError: an attribute has changed that no call of the table changes.
        PartlyAppliedError: only a part of it was changed.
    """
    changed = frozenset(
        name for name in changed_attributes(resource.block, prior, planned) if planned.get(name) is not UNKNOWN
    )
    calls = [(call, changed & resource.sent_by(call)) for call in resource.kind.changes]
    _require_calls(changed.difference(resource.kind.unsent, _TAGS, *(sent for _, sent in calls)))
    state = {name: prior.get(name) if value is UNKNOWN else value for name, value in planned.items()}
    done = dict(prior)
    with _keeping(done):
        for call, sent in calls:
            if sent:
                resource.perform(call, state, prior=prior, changed=sent)
                done.update({name: state[name] for name in sent})
        if "tags_all" in changed and resource.kind.tagging:
            old, new = prior.get("tags_all") or {}, state.get("tags_all") or {}
            resource.kind.tagging.write(resource.session, resource.kind.service, state, old, new)
        volatile = {name: None for name in resource.kind.volatile if planned.get(name) is UNKNOWN}
        return _read_existing(resource, {**state, **volatile})


def _require_calls(unchangeable: AbstractSet[str]) -> None:
    if unchangeable:
        names = sorted(unchangeable)
        raise ProviderError(
            f"the local provider has no operation that changes {', '.join(names)}: {WAY_OUT}", path=(names[0],)
        )


@contextmanager
def _keeping(state: State) -> Iterator[None]:
    """Keep what has been done when the rest fails."""
    try:
        yield
    except Exception as error:
        raise PartlyAppliedError(without_unknowns(state)) from error


def delete(resource: Resource, prior: State) -> None:
    """Delete the resource; it is not an error if it no longer exists."""
    call = resource.kind.delete
    request = {**call.constants, **resource.keys(call.keys, prior)}
    try:
        prepared = call.prepare(resource.session, request, prior) if call.prepare else request
        if prepared is not None:
            resource.send(call.name, prepared, prior)
    except ClientError as error:
        if not is_gone(error):
            raise


def import_state(resource: Resource, import_id: str) -> State:
    """The attributes that an import id holds, enough to read the rest.

    Raises:
        ProviderError: the id does not have the type's form.
    """
    template = resource.kind.id if resource.kind.import_id is None else resource.kind.import_id
    if not template:
        raise ProviderError("the real provider cannot import this type, so neither does the local one")
    match = re.fullmatch(_pattern(template), import_id)
    if not match:
        raise ProviderError(f"import id {import_id!r}: expected the form {template}")
    state: State = {"region": resource.session.region, "id": import_id}
    state.update({name: value for name, value in match.groupdict().items() if name in resource.block.attributes})
    if template_fields(resource.kind.id) <= state.keys():
        state["id"] = resource.text(resource.kind.id, state)
    return state


def _pattern(template: str) -> str:
    parts = string.Formatter().parse(template)
    return "".join(re.escape(literal) + (f"(?P<{name}>.+?)" if name else "") for literal, name, _, _ in parts)
