"""A slow, obvious judge to compare with: says only whether a report is good, and its totals."""

import csv
import io
import re
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Context, Decimal

from functions.report.currencies import MINOR_UNITS
from functions.report.format import COLUMNS

_EXACT = Context(prec=200)


def totals_of_good_report(data: bytes, *, bank_id: str, now: datetime) -> dict[str, Decimal] | None:
    """Totals by currency, or None if anything is wrong."""
    try:
        return _totals(data, bank_id, now)
    except (ValueError, csv.Error, AssertionError):
        return None


def _totals(data: bytes, bank_id: str, now: datetime) -> dict[str, Decimal]:
    text = data.decode().removeprefix("\ufeff")
    assert "\r" not in text.replace("\r\n", "\n")
    assert not re.search(r"[\x00-\x08\x0b-\x0c\x0e-\x1f]", text)
    records = [record for record in csv.reader(io.StringIO(text, newline=""), strict=True) if record]
    _assert_quotes_enclose_fields(text, records)
    header, *rows = records
    assert sorted(header) == sorted(COLUMNS)
    assert rows
    totals: dict[str, Decimal] = defaultdict(Decimal)
    seen = set()
    for values in rows:
        row = dict(zip(header, values, strict=True))
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", row["transaction_id"])
        assert row["transaction_id"] not in seen
        seen.add(row["transaction_id"])
        assert re.fullmatch(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?", row["amount"])
        amount, units = Decimal(row["amount"]), MINOR_UNITS.get(row["currency"])
        assert units is not None
        assert amount != 0
        assert len(row["amount"].partition(".")[2]) <= units
        day_time = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
        assert re.fullmatch(day_time + r"(\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])", row["timestamp"])
        assert row["timestamp"][:4] >= "1970"
        assert datetime.fromisoformat(row["timestamp"]) <= now + timedelta(hours=24)
        assert row["bank_id"] == bank_id
        totals[row["currency"]] = _EXACT.add(totals[row["currency"]], amount)
    return dict(totals)


def _assert_quotes_enclose_fields(text: str, records: list[list[str]]) -> None:
    # csv.reader takes `a"b` as it stands; no accepted value holds a quote.
    assert not any('"' in value for record in records for value in record)
    assert text
