"""Frees a lock that stands in our own way.

Terraform asks for a lock by a conditional write. When the answer to that write is lost, the AWS SDK sends it again, and
Terraform takes the lock that it has just got for another one's: it ends, and its lock stays behind. Any network can
lose an answer, so AWS needs this; from the local cloud every answer is read (see `local.cloud.ministack_server`).
"""

import os
import socket
import sys
from collections.abc import Callable
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from shared.infra.account import load_settings
from shared.infra.settings.settings import SettingsError
from tools.operations.state.lock import Lock, NoLockError
from tools.operations.state.lock_holder import TerraformProcess, Witness, terraform_processes, why_alive
from tools.operations.state.lock_table import LockTable, open_table


def is_own(lock: Lock, *, began: datetime, host: str, processes: tuple[TerraformProcess, ...]) -> bool:
    """Whether a lock is of a command that began at `began` on `host` and whose Terraform has ended.

    It was taken since then, here, and no Terraform here works on its state: so nobody else's work is in danger.
    """
    witness = Witness(host=host, now=began, processes=processes)
    return lock.host == host and lock.created >= began.replace(microsecond=0) and why_alive(lock, witness) is None


def free_own(lock: Lock, began: datetime, *, table: Callable[[], LockTable] | None = None) -> bool:
    """Free the lock if it is our own; whether it was. Where that cannot be told, it is left."""
    if not is_own(lock, began=began, host=socket.gethostname(), processes=terraform_processes()):
        return False
    try:
        locks = (table or _table)()
        return any(locks.free(held) for held in locks.held() if held.lock.id == lock.id)
    except (ClientError, BotoCoreError, SettingsError, NoLockError) as error:
        print(f"The lock could not be freed ({type(error).__name__}).", file=sys.stderr)
        return False


def _table() -> LockTable:
    return open_table(load_settings(os.environ, notice=lambda _: None))
