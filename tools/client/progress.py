"""How far an upload is, for people."""

from rich.progress_bar import ProgressBar

from tools.client.uploads import SubmittedUpload

_WIDTH = 30


def fraction(upload: SubmittedUpload) -> float | None:
    """How much of its bytes are sent, or of its rows processed: 0 to 1; None where there is nothing to count."""
    if upload.sent is not None:
        return upload.sent / max(upload.size, 1)
    if upload.progress is not None:
        done, rows = upload.progress
        return done / rows
    return None


def described(upload: SubmittedUpload) -> str:
    """Its status, with tens of percent, so that a log has at most ten lines of a step."""
    part = fraction(upload)
    if part is None:
        return upload.status.value
    tens = int(part * 10) * 10
    return f"{upload.status.value}, {tens} % " + ("sent" if upload.sent is not None else "loaded")


def progress_bar(upload: SubmittedUpload) -> ProgressBar | None:
    """A bar for a terminal."""
    part = fraction(upload)
    return None if part is None else ProgressBar(total=1, completed=part, width=_WIDTH)
