"""Expected failures: one message instead of a traceback."""


class ToolError(Exception):
    """An expected failure; its text says what is wrong, where, and what to do."""


def denied(operation: str, code: str) -> str:
    """The message for a request that AWS denied: expired credentials, or missing rights."""
    return (
        f"AWS denied {operation} ({code}). Log in again if the credentials have expired; else check their permissions."
    )


def no_answer(error: Exception) -> str:
    """The message for a request to AWS that got no answer: mostly, there are no valid credentials."""
    return f"AWS could not be asked ({type(error).__name__}). Log in to AWS, then try again."
