"""Rules that one setting alone cannot break: on bank ids, on all banks together, and on names that have to fit.

Each yields a sentence for each violation and does not stop the others: one message has all of them.
"""

import ipaddress
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import permutations
from typing import Final

from shared.infra.limits import MAX_FILTER_POLICIES, MAX_USAGE_PLANS, RETENTION_DAYS
from shared.infra.naming import MAX_SUFFIX_LENGTH, Namer, NamingError, check_purpose

MIN_WAF_RATE_LIMIT: Final = 10
"""AWS WAF limit: rate-based rule, minimum of the rate."""
MAX_REPORT_DAYS: Final = 36_500
"""A hundred years: beyond it a number of days is a mistake."""
MAX_ALLOWED_IPS: Final = 150
"""Of all banks together: API Gateway's quota `Length, in characters, of API Gateway resource policy` is 8,192, and the
longest range has 45 with its quotes."""
MAX_BANK_ID_LENGTH: Final = 64
"""Ours: a name in AWS is hashed where it gets too long, but the id is also part of every key of the bank's data (S3,
DynamoDB), where it is not."""
MAX_CALENDARS_BYTES: Final = 3_000
"""Lambda's quota `Environment variables` is 4 KB for all of a function; the sweeper's others take less than 1,000."""
REQUESTS_OF_AN_UPLOAD: Final = 3
"""Ours: the report, and its status twice, because it may still be loading the first time. A quota counts every request,
so one that is as large as the number of uploads would be used up by half of them."""

_PORTS: Final = 65_536
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN: Final = re.compile(rf"(?:https://(?:{_LABEL}\.)*{_LABEL}|http://localhost)(?::(?P<port>[1-9][0-9]{{0,4}}))?")


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


def check_retention_or_none(days: int) -> int:
    """As `check_retention`, or 0.

    Raises:
        ValueError: CloudWatch Logs cannot keep logs for so many days.
    """
    return check_retention(days) if days else days


def check_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Return origins as browsers send them (RFC 6454, 6.2): scheme, host and a port that is not the scheme's own.

    Raises:
        ValueError: one is neither https nor http on localhost, or has more than that; or two are the same.
    """
    for each in origins:
        found = _ORIGIN.fullmatch(each)
        if not found or (found["port"] and not 0 < int(found["port"]) < _PORTS) or _has_own_port(each):
            raise ValueError(f"has {each!r}: expected an origin like https://bank.example or http://localhost:3000")
    return check_distinct(origins)


def _has_own_port(origin: str) -> bool:
    return (origin.startswith("https:") and origin.endswith(":443")) or origin == "http://localhost:80"


def check_distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of which no two are the same.

    Raises:
        ValueError: two are.
    """
    if len(set(names)) < len(names):
        raise ValueError("has a name twice")
    return names


def check_addresses(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Return IP addresses and ranges as ranges in CIDR notation.

    Raises:
        ValueError: one is neither, or is a range with host bits.
    """
    try:
        return tuple(str(ipaddress.ip_network(each)) for each in addresses)
    except ValueError as error:
        raise ValueError(f"has an invalid IP range: {error}") from error


def check_waf_rate_limit(requests: int) -> int:
    """Return a limit that a rate-based rule can have, or 0.

    Raises:
        ValueError: it is too small (AWS WAF limit: rate limit, minimum 10).
    """
    if 0 < requests < MIN_WAF_RATE_LIMIT:
        raise ValueError(f"is less than {MIN_WAF_RATE_LIMIT}, AWS WAF's minimum")
    return requests


def address_violations(ranges: Iterable[Collection[str]]) -> Iterator[str]:
    """The ranges of all banks fit one resource policy.

    Args:
        ranges: of each bank.
    """
    count = len({each for found in ranges for each in found})
    if count > MAX_ALLOWED_IPS:
        yield f"the banks have {count} allowed_ips together, more than {MAX_ALLOWED_IPS} (a resource policy's length)"


def domain_violations(
    region: str, domain: str, certificate_arn: str, truststore_uri: str, *, keep_default_endpoint: bool
) -> Iterator[str]:
    """A domain has a certificate of its region; what belongs to a domain has one."""
    if bool(domain) != bool(certificate_arn):
        yield "domain and certificate_arn: an API has both or neither"
    if certificate_arn and region and certificate_arn.split(":")[3] != region:
        yield f"certificate_arn is of the region {certificate_arn.split(':')[3]}: API Gateway needs one of {region}"
    if truststore_uri and not domain:
        yield "truststore_uri: mutual TLS needs a domain"
    if truststore_uri and keep_default_endpoint:
        yield "keep_default_endpoint: API Gateway's own address would be a way around truststore_uri"


def report_violations(days: int, archive_days: int) -> Iterator[str]:
    """Reports are archived before they are deleted (S3: the expiration's days must be more than the transition's)."""
    if days and archive_days >= days:
        yield f"report_archive_days = {archive_days} is not less than report_days = {days}, when reports are deleted"


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
    """The banks' daily quotas together are less than what the uploads need that they were promised.

    Args:
        quotas: requests a day of each bank.
        committed: uploads a day of all banks together.
    """
    allowed, needed = sum(quotas), committed * REQUESTS_OF_AN_UPLOAD
    if allowed < needed:
        yield (
            f"the banks' quotas allow {allowed:,} requests a day together (quota_per_day of each), fewer than the "
            f"{needed:,} that committed_daily_uploads = {committed:,} needs at {REQUESTS_OF_AN_UPLOAD} requests each "
            f"(the report, and its status twice): raise a bank's quota_per_day by {needed - allowed:,} or more"
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


def listener_violations(setting: str, addresses: Iterable[str]) -> Iterator[str]:
    """An endpoint that a setting names twice: SNS has one subscription for an endpoint of a topic."""
    for endpoint, number in Counter(each.casefold() for each in addresses).items():
        if number > 1:
            yield f"{setting} names {endpoint!r} {number} times: an SNS endpoint subscribes once"


def calendar_violations(encoded: str) -> Iterator[str]:
    """The calendars fit into the sweeper's environment variables.

    Args:
        encoded: calendars of all banks.
    """
    size = len(encoded.encode())
    if size > MAX_CALENDARS_BYTES:
        yield (
            f"the banks' calendars take {size:,} bytes, more than {MAX_CALENDARS_BYTES:,} (Lambda's quota for all "
            "variables of a function is 4 KB): give banks the same calendar, or remove holidays that are over"
        )


def _name_collisions(bank_ids: Iterable[str]) -> Iterator[str]:
    """Banks of two environments with one name: `txn-nord-sued-dev` is 'nord-sued' of 'dev' and 'nord' of 'sued-dev'."""
    for one, other in permutations(bank_ids, 2):
        if other.startswith(f"{one}-"):
            rest = other.removeprefix(f"{one}-")
            yield (
                f"banks.{one} and banks.{other} can have the same names in AWS: {other!r} in the environment 'dev' "
                f"and {one!r} in '{rest}-dev'; rename one"
            )
