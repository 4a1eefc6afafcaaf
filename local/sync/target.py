"""Which local cloud is meant, and what of the clone has changed since it was deployed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from local.cloud.errors import LocalError
from local.cloud.ports import LOOPBACK
from local.cloud.run_folder import RunningCloud, running_clouds

STACK_SOURCES: Final = ("main.py", "environments", "shared/contracts", "shared/infra", "stacks")
"""What the stacks are synthesized from, apart from the functions' code."""


def find_cloud(runs: Path, port: int | None) -> RunningCloud:
    """Find the local cloud that is up.

    Args:
        runs: contains the folders of the runs.
        port: the cloud's, if several are up.

    Raises:
        LocalError: none is up, none on that port, or several are and the port is not given; or it is not on this
            machine.
    """
    clouds = running_clouds(runs)
    for cloud in clouds:
        if not cloud.endpoint_url.startswith(f"http://{LOOPBACK}:"):
            raise LocalError(f"{cloud.folder}: {cloud.endpoint_url} is not a local cloud. Remove this folder.")
    if not clouds:
        raise LocalError("No local cloud is up. Start one in another terminal: ./dev local --keep")
    found = [cloud for cloud in clouds if port in (None, cloud.port)]
    if len(found) == 1:
        return found[0]
    up = "\n".join(f"  --port {cloud.port}  {cloud.folder}" for cloud in clouds)
    if not found:
        raise LocalError(f"No local cloud is up on port {port}. Up:\n{up}")
    raise LocalError(f"{len(clouds)} local clouds are up. Choose one:\n{up}")


def changed_stack_sources(root: Path, since: float) -> list[str]:
    """Sources of the stacks that were changed after a moment, as paths in the clone.

    Args:
        root: the clone.
        since: seconds since the epoch.
    """
    return sorted(
        path.relative_to(root).as_posix()
        for path in _files(root)
        if path.suffix in {".py", ".toml"} and path.stat().st_mtime > since
    )


def _files(root: Path) -> Iterator[Path]:
    for name in STACK_SOURCES:
        path = root / name
        yield from [path] if path.is_file() else path.rglob("*.*")
