"""Asks AWS about every declared resource, and resolves what a deploy does with each. Changes nothing."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from shared.infra.adoption.aws import Aws, NoAnswerError, UnreachableError
from shared.infra.adoption.declared import Declared, Stacks, declared, resolve
from shared.infra.adoption.finders import FINDERS, GUARDED, Finder
from shared.infra.adoption.ownership import Decision, Ownership, resolve_ownership
from shared.infra.adoption.storage import Names

AT_ONCE: Final = 16
"""Calls at the same time."""
_LOOKED_FOR: Final[Mapping[str, Finder]] = {**FINDERS, **GUARDED}


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What a deploy does with a declared resource."""

    resource: Declared
    title: str
    """What people call its type."""
    name: str
    """The name that people use; it has a reference if it is part of something that does not exist."""
    ownership: Ownership


def survey(stacks: Stacks, aws: Aws, *, finders: Mapping[str, Finder] = _LOOKED_FOR) -> list[Resolution]:
    """Find out which of the declared resources exist.

    Resources whose name is known are asked for at once; then their parts, if they exist and are ours.

    Args:
        stacks: content of each stack's `cdk.tf.json`, by the stack's id.
        aws: is asked.
        finders: by Terraform's type; other types are left out.

    Returns:
        A resolution for each resource that has a finder, in the order of the stacks; of a guarded one, only if it
        cannot be put.
    """
    found = _Findings(stacks=stacks, finders=finders)
    waiting = [each for each in declared(stacks) if each.type in finders]
    resources = list(waiting)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while ready := [(each, names) for each in waiting if (names := found.names(each)) is not None]:
            ownerships = pool.map(lambda pair: _resolve(pair[0], pair[1], finders, aws), ready)
            for (resource, _), ownership in zip(ready, ownerships, strict=True):
                found.add(resource, ownership)
            waiting = [each for each in waiting if each not in [resource for resource, _ in ready]]
    resolutions = [found.resolution(each) for each in resources]
    return [
        each
        for each in resolutions
        if each.resource.type not in GUARDED or each.ownership.decision is not Decision.CREATE
    ]


def _resolve(resource: Declared, names: Names, finders: Mapping[str, Finder], aws: Aws) -> Ownership:
    try:
        return resolve_ownership(list(finders[resource.type].find(aws, names)), resource.owner)
    except UnreachableError as error:
        return Ownership(decision=Decision.UNKNOWN, reason=str(error))
    except NoAnswerError as error:
        return Ownership(decision=Decision.UNKNOWN, reason=str(error), needs=finders[resource.type].needs)


class _Findings:
    """What has been found so far: it completes the names of the parts."""

    def __init__(self, *, stacks: Stacks, finders: Mapping[str, Finder]) -> None:
        self._stacks = stacks
        self._finders = finders
        self._ownerships: dict[tuple[str, str], Ownership] = {}
        self._known: dict[tuple[str, str], Mapping[str, str]] = {}

    def names(self, resource: Declared) -> Names | None:
        """All names by which a resource is found; None if one is unknown so far."""
        keys = self._finders[resource.type].keys
        names = {key: value for key in keys if (value := self._resolved(resource, key)) is not None}
        return names if len(names) == len(keys) else None

    def add(self, resource: Declared, ownership: Ownership) -> None:
        """Keep a resource's ownership, and its attributes for its parts."""
        key = (resource.stack, resource.address)
        self._ownerships[key] = ownership
        if ownership.found:
            self._known[key] = {"id": ownership.found.import_id, **ownership.found.attributes}

    def resolution(self, resource: Declared) -> Resolution:
        """The resolution of a resource; a part of something that does not exist does not exist either."""
        finder = self._finders[resource.type]
        name = finder.name or self._resolved(resource, finder.keys[-1]) or str(resource.body[finder.keys[-1]])
        nothing = Ownership(decision=Decision.CREATE)
        ownership = self._ownerships.get((resource.stack, resource.address), nothing)
        return Resolution(resource=resource, title=finder.title, name=name, ownership=ownership)

    def _resolved(self, resource: Declared, key: str) -> str | None:
        return resolve(resource.body[key], stack=resource.stack, stacks=self._stacks, known=self._known)
