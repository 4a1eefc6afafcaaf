"""How a command for operators fails: one message for people instead of a traceback."""


class ToolError(Exception):
    """An expected failure; its text says what is wrong, where, and what to do."""
