"""Makes the mirror, and the settings of a user who has nothing else."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

from shared.repository import ROOT

NAME: Final = "registry.terraform.io/hashicorp/aws"
VERSION: Final = "6.25.0"
_NOWHERE: Final = "http://127.0.0.1:9"
"""A proxy that does not exist: no request leaves this machine."""


def offline_user(folder: Path, user: dict[str, str], *, terraform: str = "terraform") -> dict[str, str]:
    """Environment variables of a user who has a mirror, an empty plugin cache, and no internet."""
    config, cache = folder / "terraform.rc", folder / "cache"
    cache.mkdir()
    mirror = _build_mirror(folder, user, terraform)
    config.write_text(
        f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n}}\n"
    )
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE)
    return {**user, **proxies, "TF_CLI_CONFIG_FILE": str(config), "TF_PLUGIN_CACHE_DIR": str(cache)}


def _build_mirror(folder: Path, user: dict[str, str], terraform: str) -> Path:
    asked = subprocess.run([terraform, "version", "-json"], env=user, capture_output=True, text=True, check=True).stdout
    package = folder / "mirror" / NAME / VERSION / json.loads(asked[asked.index("{") :])["platform"]
    package.mkdir(parents=True)
    _make_certificate(folder)
    program = package / f"terraform-provider-aws_v{VERSION}"
    line = shlex.join([sys.executable, "-m", "tests.e2e.mirror.plugin", str(folder)])
    program.write_text(f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {line}\n")
    program.chmod(0o755)
    return folder / "mirror"


def _make_certificate(folder: Path) -> None:
    """For TLS between Terraform and the provider."""
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(["openssl", "req", "-x509", "-days", "1", *key, *name, *files], capture_output=True, check=True)
