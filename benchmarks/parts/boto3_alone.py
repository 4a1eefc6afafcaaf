"""What a function cannot do without: boto3, two clients and a call; prints the same times as cold_function.py."""

import time
from importlib import import_module
from itertools import pairwise
from typing import Any


def main() -> None:
    """Start, call twice, and print."""
    times = [time.process_time()]
    boto3: Any = import_module("boto3")  # not above: it is what is measured
    times.append(time.process_time())
    boto3.client("s3")
    dynamodb = boto3.client("dynamodb")
    for _ in range(2):
        dynamodb.query(
            TableName="banks",
            KeyConditionExpression="api_key_sha256 = :key",
            ExpressionAttributeValues={":key": {"S": "unknown"}},
        )
        times.append(time.process_time())
    print(*(later - earlier for earlier, later in pairwise(times)))


if __name__ == "__main__":
    main()
