"""How DynamoDB counts: the size of an item, and the write units of one write of a table with its indexes.

Sizes: DynamoDB guide, "Item sizes and formats". Units of an index: "Provisioned throughput considerations for global
secondary indexes". Every index of ours projects all attributes (`shared/contracts/tables.py`).
"""

from collections.abc import Mapping
from math import ceil
from typing import Any, Final

from shared.contracts.tables import Index, TableKeys

Item = Mapping[str, Mapping[str, Any]]
_UNIT_BYTES: Final = 1_024
"""One write unit writes so much."""
_NESTED_BYTES: Final = 3
"""A list or a map has so many bytes of its own, and one more for each element."""


def item_bytes(item: Item) -> int:
    """Size of an item: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def units_of(item: Item) -> int:
    """Write units of an item's size."""
    return ceil(item_bytes(item) / _UNIT_BYTES)


def write_units(old: Item | None, new: Item | None, keys: TableKeys) -> int:
    """Write units of one write: the table's, and those of each index.

    Args:
        old: the item before it; None if there was none.
        new: the item after it; None if it is deleted.
        keys: of the table.
    """
    before, after = (units_of(each) if each else 0 for each in (old, new))
    of_table = max(before, after)
    return of_table + sum(_index_units(index, old, new) for index in keys.indexes)


def _index_units(index: Index, old: Item | None, new: Item | None) -> int:
    before, after = _in_index(index, old), _in_index(index, new)
    if before is None or after is None:
        return units_of(before or after or {})
    if any(before[name] != after[name] for name in (index.partition_key, index.sort_key)):
        return units_of(before) + units_of(after)  # deleted, and put elsewhere
    return max(units_of(before), units_of(after)) if before != after else 0


def _in_index(index: Index, item: Item | None) -> Item | None:
    """An item is in an index if it has both of its keys."""
    return item if item and index.partition_key in item and index.sort_key in item else None


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(str(content).encode())
        case "N":
            digits = str(content).strip("-").replace(".", "").strip("0") or "0"
            return ceil(len(digits) / 2) + 1 + str(content).startswith("-")
        case "L":
            return _NESTED_BYTES + sum(1 + _value_bytes(each) for each in content)
        case "M":
            return _NESTED_BYTES + sum(1 + len(name.encode()) + _value_bytes(each) for name, each in content.items())
    return 1  # true, false or null
