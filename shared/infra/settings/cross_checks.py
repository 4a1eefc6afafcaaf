"""Rules that one setting alone cannot break: on bank ids, on all banks together, and on names that have to fit.

Each yields a sentence for each violation and does not stop the others: one message has all of them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import permutations
from typing import Final

from shared.infra.limits import MAX_FILTER_POLICIES, MAX_USAGE_PLANS, RETENTION_DAYS
from shared.infra.naming import MAX_SUFFIX_LENGTH, Namer, NamingError, check_purpose

MAX_BANK_ID_LENGTH: Final = 64
"""Ours: a name in AWS is hashed where it gets too long, but the id is also part of every key of the bank's data (S3,
DynamoDB), where it is not."""


def check_region(region: str) -> str:
    """Return a region that leaves room for the longest suffix in a bucket's name.

    Raises:
        ValueError: there is no room; account, region and suffix are never cut.
    """
    try:
        Namer(suffix="a" * MAX_SUFFIX_LENGTH, account_id="0" * 12, region=region).bucket("reports")
    except NamingError as error:
        raise ValueError(f"is too long for the names of buckets: {error}") from error
    return region


def check_retention(days: int) -> int:
    """Return a number of days for which CloudWatch Logs can keep logs.

    Raises:
        ValueError: it cannot.
    """
    if days not in RETENTION_DAYS:  # not a Literal, which would accept `true` for 1
        raise ValueError(f"is not one of {list(RETENTION_DAYS)}")
    return days


def bank_violations(bank_ids: Collection[str]) -> Iterator[str]:
    """Violations by the banks' ids and number."""
    for bank_id in bank_ids:
        try:
            check_purpose(bank_id)
        except NamingError:
            yield f"banks.{bank_id!r}: a bank's id is lower-case letters and digits in words joined by hyphens"
        if len(bank_id) > MAX_BANK_ID_LENGTH:
            yield (
                f"banks.{bank_id!r}: a bank's id has at most {MAX_BANK_ID_LENGTH} characters: it is part of the keys "
                "of the bank's data, never hashed"
            )
    if len(bank_ids) > MAX_USAGE_PLANS:
        yield f"{len(bank_ids)} banks are more than {MAX_USAGE_PLANS} (API Gateway's quota `Usage plans per account`)"
    yield from _name_collisions(bank_ids)


def quota_violations(quotas: Iterable[int], *, committed: int) -> Iterator[str]:
    """The banks' daily quotas together are less than the uploads that they were promised."""
    allowed = sum(quotas)
    if allowed < committed:
        yield (
            f"the banks' quotas allow {allowed} requests a day together, fewer than committed_daily_uploads = "
            f"{committed}: raise a bank's quota_per_day"
        )


def contact_violations(contacts: Mapping[str, str]) -> Iterator[str]:
    """An endpoint of several banks: SNS has one subscription for an endpoint, and a subscription has one filter.

    Args:
        contacts: endpoint by bank id; empty where a bank has none.
    """
    sharing = defaultdict[str, list[str]](list)
    for bank_id, contact in contacts.items():
        if contact:
            sharing[contact.casefold()].append(bank_id)
    for contact, bank_ids in sharing.items():
        if len(bank_ids) > 1:
            yield (
                f"banks {bank_ids} share the contact {contact!r}: an SNS endpoint can subscribe for only one bank; "
                "use another endpoint"
            )
    if len(sharing) > MAX_FILTER_POLICIES:
        yield f"{len(sharing)} contacts are more than {MAX_FILTER_POLICIES} (SNS's quota `Filter policies per topic`)"


def operator_violations(operators: Iterable[str]) -> Iterator[str]:
    """An endpoint that is named twice: SNS has one subscription for an endpoint of a topic."""
    for endpoint, number in Counter(each.casefold() for each in operators).items():
        if number > 1:
            yield f"operators names {endpoint!r} {number} times: an SNS endpoint subscribes once"


def _name_collisions(bank_ids: Iterable[str]) -> Iterator[str]:
    """Banks of two environments with one name: `txn-nord-sued-dev` is 'nord-sued' of 'dev' and 'nord' of 'sued-dev'."""
    for one, other in permutations(bank_ids, 2):
        if other.startswith(f"{one}-"):
            rest = other.removeprefix(f"{one}-")
            yield (
                f"banks.{one} and banks.{other} can have the same names in AWS: {other!r} in the environment 'dev' "
                f"and {one!r} in '{rest}-dev'; rename one"
            )
