"""Makes the pipeline's tables without a deployment."""

from typing import Any

from shared.contracts.tables import TableKeys


def table_request(name: str, keys: TableKeys) -> dict[str, Any]:
    """Arguments of DynamoDB's CreateTable for a table like that of the data stack."""
    own = [keys.partition_key, *([keys.sort_key] if keys.sort_key else [])]
    attributes = {*own, *(key for index in keys.indexes for key in (index.partition_key, index.sort_key))}
    indexes = [
        {
            "IndexName": index.name,
            "KeySchema": _schema(index.partition_key, index.sort_key),
            "Projection": {"ProjectionType": "ALL"},
        }
        for index in keys.indexes
    ]
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": each, "AttributeType": "S"} for each in sorted(attributes)],
        "KeySchema": _schema(*own),
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


def _schema(partition_key: str, *sort_key: str) -> list[dict[str, str]]:
    hashed = {"AttributeName": partition_key, "KeyType": "HASH"}
    return [hashed, *({"AttributeName": each, "KeyType": "RANGE"} for each in sort_key)]
