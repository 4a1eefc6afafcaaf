"""Reads what a day has left in the local cloud's tables."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer

from local.cloud.clients import Cloud

_BATCH_KEYS: Final = 100
"""That one request reads (BatchGetItem)."""
_PLAIN: Final = TypeDeserializer()


def items_of(cloud: Cloud, table: str, key_name: str, keys: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """The items with these partition keys, as many as exist; numbers are `Decimal`."""
    left = iter(keys)
    while batch := list(islice(left, _BATCH_KEYS)):
        wanted: Any = {table: {"Keys": [{key_name: {"S": key}} for key in batch], "ConsistentRead": True}}
        while wanted:
            answer = cloud.dynamodb.batch_get_item(RequestItems=wanted)
            for item in answer["Responses"].get(table, []):
                yield {name: _PLAIN.deserialize(value) for name, value in item.items()}
            wanted = answer["UnprocessedKeys"]
