"""A resource's state: the API's responses, compared with what Terraform last knew."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from terraform_provider.mapping import from_api, plain, value_from_api
from terraform_provider.resource import Resource, is_gone
from terraform_provider.schema import Block
from terraform_provider.session import service_model
from terraform_provider.spec import Read, Request
from terraform_provider.values import UNKNOWN, State, has_content, is_empty, same, same_json


def read(resource: Resource, prior: State) -> State | None:
    """The resource's state; None if it does not exist.

    The API's response wins, so that a gap of the table shows as a difference in the next plan. The prior state decides
    only what does not matter: the text of equal JSON, the order of sets, a zero that is not configured.
    """
    seen: State = {}
    for one in resource.kind.reads:
        part = _read_part(resource, one, prior)
        if part is None:
            return None
        seen.update(part)
    _add_tags(resource, seen, prior)
    state = _settle(resource.block, seen, prior, resource.kind.defaults)
    state["id"] = prior.get("id")
    if "region" in resource.block.attributes:
        state["region"] = prior.get("region") or resource.session.region
    derive(resource, state)
    return state


def derive(resource: Resource, state: State) -> None:
    """Add the attributes that follow from others."""
    for name, rule in resource.kind.derived.items():
        if state.get(name) in (None, UNKNOWN) or name in resource.kind.volatile:
            state[name] = rule(resource.session, state) if callable(rule) else resource.text(rule, state)


def _read_part(resource: Resource, one: Read, prior: State) -> State | None:
    request: Request | None = {**one.constants, **resource.keys(one.keys, prior)}
    if one.prepare and request is not None:
        request = one.prepare(resource.session, request, prior)
    if request is None:
        return {}
    try:
        response: Any = resource.send(one.name, request, prior)
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    shape: Any = service_model(resource.kind.service).operation_model(one.name).output_shape
    for step in filter(None, one.at.split(".")):
        if step.isdigit():
            if not response:
                return None
            response, shape = response[int(step)], shape.member
        else:
            response, shape = response.get(step) or {}, shape.members[step]
    return _interpret(resource, one, shape, response, prior)


def _interpret(resource: Resource, one: Read, shape: Any, response: Any, prior: State) -> State | None:
    names = {**resource.kind.names, **one.names}
    if shape is None:
        seen: State = {}
    elif shape.type_name == "map":
        seen = _from_text_map(resource, response, names)
    else:
        seen = from_api(shape, resource.block, response, names)
    if one.attributes is not None:
        seen = {name: value for name, value in seen.items() if name in one.attributes}
    if one.interpret is None:
        return seen
    more = one.interpret(resource.session, response, prior)
    return None if more is None else {**seen, **more}


def _from_text_map(resource: Resource, response: Mapping[str, str], names: Mapping[str, str | None]) -> State:
    """Attributes of SQS and SNS; one that can be sent but is not shown is unset."""
    members = {plain(member): member for member in response}
    seen: State = dict.fromkeys(frozenset[str]().union(*map(resource.sent_by, resource.kind.calls)))
    for name, attribute in resource.block.attributes.items():
        given = names.get(name, "")
        member = None if given is None else members.get(plain(given or name))
        if member:
            seen[name] = value_from_api(attribute.type, response[member])
    return seen


def _add_tags(resource: Resource, seen: State, prior: State) -> None:
    seen.pop("tags", None)
    seen.pop("tags_all", None)
    if resource.kind.tagging is None:
        return
    known = {**prior, **seen}
    derive(resource, known)  # the ARN of some types
    tags = resource.kind.tagging.read(resource.session, resource.kind.service, known)
    own = prior.get("tags") or {}
    defaults = resource.session.default_tags
    seen["tags_all"] = tags
    seen["tags"] = {key: value for key, value in tags.items() if key in own or defaults.get(key) != value}
    if not seen["tags"] and prior.get("tags") is None:
        seen["tags"] = None


def _settle(block: Block, seen: State, prior: Any, defaults: Mapping[str, Any], outer: str = "") -> State:
    prior = prior if isinstance(prior, dict) else {}
    state: State = {}
    for name, attribute in block.attributes.items():
        known = None if prior.get(name) is UNKNOWN else prior.get(name)
        value = seen.get(name, known)
        if value is None:
            value = defaults.get(outer + name)
        optional = attribute.optional and not attribute.computed
        if not value and is_empty(known) and optional and outer + name not in defaults:
            value = known
        alike = same_json(value, known) or (known is not None and same(attribute.type, value, known))
        state[name] = known if alike else value
    for name, nested in block.blocks.items():
        if name not in seen:
            state[name] = prior.get(name)
            continue
        items = [
            _settle(nested.block, item, mate, defaults, f"{outer}{name}.")
            for item, mate in _paired(nested.nesting, nested.block, seen[name], prior.get(name))
        ]
        bare = not nested.minimum and not prior.get(name) and (prior or not outer) and not has_content(items)
        state[name] = [] if bare else items
    return state


def _paired(nesting: str, block: Block, items: list[State], prior: Any) -> list[tuple[State, Any]]:
    """Each block with the one that Terraform knew: by position in a list, by the required attributes in a set."""
    left = [item for item in prior if isinstance(item, dict)] if isinstance(prior, list) else []
    if nesting != "set":
        return [(item, left[at] if at < len(left) else None) for at, item in enumerate(items)]
    required = [name for name, attribute in block.attributes.items() if attribute.required]
    pairs = []
    for item in items:
        mate = next((one for one in left if all(one.get(name) == item.get(name) for name in required)), None)
        if mate is not None:
            left.remove(mate)
        pairs.append((item, mate))
    return pairs
