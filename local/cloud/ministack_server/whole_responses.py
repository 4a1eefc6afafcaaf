"""Each response's head and body in one write.

MiniStack's web server, Hypercorn, writes the head before the body. In about one of a hundred requests to DynamoDB,
the AWS SDK for Go in Terraform closes the connection between the two, cannot read the body, and retries the request
(https://github.com/aws/aws-sdk-go-v2/issues/2737). A retried lock request then fails on the lock that it has just
acquired. A response that arrives in one piece is read even if the connection is closed.
"""

from typing import Any

# pylint: disable=import-error  # installed in MiniStack's environment, not in ours
import h11  # type: ignore[import-not-found]  # see above
from hypercorn.events import RawData  # type: ignore[import-not-found]  # see above
from hypercorn.protocol.h11 import H11Protocol  # type: ignore[import-not-found]  # see above


def send_whole_responses() -> None:
    """Hold each head back until the body's first part is written."""
    H11Protocol._send_h11_event = _send_event  # noqa: SLF001  # pylint: disable=protected-access  # there is no public setting


async def _send_event(self: Any, event: object) -> None:
    try:
        data = self.connection.send(event)
    except h11.LocalProtocolError:
        if self.connection.their_state is not h11.ERROR:
            raise
        return
    if isinstance(event, h11.Response):
        self.head = data
        return
    data, self.head = getattr(self, "head", b"") + data, b""
    await self.send(RawData(data=data))
