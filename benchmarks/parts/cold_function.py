"""A fresh Lambda environment of a function: prints seconds of processor time for init, first and second call."""

import time
from http import HTTPStatus
from importlib import import_module
from itertools import pairwise
from typing import Any

EVENT = {
    "httpMethod": "GET",
    "resource": "/uploads",
    "path": "/uploads",
    "headers": {"x-api-key": "unknown"},
    "queryStringParameters": None,
    "pathParameters": None,
    "requestContext": {"requestId": "r", "identity": {"apiKey": "unknown"}},
    "body": None,
    "isBase64Encoded": False,
}


class Context:
    """Lambda's, as far as the function reads it."""

    aws_request_id = "r"
    function_name = "txn-status-bench"

    def get_remaining_time_in_millis(self) -> int:
        """Enough."""
        return 20_000


def main() -> None:
    """Start, call twice, and print."""
    times = [time.process_time()]
    handler: Any = import_module("functions.status.handler")
    for number in range(3):
        if number:
            answer = handler.handle(EVENT, Context())
            if answer["statusCode"] != HTTPStatus.FORBIDDEN:
                raise RuntimeError(answer)
        times.append(time.process_time())
    print(*(later - earlier for earlier, later in pairwise(times)))


if __name__ == "__main__":
    main()
