"""Whose something is: told by two tags, and where a kind has no tags, by lying below what is ours under our name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

_SHOWN_TAGS: Final = ("Application", "Environment", "ManagedBy", "Owner", "Team")
"""Tags that say whose a resource is. Others are not printed: nobody knows what people write into them."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """An environment of an application."""

    application: str
    environment: str

    @classmethod
    def of(cls, tags: Mapping[str, str]) -> "Owner":
        """The owner that tags name; empty where they do not."""
        return cls(application=tags.get("Application", ""), environment=tags.get("Environment", ""))

    def __str__(self) -> str:
        """As a person would write the tags."""
        return f"Application={self.application}, Environment={self.environment}"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something in AWS that has the name which a resource will have."""

    import_id: str
    """What `terraform import` of hashicorp/aws 6.25 takes."""
    tags: Mapping[str, str] | None
    """None: the kind has no tags, or it lies within something whose owner has been settled."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What others may refer to, by Terraform's names."""
    note: str = ""
    """What else people should know if it is not ours."""


class Decision(Enum):
    """What becomes of a declared resource."""

    CREATE = "create"
    """Nothing has its name."""
    ADOPT = "adopt"
    """It exists and is ours: Terraform takes it in, unless its state has it already."""
    REFUSE = "refuse"
    """Its name is somebody else's, or more than one thing could be it."""
    UNKNOWN = "unknown"
    """AWS did not say."""


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """A decision, with what it rests on."""

    decision: Decision
    found: Found | None = None
    """What is to be adopted."""
    reason: str = ""
    """Why it is refused or unknown, for people."""


def resolve_ownership(found: Sequence[Found], owner: Owner) -> Ownership:
    """Decide about one resource.

    Args:
        found: everything that has its name; more than one where names are not unique.
        owner: whose the resource will be.
    """
    ours = [each for each in found if each.tags is None or Owner.of(each.tags) == owner]
    if len(ours) > 1:
        ids = ", ".join(sorted(each.import_id for each in ours))
        return Ownership(decision=Decision.REFUSE, reason=f"{len(ours)} of them are ours ({ids}): delete the wrong one")
    if ours:
        return Ownership(decision=Decision.ADOPT, found=ours[0])
    if found:
        return Ownership(decision=Decision.REFUSE, reason=" and ".join(_whose(each) for each in found))
    return Ownership(decision=Decision.CREATE)


def _whose(found: Found) -> str:
    if found.note:
        return found.note
    shown = [f"{key}={found.tags[key]}" for key in _SHOWN_TAGS if found.tags and key in found.tags]
    return f"belongs to {', '.join(shown)}" if shown else "has no tags that say whose it is"
