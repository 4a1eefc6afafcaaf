"""Settings of one environment, typed: what `environments/*.toml` may hold, and where it comes from.

Read once, in `main.py`, and handed to every stack. A setting is data: nothing asks for an environment by its name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.infra.naming import NamingError, check_suffix
from shared.infra.settings.rules import bank_misfits, environment_misfits, joint_misfits
from shared.infra.settings.typed_table import Problems, defaults, read_values
from shared.repository import ROOT

DEFAULT_SUFFIX: Final = "dev"

SUFFIX_VARIABLE: Final = "ENVIRONMENT_SUFFIX"
FILE_VARIABLE: Final = "TXN_SETTINGS"
STATE_VARIABLE: Final = "TXN_STATE_DIR"
ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL"


class SettingsError(Exception):
    """The settings cannot be used; the message names the file and everything that is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A partner bank: one API key, one usage plan, and where it is told how its uploads ended."""

    name: str
    """As people write it."""
    contact: str = ""
    """Is told how each of the bank's uploads ended: an e-mail address, an https URL, or the ARN of an SQS queue. Empty:
    the bank asks the API. No two banks may have the same."""
    quota_per_day: int = 1_000
    """Requests that its key may make in a day. An upload is one, and so is each question about it."""
    rate_limit: int = 50
    """Requests a second, lasting."""
    burst_limit: int = 100
    """Requests at once."""


@dataclass(frozen=True, kw_only=True)
class EnvironmentFile:
    """Top-level keys of a file in `environments/`; its tables `[banks.<bank_id>]` are `Bank`s."""

    region: str
    """AWS region, such as `eu-central-1`."""
    cost_center: str
    """Tag CostCenter: who pays."""
    repository: str
    """Tag Repository: where this code lies."""
    backend: str
    """Where Terraform's state lies: `s3` (the state-stack's bucket) or `local` (files on this machine)."""
    protect_data: bool
    """Whether buckets and tables refuse to be destroyed with what they hold."""
    committed_daily_uploads: int = 0
    """What all banks together were promised; their quotas may not allow less."""
    adopt_existing: bool = False
    """Whether Terraform takes in what exists and is ours, but is not in its state; else it ends in "already exists".

    What belongs to the whole account is taken in everywhere.
    """
    log_retention_days: int = 7
    """How long logs are kept; one of the numbers that CloudWatch Logs takes."""
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
    endpoint_url: str = ""
    """Where the local cloud is; empty for AWS, and where nothing needs to know."""


def read_settings(variables: Mapping[str, str], *, root: Path = ROOT) -> Settings:
    """Read the settings of the environment that `ENVIRONMENT_SUFFIX` names.

    Args:
        variables: `ENVIRONMENT_SUFFIX` (default `dev`), `TXN_SETTINGS` (another file, by its name in `environments/` or
            by its whole path, without `.toml`), `TXN_STATE_DIR`, and for the local cloud `AWS_ENDPOINT_URL`.
        root: folder that holds `environments/`.

    Raises:
        SettingsError: the suffix is not one, or the file is missing or wrong.
    """
    suffix, odd = _suffix(variables)
    path = _file(root / "environments", suffix, variables.get(FILE_VARIABLE, ""))
    table = _parse(path, root)
    problems = Problems()
    bank_tables = _tables(table.pop("banks", {}), problems)
    values = read_values(table, EnvironmentFile, problems)
    bank_values = {key: read_values(each, Bank, problems, path=f"banks.{key}.") for key, each in bank_tables.items()}
    problems.wrong.extend(_misfits(values, bank_values))
    if odd or problems:
        raise SettingsError("\n".join([*odd, *([f"{_shown(path, root)}: {problems}"] if problems else [])]))
    banks = {key: Bank(**each) for key, each in sorted(bank_values.items())}
    state = Path(variables.get(STATE_VARIABLE) or root / ".local" / "state").absolute()
    endpoint = _endpoint(values, variables)
    return Settings(**values, suffix=suffix, banks=banks, state_directory=state, endpoint_url=endpoint)


def _suffix(variables: Mapping[str, str]) -> tuple[str, list[str]]:
    """The suffix and what is wrong with it; of an odd one the default file is read, so that its errors come out too."""
    try:
        return check_suffix(variables.get(SUFFIX_VARIABLE) or DEFAULT_SUFFIX), []
    except NamingError as error:
        return DEFAULT_SUFFIX, [f"{SUFFIX_VARIABLE}: {error}"]


def _endpoint(values: Mapping[str, Any], variables: Mapping[str, str]) -> str:
    """Where the local cloud is. For AWS it is nowhere, so that a stray variable cannot lead a real state astray."""
    if not values.get("local_cloud"):
        return ""
    endpoint = variables.get(ENDPOINT_VARIABLE, "")
    if values["backend"] == "s3" and not endpoint:
        raise SettingsError(f"{ENDPOINT_VARIABLE} is not set: where is the local cloud that is to hold the state?")
    return endpoint


def _file(folder: Path, suffix: str, asked: str) -> Path:
    if asked:
        return folder / f"{asked}.toml"  # of a whole path, pathlib keeps all
    own = folder / f"{suffix}.toml"
    return own if own.exists() else folder / "default.toml"


def _parse(path: Path, root: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{_shown(path, root)} is missing") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{_shown(path, root)} is not TOML: {error}") from error


def _shown(path: Path, root: Path) -> Path:
    """A file of ours without the way to it."""
    return path.relative_to(root) if path.is_relative_to(root) else path


def _tables(banks: object, problems: Problems) -> dict[str, dict[str, Any]]:
    """The tables below `banks`; whatever else lies there is a problem."""
    if not isinstance(banks, dict):
        problems.wrong.append("banks is not a table of tables")
        return {}
    problems.wrong.extend(f"banks.{key} is not a table" for key, each in banks.items() if not isinstance(each, dict))
    return {key: each for key, each in banks.items() if isinstance(each, dict)}


def _misfits(values: Mapping[str, Any], banks: Mapping[str, dict[str, Any]]) -> list[str]:
    """Well-typed values that no environment can have."""
    usual = defaults(Bank)
    promised = values.get("committed_daily_uploads", 0)
    joint = joint_misfits(promised, {bank_id: usual | each for bank_id, each in banks.items()})
    return [*environment_misfits(values), *bank_misfits(banks), *joint]
