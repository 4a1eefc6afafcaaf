"""The banks table in DynamoDB."""

from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from functions.common.banks import Bank
from shared.contracts.tables import ALLOWED_IPS, BANKS

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class BanksTable:
    """Implements `Banks`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def find(self, api_key_sha256: str) -> Bank | None:
        """See `Banks.find`."""
        with aws_errors("look up the bank"):
            response = self._client.query(
                TableName=self._table,
                KeyConditionExpression=f"{BANKS.partition_key} = :key",
                ExpressionAttributeValues={":key": {"S": api_key_sha256}},
            )
        items = response["Items"]
        if not items:
            return None
        ranges = tuple([each["S"] for each in item[ALLOWED_IPS]["L"]] for item in items if ALLOWED_IPS in item)
        # All rows of a key name the same bank.
        return Bank(bank_id=items[0]["bank_id"]["S"], name=items[0]["name"]["S"], allowed_ips=ranges)
