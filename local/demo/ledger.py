"""Control totals of the transactions table, to compare with those of the reports."""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def totals_by_upload(dynamodb: "DynamoDBClient", table: str) -> dict[str, dict[str, Decimal]]:
    """Sums of the amounts of each upload's transactions, by upload id and currency."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="upload_id, currency, amount")
    for page in pages:
        for item in page["Items"]:
            sums[item["upload_id"]["S"]][item["currency"]["S"]] += Decimal(item["amount"]["N"])
    return {upload_id: dict(totals) for upload_id, totals in sums.items()}
