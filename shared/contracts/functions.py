"""The Lambda functions: folder, ZIP, handler and physical name use one word."""

from enum import StrEnum


class FunctionName(StrEnum):
    """Name of a function: its folder below `functions/`, and the purpose in its physical name."""

    INTAKE = "intake"
    DECLARATION = "declaration"
    VALIDATION = "validation"
    TRANSFORMATION = "transformation"
    NOTIFICATION = "notification"
    STATUS = "status"
    SWEEPER = "sweeper"

    @property
    def handler(self) -> str:
        """Lambda's handler setting: module path and function in the ZIP."""
        return f"functions.{self.value}.handler.handle"
