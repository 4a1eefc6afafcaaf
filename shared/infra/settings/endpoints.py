"""Notification endpoints: where SNS sends outcomes and alarms, and how each protocol writes an address."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class EndpointError(ValueError):
    """A text is not an address that SNS can notify; the message lists what is."""


class SubscriptionProtocol(StrEnum):
    """Protocol of an SNS subscription."""

    EMAIL = "email"
    """A person confirms the subscription, by the link in SNS's first message."""
    HTTPS = "https"
    """The endpoint confirms the subscription, by calling the `SubscribeURL` of SNS's first message."""
    SQS = "sqs"
    """The queue's own policy allows the topic to send; in another account, the queue's owner confirms, too."""


_PATTERNS: Final = {
    SubscriptionProtocol.SQS: re.compile(r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}"),
    # No user or password, which would be in the state and in every plan; no braces, which Terraform would evaluate.
    SubscriptionProtocol.HTTPS: re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[^\s{}]*)?"),
    SubscriptionProtocol.EMAIL: re.compile(r"[A-Za-z0-9.!#&'*+/=?^_`|~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
}


@dataclass(frozen=True, kw_only=True)
class NotificationEndpoint:
    """Where a topic's subscription sends; SNS has one subscription for each address."""

    protocol: SubscriptionProtocol
    address: str


def parse_endpoint(text: str) -> NotificationEndpoint:
    """Read a bank's `contact` or one of `operators`; the form of the address decides the protocol.

    Raises:
        EndpointError: the text has the form of none of the three protocols.
    """
    for protocol, pattern in _PATTERNS.items():
        if pattern.fullmatch(text):
            return NotificationEndpoint(protocol=protocol, address=text)
    raise EndpointError("is neither an e-mail address, nor an https URL without user, nor a standard SQS queue's ARN")
