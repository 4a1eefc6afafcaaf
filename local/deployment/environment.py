"""Environment variables of the programs that deploy to the local cloud.

A local run must never touch a real account, and a setting that a user has made for other work must not change the
run: every variable of AWS, Terraform or cdktf is dropped, and ours are put in their place.
"""

import json
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Final

from local.cloud.clients import ACCESS_KEY_ID, ACCOUNT_ID, REGION, SECRET_ACCESS_KEY, SUFFIX
from local.cloud.ports import LOOPBACK

_DROPPED: Final = ("AWS_", "TF_", "CDKTF_", "TXN_", "NODE_", "PYTHON")
_REGISTRIES: Final = ("registry.terraform.io", "registry.opentofu.org")
_PROXY_BYPASS: Final = ("NO_PROXY", "no_proxy")
_REGISTRY_SETTINGS: Final = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")


def without_aws(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without any real account, profile, endpoint or setting of our tools."""
    return {name: value for name, value in environ.items() if not name.startswith(_DROPPED)}


def forget_aws(environ: MutableMapping[str, str]) -> None:
    """Drop the user's AWS settings from a process that calls the local cloud only: boto3 reads profiles by itself."""
    for name in [name for name in environ if name.startswith("AWS_")]:
        del environ[name]


def deployment_environment(
    environ: Mapping[str, str], *, terraform: str, endpoint_url: str, state: Path
) -> dict[str, str]:
    """Environment of cdktf, of the app that it runs, and of Terraform.

    Args:
        environ: the user's.
        terraform: the program to run as Terraform.
        endpoint_url: MiniStack's.
        state: folder of the state files that are not in the cloud.
    """
    return (
        without_aws(environ)
        | {
            "PATH": f"{Path(sys.executable).parent}:{environ.get('PATH', '')}",
            "ENVIRONMENT_SUFFIX": SUFFIX,
            "AWS_ACCOUNT_ID": ACCOUNT_ID,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_ENDPOINT_URL": endpoint_url,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "TXN_STATE_DIR": str(state),
            "TERRAFORM_BINARY_NAME": terraform,
            "CHECKPOINT_DISABLE": "1",  # neither Terraform nor cdktf looks for a newer version
            "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
            # Else `cdktf deploy` runs `terraform providers lock`, which asks the registry, whatever mirror there is.
            "CDKTF_SKIP_PROVIDER_LOCK": "true",
        }
        | {name: _bypass(environ.get(name, "")) for name in _PROXY_BYPASS}
    )


def with_config(environ: Mapping[str, str], config: Path) -> dict[str, str]:
    """Add a CLI configuration for Terraform, so that the user's (mirrors, caches) has no effect.

    Args:
        environ: of `deployment_environment`.
        config: an existing, empty file.
    """
    return {**environ, "TF_CLI_CONFIG_FILE": str(config)}


def with_daemon(environ: Mapping[str, str], *, reattach: str) -> dict[str, str]:
    """Add what makes Terraform use a running provider: no download, no lock file, no network.

    Args:
        environ: of `with_config`.
        reattach: the daemon's line, JSON by provider address.
    """
    # OpenTofu has another registry, so the same provider has another address there.
    (where,) = json.loads(reattach).values()
    addresses = {f"{registry}/hashicorp/aws": where for registry in _REGISTRIES}
    return {**environ, "TF_REATTACH_PROVIDERS": json.dumps(addresses)}


def with_registry(environ: Mapping[str, str], user: Mapping[str, str]) -> dict[str, str]:
    """Add the user's own way to the Terraform registry: a mirror or a plugin cache."""
    return dict(environ) | {name: user[name] for name in _REGISTRY_SETTINGS if name in user}


def _bypass(hosts: str) -> str:
    return ",".join(filter(None, [hosts, LOOPBACK, "localhost"]))
