"""Currencies are ISO's, written by a command and never typed."""

from functions.report.format import currencies
from tools.generators.currencies import MODULE, minor_units, module, with_currencies
from tools.generators.report_schema import load

MEND = (
    "the ISO 4217 list has changed: run `./dev generate`, raise txn:version and txn:published in the document, "
    "run `./dev docs`, note in CHANGELOG.md which currencies came and went, and commit all of it"
)


def test_the_validators_table_is_what_the_generator_writes() -> None:
    assert MODULE.read_text(encoding="utf-8") == module(), MEND
    assert minor_units() == currencies.MINOR_UNITS, MEND


def test_the_documents_currencies_are_what_the_generator_writes() -> None:
    assert load() == with_currencies(load()), MEND


def test_metals_tests_bond_units_and_no_currency_are_left_out() -> None:
    assert not {"XAU", "XAG", "XPT", "XPD", "XBA", "XDR", "XSU", "XUA", "XTS", "XXX"} & currencies.MINOR_UNITS.keys()


def test_fund_codes_with_a_minor_unit_are_in_use() -> None:
    assert currencies.MINOR_UNITS["CLF"] == 4
    assert currencies.MINOR_UNITS["UYW"] == 4
