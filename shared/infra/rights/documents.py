"""Policy documents from the table: those of a CI role, and the permissions boundary."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared.infra.naming import Namer, SharedNamer
from shared.infra.policies import document
from shared.infra.rights.reach import reach_of
from shared.infra.rights.table import BOUNDARY, OF_EVERY_DEPLOY, OF_SWEEPS, RIGHTS, Right
from shared.infra.rights.target import Area, Place, Target

MAX_POLICY_LENGTH: Final = 6_144
"""IAM quota: characters of a managed policy, white space not counted."""
_READING: Final = ("Describe", "GET", "Get", "List", "Validate")
"""Beginnings of the actions that change nothing."""


def ci_documents(place: Place) -> Mapping[Area, str]:
    """Policy documents of a reach's CI role, by area."""
    rights = [right for rights in RIGHTS.values() for right in rights]
    rights += [*OF_EVERY_DEPLOY, *(OF_SWEEPS if place.reach.sweeps else ())]
    if place.reach.plans:
        rights = [(target, reading) for target, actions in rights if (reading := list(filter(_reads, actions)))]
    statements = {area: _statements((each for each in rights if each[0].area is area), place) for area in Area}
    return {area: _compact(document(each)) for area, each in statements.items() if each}


def _reads(action: str) -> bool:
    _, _, name = action.partition(":")
    return name.startswith(_READING)


def boundary_document(place: Place) -> str:
    """Policy document of a reach's permissions boundary."""
    return _compact(document(_statements(BOUNDARY, place)))


def boundary_arn(namer: Namer) -> str:
    """ARN of the permissions boundary of an environment's roles.

    Not by reference: the state-stack makes it for all environments, and its state is a file on one machine.
    """
    name = SharedNamer(account_id=namer.account_id, region=namer.region).boundary(reach_of(namer.suffix).name)
    return f"arn:aws:iam::{namer.account_id}:policy/{name}"


def _statements(rights: Iterable[Right], place: Place) -> list[dict[str, Any]]:
    """One statement for each target, with all actions on it."""
    actions: dict[str, tuple[Target, list[str]]] = {}
    for target, more in rights:
        actions.setdefault(target.why, (target, []))[1].extend(more)
    return [target.statement(of_target, place) for target, of_target in actions.values()]


def _compact(policy: str) -> str:
    return json.dumps(json.loads(policy), separators=(",", ":"))
