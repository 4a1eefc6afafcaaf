"""Create, update, delete and import, for every type of the table."""

import datetime as dt
import re
import secrets
import string
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from terraform_provider.errors import PartlyAppliedError, ProviderError
from terraform_provider.reading import read
from terraform_provider.resource import Resource, is_gone
from terraform_provider.spec import Call
from terraform_provider.values import UNKNOWN, State, changed_attributes, without_unknowns

_OUTSIDE = frozenset({"tags", "tags_all", "timeouts"})
_WAIT = {"Delay": 0.3, "MaxAttempts": 200}


def create(resource: Resource, planned: State) -> State:
    """Make the resource; returns its state.

    Raises:
        PartlyAppliedError: it was made, but not everything about it.
    """
    state = {name: None if value is UNKNOWN else value for name, value in planned.items()}
    _generate_name(resource, state)
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


def _generate_name(resource: Resource, state: State) -> None:
    name = resource.kind.named
    if name and state.get(name) is None:
        prefix = state.get(f"{name}_prefix") or "terraform-"
        now = dt.datetime.now(tz=dt.UTC)
        state[name] = f"{prefix}{now:%Y%m%d%H%M%S%f}{secrets.token_hex(2)}"


def _known(state: State) -> State:
    return {name: value for name, value in state.items() if value is not None}


def _scalars(response: Mapping[str, Any]) -> State:
    """Every scalar of a response by its own name; the outermost counts."""
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
    """Read what was made, and add the tags that the creation has left out (MiniStack forgets some)."""
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
        raise ProviderError("it cannot be read back after the change: the local cloud says that there is no such thing")
    return seen


def update(resource: Resource, prior: State, planned: State) -> State:
    """Change the resource; returns its state.

    Raises:
        ProviderError: no call of the table changes an attribute that has changed.
        PartlyAppliedError: some of it was changed.
    """
    changed = frozenset(
        name for name in changed_attributes(resource.block, prior, planned) if planned.get(name) is not UNKNOWN
    )
    calls = [(call, changed & resource.sent_by(call)) for call in (*resource.kind.updates, *resource.kind.settings)]
    _refuse_strays(resource, changed, calls)
    state = {name: prior.get(name) if value is UNKNOWN else value for name, value in planned.items()}
    done = dict(prior)
    with _keeping(done):
        for call, mine in calls:
            if mine:
                resource.perform(call, state, prior=prior, changed=mine)
                done.update({name: state[name] for name in mine})
        if "tags_all" in changed and resource.kind.tagging:
            old, new = prior.get("tags_all") or {}, state.get("tags_all") or {}
            resource.kind.tagging.write(resource.session, resource.kind.service, state, old, new)
        return _read_existing(resource, {**state, **_volatile_forgotten(resource, planned)})


def _refuse_strays(
    resource: Resource, changed: AbstractSet[str], calls: Sequence[tuple[Call, AbstractSet[str]]]
) -> None:
    covered: AbstractSet[str] = frozenset[str]().union(*(mine for _, mine in calls))
    strays = sorted(changed - covered - resource.kind.unsent - _OUTSIDE)
    if strays:
        raise ProviderError(
            f"the local provider has no operation that changes {', '.join(strays)}; "
            "add one to its table, or deploy with `--provider registry`",
            path=(strays[0],),
        )


def _volatile_forgotten(resource: Resource, planned: State) -> State:
    return {name: None for name in resource.kind.volatile if planned.get(name) is UNKNOWN}


@contextmanager
def _keeping(state: State) -> Iterator[None]:
    """Keep what has been done when the rest fails."""
    try:
        yield
    except Exception as error:
        raise PartlyAppliedError(without_unknowns(state)) from error


def delete(resource: Resource, prior: State) -> None:
    """Unmake the resource; it is no error if it is gone already."""
    call = resource.kind.delete
    if call is None:
        return
    request = {**call.constants, **resource.keys(call.keys, prior)}
    try:
        prepared = call.prepare(resource.session, request, prior) if call.prepare else request
        if prepared is not None:
            resource.send(call.name, prepared, prior)
    except ClientError as error:
        if not is_gone(error):
            raise


def import_state(resource: Resource, import_id: str) -> State:
    """The little that an import id says, enough to read the rest.

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
    if _fields(resource.kind.id) <= state.keys():
        state["id"] = resource.text(resource.kind.id, state)
    return state


def _pattern(template: str) -> str:
    parts = string.Formatter().parse(template)
    return "".join(re.escape(literal) + (f"(?P<{name}>.+?)" if name else "") for literal, name, _, _ in parts)


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
