from iso4217 import __published__, raw_table

from functions.report import currencies


def test_the_table_equals_the_iso_list() -> None:
    units = {code: str(entry["CcyMnrUnts"]) for code, entry in raw_table.items() if code}
    listed = {code: int(digits) for code, digits in units.items() if digits.isdigit()}
    by_minor_unit = {
        digits: " ".join(sorted(code for code in listed if listed[code] == digits))
        for digits in sorted(set(listed.values()))
    }

    assert listed == currencies.MINOR_UNITS, f"the ISO list has changed, the new table is {by_minor_unit}"
    assert str(__published__) == currencies.PUBLISHED


def test_metals_tests_bond_units_and_no_currency_are_left_out() -> None:
    assert not {"XAU", "XAG", "XPT", "XPD", "XBA", "XDR", "XSU", "XUA", "XTS", "XXX"} & currencies.MINOR_UNITS.keys()


def test_fund_codes_with_a_minor_unit_are_in_use() -> None:
    assert currencies.MINOR_UNITS["CLF"] == 4
    assert currencies.MINOR_UNITS["UYW"] == 4
