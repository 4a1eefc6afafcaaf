"""What finders need of AWS."""

from collections.abc import Mapping
from typing import Any, Protocol


class NoAnswerError(Exception):
    """AWS did not answer whether a resource exists; the message is the reason in a word, without any secret."""


class UnreachableError(NoAnswerError):
    """AWS cannot be reached, or not with these credentials: nothing can be deployed either."""


class Aws(Protocol):
    """What finders need of AWS."""

    region: str
    account_id: str
    partition: str

    def ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any] | None:
        """Make a read call; None if the resource does not exist.

        Raises:
            NoAnswerError: there was no answer, or an unexpected one.
        """
        ...

    def all(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """Make a list call over all pages, once for all callers; empty if the resource does not exist.

        Raises:
            NoAnswerError: see `ask`.
        """
        ...
