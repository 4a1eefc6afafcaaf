"""MiniStack, with each answer's head and body in one write: a program for MiniStack's own Python.

Its web server, Hypercorn, writes the head first and the body after it. Now and then Terraform's AWS SDK (for Go) closes
its connection in between, finds that it cannot read the body, and sends the request again: of DynamoDB's requests to a
server as near as this, about one in a hundred (https://github.com/aws/aws-sdk-go-v2/issues/2737). A lock that is asked
for twice is refused because of itself. An answer that has come as a whole is read, whatever becomes of its connection.
"""

from typing import Any

# pylint: disable=import-error  # these are in MiniStack's environment, not in ours
import h11  # type: ignore[import-not-found]  # likewise
from hypercorn.events import RawData  # type: ignore[import-not-found]  # likewise
from hypercorn.protocol.h11 import H11Protocol  # type: ignore[import-not-found]  # likewise
from ministack.app import main  # type: ignore[import-not-found]  # likewise


async def send_event(self: Any, event: object) -> None:
    """Do what `H11Protocol._send_h11_event` does, but keep an answer's head until what follows it is written."""
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


if __name__ == "__main__":
    H11Protocol._send_h11_event = send_event  # noqa: SLF001  # pylint: disable=protected-access  # there is no setting for it
    main()
