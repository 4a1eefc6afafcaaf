"""Keys and indexes of the DynamoDB tables: the data stack creates them, the functions use them.

Every key attribute is a string.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Index:
    """A global secondary index; it projects all attributes."""

    name: str
    partition_key: str
    sort_key: str


@dataclass(frozen=True, kw_only=True)
class TableKeys:
    """Keys and indexes of one table."""

    partition_key: str
    sort_key: str | None = None
    indexes: tuple[Index, ...] = ()
    expiry: str | None = None
    """The attribute after whose time, in seconds since 1970, DynamoDB deletes an item; items without it stay."""


BY_BANK: Final = Index(name="by-bank", partition_key="bank_id", sort_key="received_at")
"""A bank's uploads in order of time."""

BY_DUE: Final = Index(name="by-due", partition_key="sweep", sort_key="due_at")
"""The uploads for which something is still to be done, by the time at which the sweeper looks after them. Sparse: only
they have `sweep`, which is always `SWEEP_DUE`."""
SWEEP_DUE: Final = "due"

BY_TIME: Final = Index(name="by-time", partition_key="time_shard", sort_key="timestamp")
"""A bank's transactions of a day in order of time; `time_shard` is `{bank_id}#{date}#{shard}`."""

UPLOADS: Final = TableKeys(partition_key="upload_id", indexes=(BY_BANK, BY_DUE), expiry="expires_at")
"""Only a declaration that is the first of its upload has `expires_at`: no other item may ever expire."""
TRANSACTIONS: Final = TableKeys(partition_key="transaction_key", indexes=(BY_TIME,))
BANKS: Final = TableKeys(partition_key="api_key_sha256", sort_key="revision")
"""Look up a bank by the partition key alone: `revision` only distinguishes rows of one key.

Terraform can neither import an existing row nor overwrite it. A deploy that has lost its state therefore writes a row
of a new revision beside the old one. The old row does no harm: API Gateway checks the key first, and a key belongs to
one bank permanently, so all rows of a key name the same bank.
"""

ALLOWED_IPS: Final = "allowed_ips"
"""Attribute of a row of `BANKS`: ranges of IP addresses from which its key is accepted; without it, from anywhere.

Of several rows of a key, all count: an old one that is left over after a lost state may keep an address out, but never
lets one in.
"""

TIME_SHARDS: Final = 10
"""Shards of a bank's day in `by-time`: one partition takes 1,000 writes a second (DynamoDB partition limit)."""


def transaction_key(bank_id: str, transaction_id: str) -> str:
    """Key of a transaction: unique over all banks and all time."""
    return f"{bank_id}#{transaction_id}"


def time_shard(bank_id: str, date: str, shard: int) -> str:
    """Partition of `BY_TIME`; `date` is UTC as `YYYY-MM-DD`, `shard` is below `TIME_SHARDS`."""
    return f"{bank_id}#{date}#{shard}"
