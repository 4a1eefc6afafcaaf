"""Synthesizes without network: every connection of this process is refused. Argument: output folder."""

import os
import sys
from pathlib import Path

from shared.infra.account import load_settings
from tests.synth.synthesis import synthesize


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook that lets nothing connect or resolve a name."""
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise PermissionError(f"{event} {arguments[1:]}: synth must not use the network")


def run(root: Path) -> None:
    """Read the settings as `main.py` does, and synthesize."""
    sys.addaudithook(refuse)
    notices: list[str] = []
    settings = load_settings(os.environ, notice=notices.append)
    stacks = synthesize(settings, root).stacks
    print(settings.account_id, *sorted(stacks))
    print(*notices, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    run(Path(sys.argv[1]))
