"""Expected failures: one message instead of a traceback."""


class ToolError(Exception):
    """An expected failure; its text says what is wrong, where, and what to do."""
