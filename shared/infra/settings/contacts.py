"""Where a bank is told how its uploads ended: the kinds of endpoint that SNS can reach, and how each is written."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ContactError(ValueError):
    """A text names no endpoint that can be subscribed; the message says what would."""


class Protocol(StrEnum):
    """Protocol of an SNS subscription."""

    EMAIL = "email"
    """A person has to confirm it, by the link in SNS's first message."""
    HTTPS = "https"
    """The endpoint has to confirm it, by calling the `SubscribeURL` of SNS's first message."""
    SQS = "sqs"
    """The queue's own policy has to let the topic send; in another account, its owner has to confirm, too."""


_PATTERNS: Final = {
    Protocol.SQS: re.compile(r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}"),
    # No user or password, which would stand in the state and in every plan; no braces, which Terraform would evaluate.
    Protocol.HTTPS: re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[^\s{}]*)?"),
    Protocol.EMAIL: re.compile(r"[A-Za-z0-9.!#&'*+/=?^_`|~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
}


@dataclass(frozen=True, kw_only=True)
class Contact:
    """An endpoint of the topic of outcomes; SNS has one subscription for each."""

    protocol: Protocol
    endpoint: str


def parse_contact(text: str) -> Contact:
    """Read what stands in a bank's `contact`.

    Raises:
        ContactError: it is none of the three kinds.
    """
    for protocol, pattern in _PATTERNS.items():
        if pattern.fullmatch(text):
            return Contact(protocol=protocol, endpoint=text)
    raise ContactError(
        f"{text!r} is neither an e-mail address, nor an https URL without user, nor the ARN of a standard SQS queue"
    )
