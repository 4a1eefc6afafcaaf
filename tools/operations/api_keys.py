"""The banks' API keys: those that the settings name, and those that are deployed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from shared.infra.naming import Namer
from shared.infra.settings.settings import Settings
from shared.infra.stack_names import StackName
from tools.errors import ToolError

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient


@dataclass(frozen=True, kw_only=True)
class DeployedKey:
    """An API key of the environment in AWS."""

    name: str
    id: str
    created_at: datetime


def keys_of(bank_id: str, settings: Settings) -> tuple[str, ...]:
    """Names of a bank's keys.

    Raises:
        ToolError: the environment has no such bank.
    """
    if bank_id not in settings.banks:
        raise ToolError(f"{settings.suffix} has no bank {bank_id!r}; its banks: {', '.join(settings.banks)}")
    return settings.banks[bank_id].keys


def deployed_keys(client: "APIGatewayClient", suffix: str) -> list[DeployedKey]:
    """The environment's keys in AWS, without their values."""
    found = [each for page in client.get_paginator("get_api_keys").paginate() for each in page["items"]]
    return [
        DeployedKey(name=each["name"], id=each["id"], created_at=each["createdDate"])
        for each in found
        if each.get("tags", {}).get("Environment") == suffix
    ]


def table(settings: Settings, deployed: Sequence[DeployedKey]) -> Table:
    """All keys: those that the settings have, then those that only AWS has."""
    shown = Table("bank", "key", "id", "created", "state")
    expected = _names(settings)
    by_name = {each.name: each for each in deployed}
    for name, (bank_id, key) in expected.items():
        found = by_name.get(name)
        created = f"{found.created_at:%Y-%m-%d}" if found else ""
        state = "valid" if found else f"not deployed: ./dev deploy {StackName.API}"
        shown.add_row(bank_id, key, Text(found.id if found else ""), created, state)
    for each in deployed:
        if each.name not in expected:
            shown.add_row(
                "", Text(each.name), Text(each.id), f"{each.created_at:%Y-%m-%d}", "the next deploy revokes it"
            )
    return shown


def value_of(client: "APIGatewayClient", settings: Settings, bank_id: str, name: str, *, terminal: bool) -> str:
    """The value of a key.

    Raises:
        ToolError: standard output is no terminal, or there is not exactly one such key.
    """
    if not terminal:
        raise ToolError("A key is printed to a terminal only, never into a file, a pipe or a log.")
    keys = keys_of(bank_id, settings)
    if name not in keys:
        raise ToolError(f"{bank_id} has no key {name!r}; its keys: {', '.join(keys)}")
    expected = _namer(settings).api_key(bank_id, name)
    ids = [each.id for each in deployed_keys(client, settings.suffix) if each.name == expected]
    if len(ids) != 1:
        raise ToolError(
            f"Expected one API key {expected!r}, found {len(ids)}. Deploy it first: ./dev deploy {StackName.API}"
        )
    return client.get_api_key(apiKey=ids[0], includeValue=True)["value"]


def _names(settings: Settings) -> dict[str, tuple[str, str]]:
    """Name of each key in AWS -> its bank and its name in the settings."""
    namer = _namer(settings)
    return {
        namer.api_key(bank_id, key): (bank_id, key) for bank_id, bank in settings.banks.items() for key in bank.keys
    }


def _namer(settings: Settings) -> Namer:
    return Namer(suffix=settings.suffix, account_id=settings.account_id, region=settings.region)
