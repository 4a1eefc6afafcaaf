"""Errors of the local provider that Terraform can show."""

from typing import Any, Final

Path = tuple[str | int, ...]
"""Attribute names and list indexes that lead to a value, outermost first."""

WAY_OUT: Final = "add it to terraform_provider/table/, or deploy with `--provider registry`"
"""The end of each message about something that the local provider does not support."""


class ProviderError(Exception):
    """An error that its message explains; Terraform shows it at `path` of the configuration."""

    def __init__(self, message: str, *, path: Path = ()) -> None:
        super().__init__(message)
        self.path = path


class PartlyAppliedError(Exception):
    """A change failed halfway; `state` is what has been done, so that Terraform does not lose it.

    The reason is the exception's `__cause__`.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__("the change failed halfway")
        self.state = state
