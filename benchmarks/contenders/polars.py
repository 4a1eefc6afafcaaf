"""polars: columns as expressions, all rules in one lazy query."""

from decimal import Decimal
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.parts.outcome import Outcome
from benchmarks.parts.submission import BANK, NOW
from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.definition import COLUMNS, MAX_FUTURE, MAX_INTEGER_DIGITS

_DATE: Final = r"^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}T"
_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
_AMOUNT: Final = rf"^-?(0|[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}})(\.[0-9]{{1,4}})?$"
_SCALE: Final = 4
"""No currency has more decimals: sums in this scale are exact."""


def validate_file(path: Path) -> Outcome:
    """Validate all columns, then sum by currency; repeated ids count as invalid."""
    validated = pl.scan_csv(path, schema=dict.fromkeys(COLUMNS, pl.String)).select(
        pl.col("transaction_id", "currency"), amount=_amount(), invalid=~_valid()
    )
    found = validated.collect()
    rows = found.height
    repeated = rows - int(found["transaction_id"].n_unique())
    sums = found.group_by("currency").agg(pl.col("amount").sum()).rows()
    totals = {currency: str(Decimal(units).scaleb(-_SCALE)) for currency, units in sums}
    return Outcome(rows=rows, invalid=int(found["invalid"].sum()) + repeated, totals=totals)


def _valid() -> pl.Expr:
    amount = pl.col("amount")
    decimals = amount.str.len_bytes() - 1 - amount.str.find(".", literal=True)
    allowed = pl.col("currency").replace_strict(MINOR_UNITS, default=None, return_dtype=pl.UInt32)
    moment = pl.col("timestamp").str.to_datetime("%+", time_zone="UTC", strict=False)
    valid = (
        pl.col("transaction_id").str.contains(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
        & amount.str.contains(_AMOUNT)
        & amount.str.contains("[1-9]")
        & (decimals.fill_null(0) <= allowed)
        & pl.col("timestamp").str.contains(_DATE + _TIME)
        & (moment <= NOW + MAX_FUTURE)
        & (pl.col("bank_id") == BANK)
    )
    return valid.fill_null(value=False)


def _amount() -> pl.Expr:
    """In units of the fourth decimal, as whole numbers."""
    return (pl.col("amount").cast(pl.Decimal(38, _SCALE), strict=False) * 10**_SCALE).cast(pl.Int128)
