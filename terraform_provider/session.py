"""One configured provider: region, default tags, and clients of the local cloud."""

import functools
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import botocore.client
import botocore.loaders
import botocore.model
import botocore.session
from botocore.config import Config

from terraform_provider.errors import ProviderError
from terraform_provider.values import is_empty

PARTITION: Final = "aws"
DEFAULT_REGION: Final = "us-east-1"
_MAX_ATTEMPTS: Final = 3
ARGUMENTS: Final = frozenset(
    {"access_key", "allowed_account_ids", "default_tags", "region", "s3_use_path_style", "secret_key"}
)
"""The arguments of the provider block that the local provider supports."""

_UNCHECKED: Final = frozenset({"apigateway"})
"""Services whose requests botocore must not check: see `terraform_provider.patch_operations`."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a client depends on."""

    service: str
    region: str
    endpoint: str
    access_key: str | None
    secret_key: str | None
    path_style: bool


class Clients:
    """botocore's clients, created once and shared: creating one takes longer than most calls to the local cloud."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session = botocore.session.get_session()
        self._session.register_component("data_loader", _loader())
        self._clients: dict[Access, botocore.client.BaseClient] = {}

    def get(self, access: Access) -> Any:
        """The client for this access; thread-safe."""
        with self._lock:
            if access not in self._clients:
                self._clients[access] = self._create(access)
            return self._clients[access]

    def _create(self, access: Access) -> botocore.client.BaseClient:
        return self._session.create_client(
            access.service,
            region_name=access.region,
            endpoint_url=access.endpoint,
            aws_access_key_id=access.access_key,
            aws_secret_access_key=access.secret_key,
            config=Config(
                s3={"addressing_style": "path" if access.path_style else "auto"},
                retries={"total_max_attempts": _MAX_ATTEMPTS, "mode": "standard"},
                max_pool_connections=32,
                parameter_validation=access.service not in _UNCHECKED,
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The provider's configuration, as far as it matters to the local cloud."""

    region: str
    endpoint: str
    default_tags: Mapping[str, str]
    access_key: str | None = None
    secret_key: str | None = None
    path_style: bool = False
    allowed_accounts: frozenset[str] = frozenset()


def read_settings(config: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """Take the settings from the provider block and, where it is empty, from the environment.

    Raises:
        ProviderError: no endpoint is configured (this provider must never reach AWS itself), or an argument is that the
            local provider does not support.
    """
    given = {key: value for key, value in config.items() if not is_empty(value)}
    for name in sorted(given.keys() - ARGUMENTS):
        raise ProviderError(f"the local provider does not know {name}: deploy with `--provider registry`", path=(name,))
    endpoint = environment.get("AWS_ENDPOINT_URL")
    if not endpoint:
        raise ProviderError("the local provider works only with a local cloud: set AWS_ENDPOINT_URL to its address")
    return Settings(
        region=given.get("region")
        or environment.get("AWS_REGION")
        or environment.get("AWS_DEFAULT_REGION")
        or DEFAULT_REGION,
        default_tags={
            key: value for block in given.get("default_tags", []) for key, value in (block.get("tags") or {}).items()
        },
        endpoint=endpoint,
        access_key=given.get("access_key"),
        secret_key=given.get("secret_key"),
        path_style=bool(given.get("s3_use_path_style")),
        allowed_accounts=frozenset(given.get("allowed_account_ids") or ()),
    )


class Session:
    """A configured provider, one for each connection of Terraform."""

    def __init__(self, settings: Settings, *, client_for: Callable[[Access], Any], assets: Path) -> None:
        self._settings = settings
        self._client_for = client_for
        self._assets = assets

    @property
    def region(self) -> str:
        """The region of resources that do not name one."""
        return self._settings.region

    @property
    def partition(self) -> str:
        """AWS's partition, as in ARNs."""
        return PARTITION

    @property
    def default_tags(self) -> Mapping[str, str]:
        """Tags that every taggable resource gets."""
        return self._settings.default_tags

    @functools.cached_property
    def account(self) -> str:
        """The account's twelve digits."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def check_account(self) -> None:
        """Refuse an account that `allowed_account_ids` does not name, as the real provider does.

        Raises:
            ProviderError: the account is not among them.
        """
        allowed = self._settings.allowed_accounts
        if allowed and self.account not in allowed:
            raise ProviderError(
                f"the credentials belong to account {self.account}, but allowed_account_ids has only "
                f"{', '.join(sorted(allowed))}",
                path=("allowed_account_ids",),
            )

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service."""
        return self._client_for(
            Access(
                service=service,
                region=region or self.region,
                endpoint=self._settings.endpoint,
                access_key=self._settings.access_key,
                secret_key=self._settings.secret_key,
                path_style=self._settings.path_style,
            )
        )

    def asset(self, name: str) -> bytes:
        """Read a file that a resource names.

        Terraform's paths are relative to the stack's folder, in which the daemon does not run. cdktf's asset paths
        hold a hash of the content, so the file is the same in every stack that has it.

        Raises:
            ProviderError: there is no such file.
        """
        path = Path(name)
        if not path.is_absolute():
            path = next(self._assets.glob(f"stacks/*/{name}"), self._assets / name)
        try:
            return path.read_bytes()
        except OSError as error:
            raise ProviderError(f"{name}: {error.strerror}; looked for in {self._assets}/stacks/*/") from error


@functools.cache
def service_model(service: str) -> botocore.model.ServiceModel:
    """Botocore's description of a service: its operations, and the shapes of their input and output."""
    return botocore.model.ServiceModel(_loader().load_service_model(service, "service-2"), service)


@functools.cache
def _loader() -> botocore.loaders.Loader:
    """Reads botocore's files, and keeps what it has read."""
    return botocore.loaders.create_loader()
