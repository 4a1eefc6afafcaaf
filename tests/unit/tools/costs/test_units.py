"""DynamoDB's sizes and units, compared with its guide's rules by hand."""

from typing import Any

import pytest

from shared.contracts.tables import Index, TableKeys
from tools.costs.units import item_bytes, units_of, write_units

KEYS = TableKeys(partition_key="id", indexes=(Index(name="by-due", partition_key="sweep", sort_key="due"),))


def item(due: str | None = None, *, size: int = 100, note: str = "") -> dict[str, Any]:
    """An item of about so many bytes."""
    of_index = {"sweep": {"S": "due"}, "due": {"S": due}} if due else {}
    return {"id": {"S": "a"}, "note": {"S": note}, "filling": {"S": "x" * size}, **of_index}


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({"ab": {"S": "é"}}, 4),
        # Two digits take a byte, and one more; a sign another.
        ({"n": {"N": "123.45"}}, 1 + 3 + 1),
        ({"n": {"N": "-7"}}, 1 + 1 + 1 + 1),
        ({"n": {"N": "0"}}, 1 + 1 + 1),
        ({"b": {"BOOL": True}}, 2),
        ({"l": {"L": [{"S": "ab"}, {"NULL": True}]}}, 1 + 3 + (1 + 2) + (1 + 1)),
        ({"m": {"M": {"k": {"S": "v"}}}}, 1 + 3 + (1 + 1 + 1)),
    ],
)
def test_an_item_is_as_long_as_its_names_and_values(attributes: dict[str, Any], size: int) -> None:
    assert item_bytes(attributes) == size


def test_a_unit_writes_1_024_bytes() -> None:
    assert units_of({"a": {"S": "x" * 1_023}}) == 1
    assert units_of({"a": {"S": "x" * 1_024}}) == 2


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, item(), 1),
        (None, item("1"), 1 + 1),
        (item("1"), item("1", note="changed"), 1 + 1),
        (item("1"), item("1"), 1 + 0),
        # The key has changed: the index deletes one, and puts another.
        (item("1"), item("2"), 1 + 2),
        (item("1"), item(), 1 + 1),
        (item(), item("1"), 1 + 1),
        (item("1"), None, 1 + 1),
        # The longer of the two counts.
        (item("1", size=2_000), item("1"), 2 + 2),
        (item("1"), item("2", size=2_000), 2 + 1 + 2),
    ],
)
def test_a_write_costs_units_of_the_table_and_of_each_index_that_changes(
    old: dict[str, Any] | None, new: dict[str, Any] | None, units: int
) -> None:
    assert write_units(old, new, KEYS) == units
