"""What no environment can have, though its type is right: the rules on the values of `environments/*.toml`.

A rule yields a sentence for each breach and stops nobody else's, so that all of them come out in one message.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any, Final

from shared.infra.limits import API_BURST_LIMIT, API_RATE_LIMIT, MAX_FILTER_POLICIES, MAX_USAGE_PLANS
from shared.infra.naming import MAX_SUFFIX_LENGTH, Namer, NamingError, check_purpose
from shared.infra.settings.contacts import ContactError, parse_contact

BACKENDS: Final = ("s3", "local")
RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What CloudWatch Logs takes (PutRetentionPolicy)."""
MAX_BANK_ID_LENGTH: Final = 64
"""Ours: a name in AWS is hashed where it gets too long, but the id is also part of every key of the bank's data (S3,
DynamoDB), in which it stands as it is."""
_ACCOUNT_LIMITS: Final = (
    ("rate_limit", API_RATE_LIMIT, "API Gateway's quota `Throttle rate` of an account"),
    ("burst_limit", API_BURST_LIMIT, "API Gateway's quota `Throttle burst rate` of an account"),
    ("quota_per_day", API_RATE_LIMIT * 86_400, "API Gateway's quota `Throttle rate` of an account, for a whole day"),
)
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_TAG: Final = re.compile(r"[\w .:/=+@-]{1,256}")
_BANK_NAME: Final = re.compile(r"[^\x00-\x1f\x7f{}]{1,100}")
"""Without braces, in which Terraform would look for something to evaluate."""

Values = Mapping[str, Any]
"""Well-typed values by key; what is missing or ill-typed is left out."""


def environment_misfits(values: Values) -> Iterator[str]:
    """Breaches by the file's top-level keys."""
    yield from _region_misfits(values)
    if values.get("backend", BACKENDS[0]) not in BACKENDS:
        yield f"backend = {values['backend']!r} is not one of {list(BACKENDS)}"
    if values.get("log_retention_days", RETENTION_DAYS[0]) not in RETENTION_DAYS:
        yield f"log_retention_days = {values['log_retention_days']} is not one of {list(RETENTION_DAYS)}"
    if values.get("account_id") and not _ACCOUNT.fullmatch(values["account_id"]):
        yield f"account_id = {values['account_id']!r} is not twelve digits"
    if values.get("committed_daily_uploads", 0) < 0:
        yield f"committed_daily_uploads = {values['committed_daily_uploads']} is less than 0"
    for key in ("cost_center", "repository"):
        if key in values and not _TAG.fullmatch(values[key]):
            yield f"{key} = {values[key]!r} is not 1 to 256 letters, digits, spaces and _.:/=+-@ (tag values)"


def bank_misfits(banks: Mapping[str, Values]) -> Iterator[str]:
    """Breaches by single banks.

    Args:
        banks: values by bank id.
    """
    for bank_id, values in banks.items():
        yield from _id_misfits(bank_id)
        yield from _limit_misfits(f"banks.{bank_id}", values)
        yield from _contact_misfits(f"banks.{bank_id}", values)
        if not _BANK_NAME.fullmatch(values.get("name", "-")):
            yield f"banks.{bank_id}.name = {values['name']!r} is not 1 to 100 printable characters without braces"


def joint_misfits(promised: int, banks: Mapping[str, Values]) -> Iterator[str]:
    """Breaches by the banks together.

    Args:
        promised: uploads a day that all of them together were promised.
        banks: values by bank id, quotas included.
    """
    quotas = sum(values.get("quota_per_day", 0) for values in banks.values())
    if quotas < promised:
        yield (
            f"the banks' quotas allow {quotas} requests a day together, fewer than committed_daily_uploads = "
            f"{promised}: raise a bank's quota_per_day"
        )
    if len(banks) > MAX_USAGE_PLANS:
        yield f"{len(banks)} banks are more than {MAX_USAGE_PLANS} (API Gateway's quota `Usage plans per account`)"
    yield from _meeting_names(banks)
    yield from _shared_contacts(banks)


def _region_misfits(values: Values) -> Iterator[str]:
    region = values.get("region")
    if region is None:
        return
    if not _REGION.fullmatch(region):
        yield f"region = {region!r} is not an AWS region such as 'eu-central-1'"
        return
    try:
        # Account, region and suffix are never cut, so here hashing has an end.
        Namer(suffix="a" * MAX_SUFFIX_LENGTH, account_id="0" * 12, region=region).bucket("reports")
    except NamingError as error:
        yield f"region = {region!r} is too long for the names of buckets: {error}"


def _id_misfits(bank_id: str) -> Iterator[str]:
    try:
        check_purpose(bank_id)
    except NamingError:
        yield f"banks.{bank_id!r}: a bank's id is lower-case letters and digits in words joined by hyphens"
    if len(bank_id) > MAX_BANK_ID_LENGTH:
        yield (
            f"banks.{bank_id!r}: a bank's id has at most {MAX_BANK_ID_LENGTH} characters: in the keys of its data "
            "it stands as it is, never hashed"
        )


def _limit_misfits(path: str, values: Values) -> Iterator[str]:
    for key in ("quota_per_day", "rate_limit", "burst_limit"):
        if values.get(key, 1) < 1:
            yield f"{path}.{key} = {values[key]} is less than 1"
    for key, most, quota in _ACCOUNT_LIMITS:
        if values.get(key, 1) > most:
            yield f"{path}.{key} = {values[key]} is more than {most} ({quota})"


def _contact_misfits(path: str, values: Values) -> Iterator[str]:
    if values.get("contact"):
        try:
            parse_contact(values["contact"])
        except ContactError as error:
            yield f"{path}.contact = {error}"


def _meeting_names(banks: Mapping[str, Values]) -> Iterator[str]:
    """Two names that can be one: `txn-nord-sued-dev` is 'nord-sued' of 'dev' and 'nord' of 'sued-dev'."""
    for one, other in permutations(banks, 2):
        if other.startswith(f"{one}-"):
            rest = other.removeprefix(f"{one}-")
            yield (
                f"banks.{one} and banks.{other} can meet: {other!r} in the environment 'dev' and {one!r} in "
                f"'{rest}-dev' have the same names; call one of them otherwise"
            )


def _shared_contacts(banks: Mapping[str, Values]) -> Iterator[str]:
    """SNS has one subscription for an endpoint, and a subscription has one filter."""
    sharing = defaultdict[str, list[str]](list)
    for bank_id, values in banks.items():
        if values.get("contact"):
            sharing[values["contact"].casefold()].append(bank_id)
    for contact, bank_ids in sharing.items():
        if len(bank_ids) > 1:
            yield f"banks {bank_ids} share the contact {contact!r}: SNS can tell an endpoint of one bank only"
    if len(sharing) > MAX_FILTER_POLICIES:
        yield f"{len(sharing)} contacts are more than {MAX_FILTER_POLICIES} (SNS's quota `Filter policies per topic`)"
