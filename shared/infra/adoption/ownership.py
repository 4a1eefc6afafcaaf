"""Whose a resource is: two tags decide; without tags, it is ours if it has our name within one of ours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from shared.infra.naming import SHARED

_SHOWN_TAGS: Final = ("Application", "Environment", "ManagedBy", "Owner", "Team")
"""Tags that show the owner. Others are not printed: they can have any content."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """An environment of an application."""

    application: str
    environment: str

    @classmethod
    def of(cls, tags: Mapping[str, str]) -> "Owner":
        """The owner in the tags; empty where they have none."""
        return cls(application=tags.get("Application", ""), environment=tags.get("Environment", ""))

    def __str__(self) -> str:
        """The tags as people write them."""
        return f"Application={self.application}, Environment={self.environment}"


_WRITTEN: Final = re.compile(r"Application=([\w-]+), Environment=([\w-]+)")


def tags_in(text: str) -> Mapping[str, str]:
    """The tags that a text has where it says whose something is, as `Owner` is written; empty if it says nothing."""
    match = _WRITTEN.search(text)
    return {"Application": match[1], "Environment": match[2]} if match else {}


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something in AWS that has a declared resource's name."""

    import_id: str
    """What `terraform import` of hashicorp/aws 6.25 takes."""
    tags: Mapping[str, str] | None
    """None: the type has no tags, or it is part of a resource whose owner is known."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What other resources may refer to, by Terraform's names."""
    note: str = ""
    """Message if it is not ours; empty: the tags say enough."""
    in_our_account: bool = False
    """Whether it is our account's, although its tags may not be read."""
    hidden: bool = False
    """Whether even its account is unknown: another's, or these credentials may not ask."""


class Decision(Enum):
    """What a deploy does with a declared resource."""

    CREATE = "create"
    """Nothing has its name."""
    ADOPT = "adopt"
    """It exists and is ours: Terraform imports it, unless its state has it already."""
    REFUSE = "refuse"
    """A resource of that name is not ours, or more than one could be."""
    UNKNOWN = "unknown"
    """AWS did not answer."""


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """A decision, with its reason."""

    decision: Decision
    found: Found | None = None
    """What is adopted."""
    reason: str = ""
    """Why it is refused or unknown."""
    needs: str = ""
    """Of what is unknown: the right without which a deploy could create it a second time."""


def resolve_ownership(found: Sequence[Found], owner: Owner) -> Ownership:
    """Decide whether a resource is created, adopted or refused.

    What belongs to the account has names with the account's id, and is deployed by its administrator alone: with fewer
    rights, it is ours if it is in our account, and unknown if it may not be asked for.

    Args:
        found: everything that has its name; more than one where names are not unique.
        owner: whose the resource will be.
    """
    shared = owner.environment == SHARED
    ours = [
        each for each in found if each.tags is None or Owner.of(each.tags) == owner or (shared and each.in_our_account)
    ]
    if len(ours) > 1:
        ids = ", ".join(sorted(each.import_id for each in ours))
        return Ownership(decision=Decision.REFUSE, reason=f"{len(ours)} of them are ours ({ids}): delete all but one")
    if ours:
        return Ownership(decision=Decision.ADOPT, found=ours[0])
    if found:
        decision = Decision.UNKNOWN if shared and all(each.hidden for each in found) else Decision.REFUSE
        return Ownership(decision=decision, reason=" and ".join(_whose(each) for each in found))
    return Ownership(decision=Decision.CREATE)


def _whose(found: Found) -> str:
    if found.note:
        return found.note
    shown = [f"{key}={found.tags[key]}" for key in _SHOWN_TAGS if found.tags and key in found.tags]
    return f"belongs to {', '.join(shown)}" if shown else "has no tags that show its owner"
