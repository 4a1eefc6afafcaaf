"""TypeScript sources of the cdktf bindings, from the source maps in the installed package."""

import base64
import importlib.util
import json
import re
import tarfile
from collections.abc import Collection
from pathlib import Path
from typing import IO, Final

PACKAGE: Final = "cdktf_cdktf_provider_aws"

_SOURCE_MAP: Final = re.compile(rb"sourceMappingURL=data:application/json;base64,([A-Za-z0-9+/=]+)")


def read_sources(modules: Collection[str]) -> dict[str, str]:
    """The TypeScript of modules such as "s3-bucket", by module.

    Raises:
        LookupError: the bindings are not installed, or lack a module.
    """
    names = {f"package/lib/{module}/index.js": module for module in modules}
    found: dict[str, str] = {}
    with tarfile.open(_archive()) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name in names else None
            if content:
                found[names[member.name]] = _typescript(content)
    missing = sorted(set(modules) - found.keys())
    if missing:
        raise LookupError(f"{PACKAGE} has no module {', '.join(missing)}")
    return found


def _archive() -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # finds it without importing it, which takes half a minute
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for archive in Path(folder, "_jsii").glob("*.jsii.tgz"):
            return archive
    raise LookupError(f"{PACKAGE} is not installed")


def _typescript(javascript: IO[bytes]) -> str:
    match = _SOURCE_MAP.search(javascript.read())
    if not match:
        raise LookupError(f"{PACKAGE} no longer has source maps")
    source: str = json.loads(base64.b64decode(match[1]))["sourcesContent"][0]
    return source
