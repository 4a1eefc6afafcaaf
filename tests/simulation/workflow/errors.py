"""Errors of states, as Retry and Catch see them."""


class StateError(Exception):
    """An error that Retry and Catch see."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name}: {cause}")
        self.name = name
        self.cause = cause


class UncatchableError(StateError):
    """`States.Runtime` and `States.DataLimitExceeded`: neither Retry nor Catch sees them."""
