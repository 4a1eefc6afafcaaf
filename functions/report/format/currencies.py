"""Currencies in use and their minor units, by ISO 4217 list one.

In use means: the list has the code with a minor unit, so that decimals can be validated. These are all national
currencies and the fund codes in which amounts are booked (CLF, COU, UYI, UYW, CHE, CHW, MXV, BOV, USN), but not metals
(XAU ...), bond-market units (XBA ...), accounting units without a minor unit (XDR, XSU, XUA), the test code (XTS) and
"no currency" (XXX). The date of a transaction does not matter: a withdrawn currency is not in use.

Written by `./dev generate` (tools/generators/currencies.py) from the `iso4217` package; a test holds the two equal.
"""

from typing import Final

PUBLISHED: Final = "2026-01-01"
"""Date of the ISO 4217 list one that the table is made from."""

_CODES_BY_MINOR_UNIT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
        "CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL "
        "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU "
        "MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR "
        "SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED "
        "VES WST XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

MINOR_UNITS: Final[dict[str, int]] = {
    code: digits for digits, codes in _CODES_BY_MINOR_UNIT.items() for code in codes.split()
}
"""Currency code -> number of decimals that an amount in it may have."""
