"""Every price and quota says where and when it was looked up; a price that is missing is never guessed."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tools.costs.prices import Costs, Price, Quota, read_costs
from tools.errors import ToolError

COSTS = read_costs()
LOOKED_UP = [*COSTS.prices.items(), *COSTS.quotas.items()]


@pytest.mark.parametrize("known", [known for _, known in LOOKED_UP], ids=[name for name, _ in LOOKED_UP])
def test_every_price_and_quota_has_a_page_a_day_and_a_unit(known: Price | Quota) -> None:
    page = urlsplit(known.page)
    assert page.scheme == "https"
    assert page.hostname
    assert len(page.path) > 1
    assert isinstance(known.looked_up, date)
    assert known.looked_up >= date(2026, 11, 29)
    assert known.unit


def test_the_prices_are_all_of_one_region_and_above_zero() -> None:
    assert {price.region for price in COSTS.prices.values()} == {"us-east-1"}
    assert all(price.dollars > 0 for price in COSTS.prices.values())
    assert all(quota.value > 0 for quota in COSTS.quotas.values())


def test_a_price_is_that_of_one_unit(tmp_path: Path) -> None:
    table = tmp_path / "prices.toml"
    table.write_text(
        '[prices.write]\nvalue = "0.625"\nper = 1_000_000\nunit = "write unit"\nregion = "r"\npage = "p"\n'
        "looked_up = 2026-11-29\n[quotas]\n"
    )
    assert read_costs(table).dollars("write", 20_000_000) == Decimal("12.5")


def test_a_price_without_a_page_has_to_be_given() -> None:
    empty = Costs(prices={}, quotas={})
    with pytest.raises(ToolError, match=r"no page was found for the price s3-put: .* --price s3-put=DOLLARS"):
        empty.dollars("s3-put", 1)


def test_a_given_price_counts_instead_of_the_tables() -> None:
    assert read_costs(given=["s3-put=0.5", "new=2"]).dollars("s3-put", 3) == Decimal("1.5")
    assert read_costs(given=["new=2"]).dollars("new", 3) == 6


@pytest.mark.parametrize("argument", ["", "s3-put", "s3-put=", "=1", "s3-put=much", "s3-put=-1", "s3-put=NaN"])
def test_a_malformed_price_is_not_accepted(argument: str) -> None:
    with pytest.raises(ToolError, match="is not a price"):
        read_costs(given=[argument])
