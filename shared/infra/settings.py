"""Settings of one environment, typed: what `environments/*.toml` may hold, and where it comes from.

Read once, in `main.py`, and handed to every stack. A setting is data: nothing asks for an environment by its name.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.infra.naming import NamingError, check_purpose, check_suffix
from shared.infra.typed_table import Problems, read_values

ROOT: Final = Path(__file__).resolve().parents[2]
DEFAULT_SUFFIX: Final = "dev"

SUFFIX_VARIABLE: Final = "ENVIRONMENT_SUFFIX"
STATE_VARIABLE: Final = "TXN_STATE_DIR"

BACKENDS: Final = ("s3", "local")
RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What CloudWatch Logs takes (PutRetentionPolicy)."""
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_TAG: Final = re.compile(r"[\w .:/=+@-]{1,256}")


class SettingsError(Exception):
    """The settings cannot be used; the message names the file and everything that is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A partner bank: one API key, one usage plan."""

    name: str
    """As people write it."""
    quota_per_day: int = 1_000
    """Requests that its key may make in a day."""
    rate_limit: int = 50
    """Requests a second, lasting."""
    burst_limit: int = 100
    """Requests at once."""


@dataclass(frozen=True, kw_only=True)
class EnvironmentFile:
    """Top-level keys of a file in `environments/`; its tables `[banks.<bank_id>]` are `Bank`s."""

    region: str
    cost_center: str
    """Tag CostCenter: who pays."""
    repository: str
    """Tag Repository: where this code lies."""
    backend: str
    """Where Terraform's state lies: `s3` (the state-stack's bucket) or `local` (files on this machine)."""
    protect_data: bool
    """Whether buckets and tables refuse to be destroyed with what they hold."""
    adopt_existing: bool = False
    """Whether Terraform takes in what exists and is ours, but is not in its state; else it ends in "already exists".

    What belongs to the whole account is taken in everywhere.
    """
    log_retention_days: int = 7
    xray: bool = True
    """Whether there are an X-Ray group and a sampling rule; functions trace in any case."""
    account_id: str = ""
    """AWS account; empty: the one whose credentials are at hand."""
    local_cloud: bool = False
    """Whether the provider talks to the local cloud: made-up keys and path-style S3; never AWS."""


@dataclass(frozen=True, kw_only=True)
class Settings(EnvironmentFile):
    """Everything that the stacks may know of their environment."""

    suffix: str
    banks: Mapping[str, Bank]
    """By bank id."""
    state_directory: Path
    """Folder for state files that lie on this machine."""


def read_settings(variables: Mapping[str, str], *, root: Path = ROOT) -> Settings:
    """Read the settings of the environment that `ENVIRONMENT_SUFFIX` names.

    Args:
        variables: environment variables: `ENVIRONMENT_SUFFIX` (default `dev`) and `TXN_STATE_DIR`.
        root: folder that holds `environments/`.

    Raises:
        SettingsError: the suffix is not one, or the file is missing or wrong.
    """
    suffix = _suffix(variables)
    path = _file(root / "environments", suffix)
    table = _parse(path)
    problems = Problems()
    bank_tables = _tables(table.pop("banks", {}), problems)
    values = read_values(table, EnvironmentFile, problems)
    bank_values = {key: read_values(each, Bank, problems, path=f"banks.{key}.") for key, each in bank_tables.items()}
    problems.wrong.extend(_misfits(values))
    problems.wrong.extend(misfit for key, each in bank_values.items() for misfit in _bank_misfits(key, each))
    if problems:
        raise SettingsError(f"environments/{path.name}: {problems}")
    banks = {key: Bank(**each) for key, each in sorted(bank_values.items())}
    state = Path(variables.get(STATE_VARIABLE) or root / ".local" / "state").absolute()
    return Settings(**values, suffix=suffix, banks=banks, state_directory=state)


def _suffix(variables: Mapping[str, str]) -> str:
    try:
        return check_suffix(variables.get(SUFFIX_VARIABLE) or DEFAULT_SUFFIX)
    except NamingError as error:
        raise SettingsError(f"{SUFFIX_VARIABLE}: {error}") from error


def _file(folder: Path, suffix: str) -> Path:
    own = folder / f"{suffix}.toml"
    return own if own.exists() else folder / "default.toml"


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"environments/{path.name} is missing in {path.parent.parent}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"environments/{path.name} is not TOML: {error}") from error


def _tables(banks: object, problems: Problems) -> dict[str, dict[str, Any]]:
    """The tables below `banks`; whatever else lies there is a problem."""
    if not isinstance(banks, dict):
        problems.wrong.append("banks is not a table of tables")
        return {}
    problems.wrong.extend(f"banks.{key} is not a table" for key, each in banks.items() if not isinstance(each, dict))
    return {key: each for key, each in banks.items() if isinstance(each, dict)}


def _misfits(values: Mapping[str, Any]) -> Iterator[str]:
    """Well-typed values that no environment can have."""
    if "region" in values and not _REGION.fullmatch(values["region"]):
        yield f"region = {values['region']!r} is not an AWS region such as 'eu-central-1'"
    if values.get("backend", BACKENDS[0]) not in BACKENDS:
        yield f"backend = {values['backend']!r} is not one of {list(BACKENDS)}"
    if values.get("log_retention_days", RETENTION_DAYS[0]) not in RETENTION_DAYS:
        yield f"log_retention_days = {values['log_retention_days']} is not one of {list(RETENTION_DAYS)}"
    if values.get("account_id") and not _ACCOUNT.fullmatch(values["account_id"]):
        yield f"account_id = {values['account_id']!r} is not twelve digits"
    for key in ("cost_center", "repository"):
        if key in values and not _TAG.fullmatch(values[key]):
            yield f"{key} = {values[key]!r} is not 1 to 256 letters, digits, spaces and _.:/=+-@ (tag values)"


def _bank_misfits(bank_id: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Well-typed values that no bank can have."""
    try:
        check_purpose(bank_id)
    except NamingError:
        yield f"banks.{bank_id!r}: a bank's id is lower-case letters and digits in words joined by hyphens"
    for key in ("quota_per_day", "rate_limit", "burst_limit"):
        if values.get(key, 1) < 1:
            yield f"banks.{bank_id}.{key} = {values[key]} is less than 1"
