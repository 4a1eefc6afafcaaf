"""`./dev unlock`: frees the locks of deploys that were killed, and of no others.

A conditional DeleteItem rather than `terraform force-unlock`: that one reads the lock, compares, and then deletes
whatever lies there, so it may free a lock that has come in between; it also needs an initialized stack folder.
"""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from rich.table import Table

from shared.infra.account import load_settings
from shared.infra.settings.settings import SettingsError
from tools.operations.state.lock import NoLockError
from tools.operations.state.lock_holder import Witness, terraform_processes, why_alive
from tools.operations.state.lock_table import HeldLock, open_table
from tools.terminal import Screen, screen

_KEPT: Final = "kept"
_ABSENT: Final = ("ResourceNotFoundException", "NoSuchBucket")


class Locks(Protocol):
    """What it needs of the lock table; see `tools.operations.state.lock_table.LockTable`."""

    @property
    def suffix(self) -> str:
        """Of the environment."""
        ...

    def held(self) -> list[HeldLock]:
        """All locks."""
        ...

    def free(self, held: HeldLock) -> bool:
        """Delete this very lock."""
        ...

    def fix_checksums(self) -> list[str]:
        """Write checksums that are missing; of which states."""
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Free what is stale in the environment that `ENVIRONMENT_SUFFIX` names.

    Returns:
        0 if nothing stands in the way any more; 1 if a lock's holder may be at work, or there is no such lock;
        2 if AWS or the settings stood in the way.
    """
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(os.environ, notice=_complain)
        if settings.backend != "s3":
            _complain(f"The state of {settings.suffix} lies in files, whose locks go with their processes.")
            return 0
        witness = Witness(host=socket.gethostname(), now=datetime.now(UTC), processes=terraform_processes())
        return unlock(open_table(settings), witness, screen(), force=options.force)
    except (SettingsError, NoLockError) as error:
        _complain(str(error))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _ABSENT:
            _complain("No lock table in this account and region: state-stack is not deployed here, nothing is locked.")
            return 0
        _complain(f"AWS refused {error.operation_name}: {code}.")
    except BotoCoreError as error:
        _complain(f"AWS could not be asked ({type(error).__name__}). Log in to AWS, then try again.")
    return 2


def unlock(table: Locks, witness: Witness, out: Screen, *, force: str | None = None) -> int:
    """Free every lock whose holder is gone, or the one with the id `force` alone; show what was done with each.

    Returns:
        As `main`.
    """
    held = table.held()
    if force is not None and force not in [each.lock.id for each in held]:
        out.say(f"No lock of {table.suffix} has the id {force}. Nothing was freed.")
        return 1
    chosen = [each for each in held if force in (None, each.lock.id)]
    outcomes = [_settle(table, witness, each, force) for each in chosen]
    if chosen:
        out.show(_shown(chosen, outcomes, witness.now))
    else:
        out.say(f"No state of {table.suffix} is locked.")
    for path in table.fix_checksums():
        out.say(f"The checksum of {path} was not written when its Terraform was killed: fixed.")
    if not any(outcome.startswith(_KEPT) for outcome in outcomes):
        return 0
    out.say("", "Wait until the holder has ended. If you are sure that it has: ./dev unlock -- --force ID")
    return 1


def _settle(table: Locks, witness: Witness, each: HeldLock, force: str | None) -> str:
    """Free one lock or leave it; what was done."""
    reason = None if each.lock.id == force else why_alive(each.lock, witness)
    if reason:
        return f"{_KEPT}: {reason}"
    return "freed" if table.free(each) else "gone by itself"


def _shown(held: Sequence[HeldLock], outcomes: Sequence[str], now: datetime) -> Table:
    shown = Table(title="Locks", title_justify="left")
    for column in ("Stack", "Held by", "Doing", "Since", "ID", "Outcome"):
        shown.add_column(column, overflow="fold", no_wrap=column == "ID")
    for each, outcome in zip(held, outcomes, strict=True):
        lock = each.lock
        shown.add_row(lock.stack, lock.who, lock.operation, lock.since(now), lock.id, outcome)
    return shown


def _complain(line: str) -> None:
    print(line, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev unlock --",
        description="Free the state locks of deploys that were killed. A lock whose holder may be at work is kept.",
    )
    parser.add_argument("--force", metavar="ID", help="free the lock with this id, whoever holds it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
