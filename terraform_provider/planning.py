"""Plans: defaults, what is not known before the apply, and what needs a new resource."""

from collections.abc import Set as AbstractSet
from typing import Any

from terraform_provider.errors import ProviderError
from terraform_provider.resource import Resource
from terraform_provider.schema import Block
from terraform_provider.spec import EVERYTHING, ResourceType
from terraform_provider.values import UNKNOWN, State, changed_attributes, same_json

_TAGS = frozenset({"tags", "tags_all"})


def plan(
    resource: Resource, prior: State | None, proposed: State, *, config: State | None = None
) -> tuple[State, AbstractSet[str]]:
    """The planned state, and the changed attributes that need a new resource (none while one is created).

    Args:
        resource: The resource's type.
        prior: The state before; None for a new resource.
        proposed: Configuration over prior state, as Terraform merges them.
        config: The configuration alone, where it differs from `proposed`.

    Raises:
        ProviderError: a new resource lacks what it needs.
    """
    written = proposed if config is None else config
    removed = {name: None for name in resource.kind.cleared if written.get(name) is None}
    planned = _with_defaults(resource.kind, resource.block, {**proposed, **removed})
    if prior is None:
        _require(resource.kind.created_with, planned)
        _forget_computed(resource.block, planned)
    else:
        _keep_blocks(resource.kind, planned, prior)
        _keep_json(planned, prior)
    _set_region_and_tags(resource, planned)
    if prior is None:
        return planned, frozenset()
    changed = changed_attributes(resource.block, prior, planned)
    if changed:
        planned.update(dict.fromkeys(resource.kind.volatile, UNKNOWN))
    replacing = _replacing(resource)
    if resource.kind.replaced_when:
        replacing = replacing | resource.kind.replaced_when(prior, planned)
    return planned, changed & replacing


def _with_defaults(kind: ResourceType, block: Block, values: State, outer: str = "") -> State:
    filled = dict(values)
    for name in block.attributes:
        if filled.get(name) is None and outer + name in kind.defaults:
            filled[name] = kind.defaults[outer + name]
    for name, nested in block.blocks.items():
        if isinstance(filled.get(name), list):
            filled[name] = [
                _with_defaults(kind, nested.block, item, f"{outer}{name}.") if isinstance(item, dict) else item
                for item in filled[name]
            ]
    return filled


def _require(names: AbstractSet[str], planned: State) -> None:
    for name in sorted(names):
        if not planned.get(name):
            raise ProviderError(f"expected {name} to be set: a new resource needs it", path=(name,))


def _forget_computed(block: Block, planned: State) -> None:
    for name, attribute in block.attributes.items():
        if attribute.computed and planned.get(name) is None:
            planned[name] = UNKNOWN


def _keep_blocks(kind: ResourceType, planned: State, prior: State) -> None:
    for name in kind.kept:
        if not planned.get(name):
            planned[name] = prior.get(name)


def _keep_json(planned: State, prior: State) -> None:
    """A policy that differs only in its formatting is the same policy."""
    planned.update(
        {name: prior[name] for name in planned.keys() & prior.keys() if same_json(planned[name], prior[name])}
    )


def _set_region_and_tags(resource: Resource, planned: State) -> None:
    """Region and tags are known before the apply, so other resources and policies can use them."""
    if "region" in resource.block.attributes and planned.get("region") in (None, UNKNOWN):
        planned["region"] = resource.session.region
    if "tags_all" in resource.block.attributes:
        planned["tags_all"] = _all_tags(resource, planned.get("tags"))


def _all_tags(resource: Resource, tags: Any) -> Any:
    if tags is UNKNOWN or UNKNOWN in (tags or {}).values():
        return UNKNOWN
    return {**resource.session.default_tags, **(tags or {})}


def _replacing(resource: Resource) -> AbstractSet[str]:
    if resource.kind.replaced_by != EVERYTHING:
        return resource.kind.replaced_by | {"region"}
    return (resource.block.attributes.keys() | resource.block.blocks.keys()) - resource.kind.unsent - _TAGS
