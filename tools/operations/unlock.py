"""`./dev unlock`: frees the locks of deploys that were killed, and of no others.

A conditional DeleteItem rather than `terraform force-unlock`: that one reads the lock, compares, and then deletes
whatever it finds, so it may free a lock that was taken in between; it also needs an initialized stack folder.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.table import Table

from shared.infra.account import load_settings
from shared.infra.settings.settings import SettingsError
from tools.errors import denied, no_answer
from tools.operations.state.lock import MalformedLockError
from tools.operations.state.lock_holder import Machine, reason_to_keep, this_machine
from tools.operations.state.lock_table import HeldLock, LockTable, open_table
from tools.terminal import Terminal

_KEPT: Final = "kept"
_ABSENT: Final = ("ResourceNotFoundException", "NoSuchBucket")


def main(arguments: Sequence[str] | None = None) -> int:
    """Free what is stale in the environment that `ENVIRONMENT_SUFFIX` names.

    Returns:
        0 if no state is locked any more; 1 if a lock's holder may be at work, or there is no such lock;
        2 if AWS did not answer or the settings are invalid.
    """
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(os.environ, notice=_print_error)
        if settings.backend != "s3":
            _print_error(f"The state of {settings.suffix} is stored in files, whose locks end with their processes.")
            return 0
        return unlock(open_table(settings), this_machine(), Terminal.of_stdout(), force=options.force)
    except (SettingsError, MalformedLockError) as error:
        _print_error(str(error))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _ABSENT:
            _print_error(
                "No lock table in this account and region: state-stack is not deployed here, nothing is locked."
            )
            return 0
        _print_error(denied(error.operation_name, code))
    except BotoCoreError as error:
        _print_error(no_answer(error))
    return 2


def unlock(table: LockTable, machine: Machine, out: Terminal, *, force: str | None = None) -> int:
    """Free every lock whose holder is gone, or only the one with the id `force`; show what was done with each.

    Returns:
        As `main`.
    """
    held = table.held()
    if force is not None and force not in [each.lock.id for each in held]:
        out.say(f"No lock of {table.suffix} has the id {force}. Nothing was freed.")
        return 1
    chosen = [each for each in held if force in (None, each.lock.id)]
    outcomes = [_settle(table, machine, each, force) for each in chosen]
    if chosen:
        out.show(_shown(chosen, outcomes, machine.now))
    else:
        out.say(f"No state of {table.suffix} is locked.")
    for path in table.fix_checksums():
        out.say(f"The checksum of {path} was not written when its Terraform was killed: fixed.")
    if not any(outcome.startswith(_KEPT) for outcome in outcomes):
        return 0
    out.say("", "Wait until the holder has ended. If you are sure that it has: ./dev unlock --force ID")
    return 1


def _settle(table: LockTable, machine: Machine, each: HeldLock, force: str | None) -> str:
    """Free one lock or leave it; what was done."""
    reason = None if each.lock.id == force else reason_to_keep(each.lock, machine)
    if reason:
        return f"{_KEPT}: {reason}"
    return "freed" if table.free(each) else "released by its holder"


def _shown(held: Sequence[HeldLock], outcomes: Sequence[str], now: datetime) -> Table:
    shown = Table(title="Locks", title_justify="left")
    for column in ("Stack", "Held by", "Doing", "Since", "ID", "Outcome"):
        shown.add_column(column, overflow="fold", no_wrap=column == "ID")
    for each, outcome in zip(held, outcomes, strict=True):
        lock = each.lock
        shown.add_row(lock.stack, lock.who, lock.operation, lock.since(now), lock.id, outcome)
    return shown


def _print_error(line: str) -> None:
    print(line, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev unlock",
        description="Free the state locks of deploys that were killed. A lock whose holder may be at work is kept.",
    )
    parser.add_argument("--force", metavar="ID", help="free the lock with this id, whether or not its holder is gone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
