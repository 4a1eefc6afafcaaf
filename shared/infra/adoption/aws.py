"""What finders need of AWS."""

from collections.abc import Mapping
from typing import Any, Protocol


class NoAnswerError(Exception):
    """AWS did not say whether something exists; the message is the reason in a word, without any secret."""


class Aws(Protocol):
    """What finders need of AWS."""

    region: str
    account_id: str
    partition: str

    def ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any] | None:
        """Make a call that reads; None if what it asks for does not exist.

        Raises:
            NoAnswerError: there was no answer, or another one.
        """
        ...

    def all(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """Make a call that lists, once for all who ask, over all pages; empty if what it asks for does not exist.

        Raises:
            NoAnswerError: see `ask`.
        """
        ...
