"""Names of everything that exists in AWS: made here and nowhere else.

A name is permanent: to change one is to replace the resource. So invalid input is refused, never corrected.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PROJECT: Final = "txn"
SHARED: Final = "shared"
"""Tag Environment of what belongs to the whole account; no environment may have this name."""

FIRST_KEY: Final = "a"
"""A bank's key by default: its name in AWS is the bank's alone, as when each bank had one key, so none is replaced."""
MAX_SUFFIX_LENGTH: Final = 16
_PREVIEW: Final = re.compile(r"pr([1-9][0-9]*)")
_SUFFIX: Final = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_PURPOSE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HASH_LENGTH: Final = 8


class NamingError(ValueError):
    """A name cannot be made of the input; the message has what is expected instead."""


class ResourceKind(StrEnum):
    """Kind of resource that is named: AWS limits the length of names by kind."""

    ALARM = "alarm"
    API = "REST API"
    API_KEY = "API key"
    BUCKET = "bucket"
    DASHBOARD = "dashboard"
    EVENT_RULE = "event rule"
    FUNCTION = "function"
    METRIC_FILTER = "metric filter"
    QUEUE = "queue"
    ROLE = "role"
    STATE_MACHINE = "state machine"
    TABLE = "table"
    TOPIC = "topic"
    USAGE_PLAN = "usage plan"
    VALIDATOR = "request validator"
    WEB_ACL = "web ACL"
    XRAY_GROUP = "X-Ray group"
    XRAY_RULE = "X-Ray sampling rule"


MAX_LENGTH: Final[dict[ResourceKind, int]] = {
    ResourceKind.ALARM: 255,
    ResourceKind.API: 255,
    ResourceKind.API_KEY: 255,
    ResourceKind.BUCKET: 63,
    ResourceKind.DASHBOARD: 255,
    ResourceKind.EVENT_RULE: 64,
    ResourceKind.FUNCTION: 64,
    ResourceKind.METRIC_FILTER: 512,
    ResourceKind.QUEUE: 80,
    ResourceKind.ROLE: 64,
    ResourceKind.STATE_MACHINE: 80,
    ResourceKind.TABLE: 255,
    ResourceKind.TOPIC: 256,
    ResourceKind.USAGE_PLAN: 255,
    ResourceKind.VALIDATOR: 128,
    ResourceKind.WEB_ACL: 128,
    ResourceKind.XRAY_GROUP: 32,
    ResourceKind.XRAY_RULE: 32,
}
"""Longest name of each kind, in characters (API reference of each service)."""


def check_suffix(suffix: str) -> str:
    """Return an environment's suffix if it is valid.

    Raises:
        NamingError: it is empty, too long, reserved, or has other characters.
    """
    if len(suffix) > MAX_SUFFIX_LENGTH or not _SUFFIX.fullmatch(suffix):
        raise NamingError(
            f"environment suffix {suffix!r}: expected 1 to {MAX_SUFFIX_LENGTH} lower-case letters, digits and hyphens, "
            "starting with a letter and not ending with a hyphen, for example 'dev' or 'pr6616'"
        )
    if re.match(r"pr\d", suffix) and preview_number(suffix) is None:
        raise NamingError(
            f"environment suffix {suffix!r}: `pr` and a digit begin the name of a preview, such as 'pr6616', which has "
            "no more than the pull request's number, without a zero in front"
        )
    if suffix == SHARED:
        raise NamingError(f"environment suffix {suffix!r} is reserved for what belongs to the whole account")
    return suffix


def preview_number(suffix: str) -> int | None:
    """Number of the pull request whose preview a suffix such as `pr6616` names; None if it names no preview."""
    match = _PREVIEW.fullmatch(suffix)
    return int(match[1]) if match else None


def check_purpose(purpose: str) -> str:
    """Return the part of a name that says what the resource is for, if it is valid.

    Raises:
        NamingError: it is not lower-case words joined by single hyphens.
    """
    if not _PURPOSE.fullmatch(purpose):
        raise NamingError(f"purpose {purpose!r}: expected lower-case letters and digits in words joined by hyphens")
    return purpose


def fit(stem: str, ending: str, limit: int) -> str:
    """Join stem and ending by a hyphen; where that is longer than `limit`, shorten the stem and add its hash.

    Args:
        stem: the part that may be shortened.
        ending: the part that is kept.
        limit: maximum length of the result in characters.

    Raises:
        NamingError: the ending leaves no room for a stem.
    """
    whole = f"{stem}-{ending}"
    if len(whole) <= limit:
        return whole
    room = limit - len(ending) - _HASH_LENGTH - 2
    if room < 1:
        raise NamingError(f"name {whole!r}: {limit} characters leave no room beside {ending!r}")
    digest = hashlib.sha256(stem.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{stem[:room].rstrip('-')}-{digest}-{ending}"


@dataclass(frozen=True, kw_only=True)
class Namer:
    """Names of one environment: `{project}-{purpose}-{suffix}`.

    Raises:
        NamingError: the suffix is invalid.
    """

    suffix: str
    account_id: str
    region: str

    def __post_init__(self) -> None:
        check_suffix(self.suffix)

    def name(self, purpose: str, kind: ResourceKind) -> str:
        """Name a resource of the environment, such as the function `intake`.

        Raises:
            NamingError: the purpose is invalid.
        """
        return fit(f"{PROJECT}-{check_purpose(purpose)}", self.suffix, MAX_LENGTH[kind])

    def api_key(self, bank_id: str, key: str) -> str:
        """Name one of a bank's API keys: by the bank, and by its own name unless it is the first.

        The two are joined by a period, which no other name has: no bank and no suffix can make the same name.

        Raises:
            NamingError: the bank's id or the key's name is invalid.
        """
        own = "" if key == FIRST_KEY else f".{check_purpose(key)}"
        return fit(f"{PROJECT}-{check_purpose(bank_id)}{own}", self.suffix, MAX_LENGTH[ResourceKind.API_KEY])

    def bucket(self, purpose: str) -> str:
        """Name a bucket: its name is unique in all of AWS, so it contains account and region.

        Raises:
            NamingError: the purpose is invalid.
        """
        ending = f"{self.account_id}-{self.region}-{self.suffix}"
        return fit(f"{PROJECT}-{check_purpose(purpose)}", ending, MAX_LENGTH[ResourceKind.BUCKET])


@dataclass(frozen=True, kw_only=True)
class SharedNamer:
    """Names of what belongs to an account and region, not to an environment."""

    account_id: str
    region: str

    @property
    def state_bucket(self) -> str:
        """Bucket of the states of all environments."""
        return f"{PROJECT}-state-{self.account_id}-{self.region}"

    @property
    def lock_table(self) -> str:
        """Table of the locks on those states."""
        return f"{PROJECT}-state-lock"

    @property
    def api_logging_role(self) -> str:
        """Role with which API Gateway writes logs; IAM is global, so the name contains the region."""
        return f"{PROJECT}-api-logging-{self.region}"

    def boundary(self, reach: str) -> str:
        """Managed policy that is the permissions boundary of the roles of a reach's environments."""
        return f"{PROJECT}-boundary-{reach}-{self.region}"

    def ci_role(self, reach: str) -> str:
        """Role with which the workflows deploy a reach's environments."""
        return f"{PROJECT}-ci-{reach}-{self.region}"

    def ci_policy(self, reach: str, area: str) -> str:
        """Managed policy of that role, with its rights in one area."""
        return f"{PROJECT}-ci-{reach}-{area}-{self.region}"

    def sampling_rule(self, purpose: str) -> str:
        """X-Ray sampling rule for all environments, such as `txn-api`."""
        return f"{PROJECT}-{check_purpose(purpose)}"
