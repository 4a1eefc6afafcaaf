"""Currencies are those of ISO 4217, written by a command."""

from functions.report.format import currencies
from tools.generators.currencies import MODULE, minor_units, module, with_currencies
from tools.generators.report_schema import load

UPDATE = (
    "the ISO 4217 list has changed: run `./dev generate`, raise txn:version and txn:published in the schema, "
    "run `./dev docs`, list added and withdrawn currencies in CHANGELOG.md, and commit all of it"
)


def test_the_validators_table_is_what_the_generator_writes() -> None:
    assert MODULE.read_text(encoding="utf-8") == module(), UPDATE
    assert minor_units() == currencies.MINOR_UNITS, UPDATE


def test_the_schemas_currencies_are_what_the_generator_writes() -> None:
    assert load() == with_currencies(load()), UPDATE


def test_metals_bond_units_accounting_units_tests_and_no_currency_are_not_in_use() -> None:
    assert not {"XAU", "XAG", "XPT", "XPD", "XBA", "XDR", "XSU", "XUA", "XTS", "XXX"} & currencies.MINOR_UNITS.keys()


def test_fund_codes_with_a_minor_unit_are_in_use() -> None:
    assert currencies.MINOR_UNITS["CLF"] == 4
    assert currencies.MINOR_UNITS["UYW"] == 4
