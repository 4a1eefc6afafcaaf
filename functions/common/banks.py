"""Who is calling: a bank is known by its API key alone.

API Gateway has checked the key already; the banks table tells by its hash whose it is.
"""

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from functions.common.aws.errors import aws_errors
from functions.common.http import ProblemError, Request
from shared.contracts.api import API_KEY_HEADER
from shared.contracts.tables import BANKS

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A partner bank."""

    bank_id: str
    name: str


class Banks(Protocol):
    """Knows the banks."""

    def find(self, api_key_sha256: str) -> Bank | None:
        """The bank whose API key has this SHA-256 (lower-case hexadecimal), if there is one."""
        ...


def identify(request: Request, banks: Banks) -> Bank:
    """Find the calling bank.

    Raises:
        ProblemError: 401 without a key, 403 with one that is no bank's.
    """
    api_key = request.headers.get(API_KEY_HEADER)
    if not api_key:
        raise ProblemError(HTTPStatus.UNAUTHORIZED, f"no API key: send yours in the header {API_KEY_HEADER}")
    bank = banks.find(sha256(api_key.encode()).hexdigest())
    if bank is None:
        raise ProblemError(HTTPStatus.FORBIDDEN, "the API key belongs to no bank: ask the operators for a new one")
    return bank


class BanksTable:
    """The banks table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def find(self, api_key_sha256: str) -> Bank | None:
        """See `Banks.find`."""
        with aws_errors("look the bank up"):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression=f"{BANKS.partition_key} = :key",
                ExpressionAttributeValues={":key": {"S": api_key_sha256}},
                Limit=1,  # all rows of a key name the same bank
            )
        found = [Bank(bank_id=item["bank_id"]["S"], name=item["name"]["S"]) for item in answer["Items"]]
        return found[0] if found else None
