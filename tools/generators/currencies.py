"""Writes the currencies of the report format from ISO 4217 list one, as in the `iso4217` package.

It writes functions/report/format/currencies.py, which the validator imports, and the format's schema, which banks read.

python -m tools.generators.currencies
"""

import sys
import textwrap
from collections.abc import Mapping
from typing import Any, Final

from iso4217 import __published__, raw_table

from shared.repository import ROOT
from tools.generators.report_schema import SCHEMA, load, text_of

MODULE: Final = ROOT / "functions" / "report" / "format" / "currencies.py"
USUAL_DIGITS: Final = 2
_MODULE: Final = '''\
"""Currencies in use and their minor units, by ISO 4217 list one.

In use means: the list has the code with a minor unit, so that decimals can be validated. These are all national
currencies and the fund codes in which amounts are booked (CLF, COU, UYI, UYW, CHE, CHW, MXV, BOV, USN), but not metals
(XAU ...), bond-market units (XBA ...), accounting units without a minor unit (XDR, XSU, XUA), the test code (XTS) and
"no currency" (XXX). The date of a transaction does not matter: a withdrawn currency is not in use.

Written by `./dev generate` (tools/generators/currencies.py) from the `iso4217` package; a test holds the two equal.
"""

from typing import Final

PUBLISHED: Final = "{published}"
"""Date of the ISO 4217 list one that the table is made from."""

_CODES_BY_MINOR_UNIT: Final = {{
{table}
}}

MINOR_UNITS: Final[dict[str, int]] = {{
    code: digits for digits, codes in _CODES_BY_MINOR_UNIT.items() for code in codes.split()
}}
"""Currency code -> number of decimals that an amount in it may have."""
'''


def minor_units() -> dict[str, int]:
    """Code -> minor unit of every currency that has one in the list."""
    units = {code: str(entry["CcyMnrUnts"]) for code, entry in raw_table.items() if code}
    return {code: int(units[code]) for code in sorted(units) if units[code].isdigit()}


def module() -> str:
    """The text of functions/report/format/currencies.py."""
    table = "\n".join(_entry(digits, codes) for digits, codes in sorted(_by_digits(minor_units()).items()))
    return _MODULE.format(published=__published__, table=table)


def with_currencies(document: Mapping[str, Any]) -> dict[str, Any]:
    """The format's schema with the current currencies."""
    fields = [_with_codes(field) if field["name"] == "currency" else field for field in document["fields"]]
    return {**document, "fields": fields}


def main() -> int:
    """Write both; return the exit code."""
    MODULE.write_text(module(), encoding="utf-8")
    SCHEMA.write_text(text_of(with_currencies(load())), encoding="utf-8")
    print(f"written: {MODULE.relative_to(ROOT)}, {SCHEMA.relative_to(ROOT)} (ISO 4217 list one of {__published__})")
    return 0


def _with_codes(field: Mapping[str, Any]) -> dict[str, Any]:
    units = minor_units()
    unusual = {str(digits): codes for digits, codes in _by_digits(units).items() if digits != USUAL_DIGITS}
    return {
        **field,
        "constraints": {**field["constraints"], "enum": list(units)},
        "txn:minorUnits": {"default": USUAL_DIGITS, **dict(sorted(unusual.items()))},
        "txn:source": {"standard": "ISO 4217 list one", "published": str(__published__)},
    }


def _by_digits(units: Mapping[str, int]) -> dict[int, list[str]]:
    return {digits: [code for code in units if units[code] == digits] for digits in set(units.values())}


def _entry(digits: int, codes: list[str]) -> str:
    joined = " ".join(codes)
    one_line = f'    {digits}: "{joined}",'
    if len(one_line) <= 120:  # noqa: PLR2004  the formatter's line length
        return one_line
    # As wide as a line allows with indent, quotes and the space that joins two parts.
    *parts, last = textwrap.wrap(joined, 106)
    lines = [*(f'        "{part} "' for part in parts), f'        "{last}"']
    return "\n".join([f"    {digits}: (", *lines, "    ),"])


if __name__ == "__main__":
    sys.exit(main())
