"""What a right is for: patterns of ARNs, with the conditions under which they are one's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from shared.infra.naming import SharedNamer
from shared.infra.policies import sid
from shared.infra.rights.reach import Reach


class Area(StrEnum):
    """A policy of a role: IAM limits the size of one, not their sum."""

    DATA = "data"
    COMPUTE = "compute"
    WATCH = "watch"
    IDENTITY = "identity"
    API = "api"
    ACCOUNT = "account"


@dataclass(frozen=True, kw_only=True)
class Place:
    """For whom rights are written."""

    account_id: str
    region: str
    reach: Reach

    @property
    def names(self) -> SharedNamer:
        """Names of what belongs to the account and region."""
        return SharedNamer(account_id=self.account_id, region=self.region)

    def expand(self, templates: Iterable[str]) -> list[str]:
        """Fill in `{account}`, `{region}`, names of the account's resources, and each `{suffix}` of the reach.

        What another pattern of the result matches is left out: `pr1*/*` beside `pr1*`.
        """
        names = self.names
        filled = [
            template.format(
                account=self.account_id,
                region=self.region,
                suffix=suffix,
                boundary=names.boundary(self.reach.name),
                state_bucket=names.state_bucket,
                lock_table=names.lock_table,
                api_logging_role=names.api_logging_role,
            )
            for template in templates
            for suffix in self.reach.suffixes
        ]
        unique = list(dict.fromkeys(filled))
        return [each for each in unique if not any(each != other and fnmatchcase(each, other) for other in unique)]


@dataclass(frozen=True, kw_only=True)
class Target:
    """Resources of a reach that are named by the same patterns."""

    why: str
    """The statement's Sid, unique among all targets."""
    area: Area
    arns: tuple[str, ...]
    """Templates for `Place.expand`; `*` where AWS has no resource for the actions."""
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict, hash=False)
    """Operator -> condition key -> templates of values."""
    effect: str = "Allow"

    def statement(self, actions: Iterable[str], place: Place) -> dict[str, Any]:
        """Statement of a policy: these actions, on this target of a place."""
        conditions = {
            operator: {key: _single(place.expand(values)) for key, values in keys.items()}
            for operator, keys in self.conditions.items()
        }
        statement = {
            "Sid": sid(self.why),
            "Effect": self.effect,
            "Action": _single(sorted(set(actions))),
            "Resource": _single(place.expand(self.arns)),
        }
        return statement | ({"Condition": conditions} if conditions else {})


def _single(values: list[str]) -> str | list[str]:
    """A list of one as IAM also writes it: a policy's size is limited."""
    return values[0] if len(values) == 1 else values
