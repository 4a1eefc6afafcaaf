"""Settings of one environment: what `environments/*.toml` may hold, and how it is read.

Read once, in `main.py`, and passed to every stack. A setting is data: no code asks for an environment by its name.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, field_validator

from shared.infra.limits import (
    API_BURST_LIMIT,
    API_RATE_LIMIT,
    MAX_MAP_CONCURRENCY,
    RETENTION_DAYS,
    USUAL_CONCURRENCY,
)
from shared.infra.naming import FIRST_KEY, SHARED, NamingError, check_suffix
from shared.infra.settings.calendars import Calendar, encoded
from shared.infra.settings.cross_checks import (
    MAX_REPORT_DAYS,
    address_violations,
    bank_violations,
    calendar_violations,
    check_addresses,
    check_distinct,
    check_origins,
    check_region,
    check_retention,
    check_retention_or_none,
    check_waf_rate_limit,
    contact_violations,
    domain_violations,
    listener_violations,
    quota_violations,
    report_violations,
)
from shared.infra.settings.endpoints import parse_endpoint
from shared.infra.settings.error_messages import validate
from shared.infra.settings.tables import Table
from shared.repository import ROOT

DEFAULT_SUFFIX: Final = "dev"

SUFFIX_VARIABLE: Final = "ENVIRONMENT_SUFFIX"
FILE_VARIABLE: Final = "TXN_SETTINGS"
STATE_VARIABLE: Final = "TXN_STATE_DIR"
ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL"

DEFAULT_FILE: Final = "default"
"""Name of the file of all environments that have no file of their own."""
MAX_KEYS: Final = 2
"""Keys of a bank: one in use, and one to replace it."""
ACCOUNT_SAMPLING_RATE: Final = 0.1
"""Fraction of the requests that X-Ray traces in every environment that asks for no other."""
LARGE_LOAD_CONCURRENCY: Final = 16
"""A worker takes 129 us of a core for a row (`docs/performance.md`), and has 512/1769 of one: 446 us, 2,240 rows a
second. A row takes one write unit of the table and one of its index `by-time`, and each of the two has a quota of its
own, 40,000 units a second (DynamoDB's "Throughput default quotas", on demand). 40,000 / 2,240 = 17.8; 16 leave the rest
to small reports."""
ACCOUNT_PATTERN: Final = "^[0-9]{12}$"
_TAG_PATTERN: Final = r"^[\w .:/=+@-]+$"


MAX_ALLOWED_ORIGINS: Final = 10
"""Ours: a page of each bank that wants one; each is also a line of the bucket's CORS configuration."""

_Address = Annotated[str, AfterValidator(lambda text: parse_endpoint(text).address)]
"""An address that SNS can notify."""


class SettingsError(Exception):
    """The settings cannot be used; the message has everything that is wrong with them, a line each, with its file."""


class Bank(Table, frozen=True):
    """A partner bank: its API keys, one usage plan, one notification endpoint."""

    # Without braces, because Terraform evaluates what is between them.
    name: str = Field(pattern=r"^[^\x00-\x1f\x7f{}]{1,100}$")
    """The bank's display name: 1 to 100 printable characters without braces."""
    contact: str = ""
    """Notification endpoint, to which SNS sends the outcome of each of the bank's uploads that was accepted: an e-mail
    address, an https URL, or the ARN of an SQS queue. A report that is rejected at once (422) is not announced: the
    answer says it. Empty: the bank polls the API. No two banks may have the same. See `docs/notifications.md`."""
    # TOML has no tuples: not strict.
    keys: tuple[Annotated[str, Field(pattern="^[a-z0-9]{1,16}$")], ...] = Field(
        default=(FIRST_KEY,), min_length=1, max_length=MAX_KEYS, strict=False
    )
    """Names of the bank's valid API keys: 1 or 2, each of 1 to 16 lower-case letters and digits. A new name is a new
    key; a key is revoked by removing its name. `./dev keys` does both."""
    allowed_ips: tuple[str, ...] = Field(default=(), max_length=20, strict=False)
    """IP addresses and ranges (CIDR) from which the bank's keys are accepted, at most 20; empty: from anywhere. Once
    every bank has some, API Gateway rejects all others before it looks at the key."""
    quota_per_day: int = Field(default=1_000, ge=1, le=API_RATE_LIMIT * 86_400)
    """Requests a day with each key: every upload and every status request counts, three for each upload in all. At most
    what API Gateway's quota `Throttle rate` of an account allows in a whole day."""
    rate_limit: int = Field(default=50, ge=1, le=API_RATE_LIMIT)
    """Sustained requests a second with each key. At most API Gateway's quota `Throttle rate` of an account."""
    burst_limit: int = Field(default=100, ge=1, le=API_BURST_LIMIT)
    """Requests at once with each key. At most API Gateway's quota `Throttle burst rate` of an account."""
    calendar: Calendar | None = None
    """When the bank's report is expected: the table `[banks.<bank_id>.calendar]`. Without one, no one
    is told if no report comes."""

    _distinct_keys = field_validator("keys")(check_distinct)
    _valid_addresses = field_validator("allowed_ips")(check_addresses)

    @field_validator("contact")
    @staticmethod
    def _valid_contact(contact: str) -> str:
        return parse_endpoint(contact).address if contact else ""


class Ci(Table, frozen=True):
    """What the state-stack makes for GitHub's workflows: `[ci]` in `shared.toml`, for all environments."""

    repository: str = Field(default="", pattern=r"^$|^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$")
    """GitHub repository as `owner/name`, whose workflows may assume the roles of CI. Empty:
    there are no such roles."""
    oidc_provider_arn: str = Field(
        default="",
        pattern=r"^$|^arn:aws:iam::[0-9]{12}:oidc-provider/token\.actions\.githubusercontent\.com$",
    )
    """ARN of GitHub's identity provider where the account has one already, because it can have only one: it is used,
    and never changed or destroyed. Empty: the state-stack makes it."""


class EnvironmentFile(Table, frozen=True):
    """Top-level keys of a file in `environments/`; its tables `[banks.<bank_id>]` are `Bank`s."""

    region: str = Field(pattern="^[a-z]{2}(?:-[a-z]+)+-[0-9]$")
    """AWS region, such as `eu-central-1`."""
    cost_center: str = Field(pattern=_TAG_PATTERN, max_length=256)
    """Tag CostCenter, who pays: 1 to 256 letters, digits, spaces and `_.:/=+-@`."""
    repository: str = Field(pattern=_TAG_PATTERN, max_length=256)
    """Tag Repository, where this code is kept: 1 to 256 letters, digits, spaces and `_.:/=+-@`."""
    backend: Literal["s3", "local"]
    """Where Terraform's state is stored: `s3` (state-stack's bucket) or `local` (files on this machine)."""
    protect_data: bool
    """Whether Terraform and AWS refuse to destroy buckets and tables with what they hold, and Terraform the API and the
    banks' keys: others would have other values. A key whose name is removed from `keys` is revoked all the same."""
    committed_daily_uploads: int = Field(default=0, ge=0)
    """Uploads a day that all banks together were promised: their quotas have to allow three requests for each, the
    report and its status twice."""
    adopt_existing: bool = False
    """Whether Terraform imports resources that exist and are ours, but are not in its state; otherwise a deploy ends
    with "already exists". What belongs to the whole account is imported in every environment."""
    log_retention_days: int = Field(default=7, json_schema_extra={"enum": [*RETENTION_DAYS]})
    """How long logs are kept; the numbers are those of CloudWatch Logs."""
    report_days: int = Field(default=0, ge=0, le=MAX_REPORT_DAYS)
    """After how many days stored reports are deleted: as long as books have to be kept, and as uploads are to be run
    again. 0: never. S3 keeps what was deleted for 90 days more. Transactions and uploads are never deleted."""
    report_archive_days: int = Field(default=0, ge=0, le=MAX_REPORT_DAYS)
    """After how many days stored reports move to S3's class Glacier Instant Retrieval, which costs less to keep and
    more to read; less than `report_days`. 0: never."""
    execution_data_days: int = Field(default=0, json_schema_extra={"enum": [0, *RETENTION_DAYS]})
    """How long the workflow's log is kept with the input and output of each state in it: ids and file names of uploads,
    and samples of transaction ids in conflict. 0: they are not logged, and `log_retention_days` holds."""
    xray: bool = True
    """Whether there is an X-Ray group, and sampling rules where the rate differs from the account's. A preview
    (`pr<N>`) never has them, because an account has 25 groups. The functions send traces in any case."""
    xray_sampling_rate: float = Field(default=ACCOUNT_SAMPLING_RATE, ge=0, le=1)
    """Fraction of the requests, beyond the first of each second, that X-Ray traces. Another one than the account's,
    which state-stack sets for all environments, takes three of the account's 25 sampling rules."""
    # TOML has lists only; `strict` would accept tuples only.
    operators: tuple[_Address, ...] = Field(default=(), strict=False)
    """Who is notified of alarms: e-mail addresses, https URLs, ARNs of SQS queues. Each person confirms the link in
    SNS's first message; a queue's own policy must let the topic `txn-alarms-<suffix>` send. Empty: alarms are only
    shown in CloudWatch."""
    on_call: tuple[_Address, ...] = Field(default=(), strict=False)
    """Who is woken by the alarms that cannot wait until the morning, such as a paging service: addresses as those of
    `operators`, who hear of these alarms, too. A queue's own policy must let `txn-urgent-alarms-<suffix>` send."""
    intake_concurrency: int = Field(default=0, ge=0, le=USUAL_CONCURRENCY)
    """Executions that Lambda keeps for `intake`, so that reports that are being loaded cannot starve it; also the most
    that it gets. 0: it shares the account's with all functions. `./dev doctor` shows whether the account has them."""
    large_load_concurrency: int = Field(default=LARGE_LOAD_CONCURRENCY, ge=1, le=MAX_MAP_CONCURRENCY)
    """Ranges that each large report loads at the same time, each in a call of `transformation`. 16 write 36,000 rows a
    second at most, of the 40,000 that DynamoDB's quota allows a table for all reports together."""
    domain: str = Field(
        default="", pattern=r"^$|^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=253
    )
    """Domain name of the API, such as `reports.example.com`: then only TLS 1.2 and later are accepted. Its DNS record,
    an alias of the output `domain_target`, is not made here. Empty: API Gateway's own address, which takes TLS 1.0."""
    certificate_arn: str = Field(default="", pattern="^$|^arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$")
    """ARN of the domain's certificate in ACM, of the same region."""
    truststore_uri: str = Field(default="", pattern="^$|^s3://[a-z0-9.-]{3,63}/[^{}]{1,1024}$")
    """URI of an object in S3 with the certificates (PEM) by which the banks' clients are known: mutual TLS on the
    domain. Empty: no client certificates."""
    truststore_version: str = Field(default="", pattern="^[A-Za-z0-9._-]{0,1024}$")
    """Version of that object; API Gateway reads the truststore again when it changes."""
    keep_default_endpoint: bool = False
    """Whether API Gateway's own address goes on working beside the domain, while the banks move to it."""
    waf_rate_limit: int = Field(default=0, ge=0, le=2_000_000_000)
    """Requests in five minutes from one IP address above which AWS WAF blocks it, 10 or more; 0: no WAF."""
    allowed_origins: tuple[str, ...] = Field(default=(), max_length=MAX_ALLOWED_ORIGINS, strict=False)
    """Origins of web pages that may call the API from a browser (CORS), such as `https://bank.example`, at most 10; on
    a developer's machine also `http://localhost:3000`. Empty: none but the API's own page, which needs no entry."""
    account_id: str = Field(default="", pattern=f"^$|{ACCOUNT_PATTERN}")
    """AWS account, twelve digits. Empty: the account of the credentials in use."""
    local_cloud: bool = False
    """Whether this is the local cloud: made-up keys, path-style S3, never AWS."""

    _valid_region = field_validator("region")(check_region)
    _valid_waf_rate_limit = field_validator("waf_rate_limit")(check_waf_rate_limit)
    _valid_allowed_origins = field_validator("allowed_origins")(check_origins)
    _valid_retention = field_validator("log_retention_days")(check_retention)
    _valid_execution_data_days = field_validator("execution_data_days")(check_retention_or_none)


class Settings(EnvironmentFile, frozen=True):
    """Everything that the stacks need of their environment."""

    suffix: str
    banks: Mapping[str, Bank]
    """By bank id."""
    ci: Ci = Ci()
    """Of the account, not of the environment."""
    state_directory: Path
    """Folder of state files on this machine."""
    endpoint_url: str = ""
    """Of the local cloud; empty for AWS, and where it is not needed."""

    @property
    def bank_calendars(self) -> str:
        """The calendars of all banks, as the sweeper reads them; empty if no bank has one."""
        return _encoded_calendars(self.banks)


def read_settings(variables: Mapping[str, str], *, root: Path = ROOT) -> Settings:
    """Read the settings of the environment that `ENVIRONMENT_SUFFIX` names.

    Args:
        variables: `ENVIRONMENT_SUFFIX` (default `dev`), `TXN_SETTINGS` (another file, by its name in `environments/` or
            by its whole path, without `.toml`), `TXN_STATE_DIR`, and for the local cloud `AWS_ENDPOINT_URL`.
        root: folder that holds `environments/`.

    Raises:
        SettingsError: the suffix is invalid, or the file is missing or invalid.
    """
    suffix, errors = _suffix(variables)
    path = _file(root / "environments", suffix, variables.get(FILE_VARIABLE, ""))
    table = _parse(path, root)
    bank_tables = table.pop("banks", {})
    file, of_file = validate(EnvironmentFile, table)
    banks, of_banks = _banks(bank_tables)
    errors += [f"{_shown(path, root)}: {each}" for each in (*of_file, *of_banks, *_violations(file, banks))]
    ci, of_account = _account(path.with_name(f"{SHARED}.toml"), root)
    errors += of_account
    if errors:
        raise SettingsError("\n".join(errors))
    return Settings(
        **dict(file),
        suffix=suffix,
        banks=banks,
        ci=ci,
        state_directory=Path(variables.get(STATE_VARIABLE) or root / ".local" / "state").absolute(),
        endpoint_url=_endpoint(file, variables),
    )


def settings_file(variables: Mapping[str, str], *, root: Path = ROOT) -> Path:
    """The file from which `read_settings` reads; arguments as there.

    Raises:
        SettingsError: the suffix is invalid.
    """
    suffix, errors = _suffix(variables)
    if errors:
        raise SettingsError("\n".join(errors))
    return _file(root / "environments", suffix, variables.get(FILE_VARIABLE, ""))


def _suffix(variables: Mapping[str, str]) -> tuple[str, list[str]]:
    """The suffix and what is wrong with it; with an invalid one, the default file's errors are reported, too."""
    try:
        return check_suffix(variables.get(SUFFIX_VARIABLE) or DEFAULT_SUFFIX), []
    except NamingError as error:
        return DEFAULT_SUFFIX, [f"{SUFFIX_VARIABLE}: {error}"]


def _endpoint(file: EnvironmentFile, variables: Mapping[str, str]) -> str:
    """URL of the local cloud. Empty for AWS, so a stray variable cannot redirect a real state."""
    endpoint = variables.get(ENDPOINT_VARIABLE, "") if file.local_cloud else ""
    if file.local_cloud and file.backend == "s3" and not endpoint:
        raise SettingsError(f"{ENDPOINT_VARIABLE} is not set: it is required when backend = s3 on the local cloud")
    return endpoint


def _file(folder: Path, suffix: str, asked: str) -> Path:
    if asked:
        return folder / f"{asked}.toml"  # of a whole path, pathlib keeps all
    own = folder / f"{suffix}.toml"
    return own if own.exists() else folder / f"{DEFAULT_FILE}.toml"


def _parse(path: Path, root: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{_shown(path, root)} is missing") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{_shown(path, root)} is not TOML: {error}") from error


def _shown(path: Path, root: Path) -> Path:
    """Path relative to the repository, where the file is in it."""
    return path.relative_to(root) if path.is_relative_to(root) else path


def _account(path: Path, root: Path) -> tuple[Ci, list[str]]:
    """What belongs to the account, from the file beside the environment's; there need not be one."""
    table = _parse(path, root) if path.exists() else {}
    ci, errors = validate(Ci, table.pop("ci", {}), path=("ci",))
    errors += [f"{each} is not a setting of an account: remove it, or correct its name" for each in table]
    if ci.oidc_provider_arn and not ci.repository:
        errors.append("ci.oidc_provider_arn has no effect without ci.repository")
    return ci, [f"{_shown(path, root)}: {each}" for each in errors]


def _banks(tables: object) -> tuple[dict[str, Bank], list[str]]:
    if not isinstance(tables, dict):
        return {}, [f"banks = {tables!r} is not a table of tables, one for each bank"]
    read = {bank_id: validate(Bank, tables[bank_id], path=("banks", bank_id)) for bank_id in sorted(tables)}
    errors = [error for _, found in read.values() for error in found]
    return {bank_id: bank for bank_id, (bank, _) in read.items()}, errors


def _encoded_calendars(banks: Mapping[str, Bank]) -> str:
    # Of a bank with another error, the calendar is still a TOML table.
    found = {bank_id: each.calendar for bank_id, each in banks.items() if isinstance(each.calendar, Calendar)}
    return encoded(found)


def _violations(file: EnvironmentFile, banks: Mapping[str, Bank]) -> Iterator[str]:
    yield from domain_violations(
        getattr(file, "region", ""),  # the file has none, or an invalid one
        file.domain,
        file.certificate_arn,
        file.truststore_uri,
        keep_default_endpoint=file.keep_default_endpoint,
    )
    yield from report_violations(file.report_days, file.report_archive_days)
    yield from bank_violations(banks)
    yield from address_violations(each.allowed_ips for each in banks.values())
    yield from quota_violations((each.quota_per_day for each in banks.values()), committed=file.committed_daily_uploads)
    yield from contact_violations({bank_id: each.contact for bank_id, each in banks.items()})
    yield from listener_violations("operators", file.operators)
    yield from listener_violations("on_call", file.on_call)
    yield from calendar_violations(_encoded_calendars(banks))
