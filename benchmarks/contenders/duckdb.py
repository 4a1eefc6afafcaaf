"""duckdb: the rules as SQL over the file."""

from pathlib import Path
from typing import Final

import duckdb

from benchmarks.parts.outcome import Outcome
from benchmarks.parts.submission import BANK, NOW
from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.definition import COLUMNS, MAX_FUTURE, MAX_INTEGER_DIGITS

_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_RULES: Final = rf"""
    regexp_full_match(transaction_id, '[A-Za-z0-9][A-Za-z0-9._-]{{0,63}}')
    AND regexp_full_match(amount, '-?(0|[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}})(\.[0-9]{{1,4}})?')
    AND try_cast(amount AS DECIMAL(38, 4)) <> 0
    AND length(split_part(amount, '.', 2)) <= minor_units
    AND regexp_full_match(timestamp, '(19[7-9][0-9]|[2-9][0-9]{{3}})-[0-9]{{2}}-[0-9]{{2}}T{_TIME}')
    AND try_cast(timestamp AS TIMESTAMPTZ) <= CAST($latest AS TIMESTAMPTZ)
    AND bank_id = $bank
"""
_VALIDATE: Final = f"""
    CREATE TEMP TABLE validated AS
    SELECT currency, transaction_id, try_cast(amount AS DECIMAL(38, 4)) AS value, ({_RULES}) IS NOT TRUE AS invalid
    FROM read_csv($path, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
                  columns = {{{", ".join(f"'{column}': 'VARCHAR'" for column in COLUMNS)}}})
    LEFT JOIN currencies ON code = currency
"""  # noqa: S608  assembled from constants
_CURRENCIES: Final = "CREATE TABLE currencies AS SELECT unnest($codes) AS code, unnest($units) AS minor_units"
_COUNT: Final = "SELECT count(*), count(*) FILTER (invalid), count(*) - count(DISTINCT transaction_id) FROM validated"
_SUM: Final = "SELECT currency, sum(value) FROM validated GROUP BY currency"


def validate_file(path: Path) -> Outcome:
    """Validate into a table in memory, then count and sum; repeated ids count as invalid."""
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute(_CURRENCIES, {"codes": list(MINOR_UNITS), "units": list(MINOR_UNITS.values())})
        latest = (NOW + MAX_FUTURE).isoformat()
        database.execute(_VALIDATE, {"path": str(path), "bank": BANK, "latest": latest})
        rows, invalid, repeated = database.execute(_COUNT).fetchall()[0]
        totals = {currency: str(total) for currency, total in database.execute(_SUM).fetchall()}
    return Outcome(rows=rows, invalid=invalid + repeated, totals=totals)
