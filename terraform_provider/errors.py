"""What can go wrong in the local provider, said so that Terraform can show it."""

from typing import Any

Path = tuple[str | int, ...]
"""Attribute names and list indexes that lead to a value, outermost first."""


class ProviderError(Exception):
    """A mistake that its message explains; Terraform shows it at `path` of the configuration."""

    def __init__(self, message: str, *, path: Path = ()) -> None:
        super().__init__(message)
        self.path = path


class PartlyAppliedError(Exception):
    """A change failed half way; `state` is what has been done, so that Terraform does not lose it.

    The reason is the exception's `__cause__`.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__("the change failed half way")
        self.state = state
