"""The Lambda functions: folder, ZIP, handler and physical name use one word."""

from enum import StrEnum
from typing import Final

_LARGE: Final = "large-"


class FunctionName(StrEnum):
    """Name of a function: the purpose in its physical name, and unless it is for large reports its folder."""

    INTAKE = "intake"
    DECLARATION = "declaration"
    VALIDATION = "validation"
    TRANSFORMATION = "transformation"
    NOTIFICATION = "notification"
    STATUS = "status"
    SWEEPER = "sweeper"
    PRECHECK = "precheck"
    TRANSACTIONS = "transactions"
    WEB = "web"
    LARGE_VALIDATION = "large-validation"
    LARGE_NOTIFICATION = "large-notification"

    @property
    def folder(self) -> str:
        """Its folder below `functions/`, and name of its ZIP: large reports have the code of small ones."""
        return self.value.removeprefix(_LARGE)

    @property
    def handler(self) -> str:
        """Lambda's handler setting: module path and function in the ZIP."""
        return f"functions.{self.folder}.handler.handle"
