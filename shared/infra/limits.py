"""Refuses at synth what AWS would refuse in the middle of a deploy."""


class LimitError(ValueError):
    """A value that AWS does not take; the message says which and what it does take."""


def within(what: str, value: int, least: int, most: int, unit: str) -> int:
    """Return the value if it lies between the bounds, both included.

    Raises:
        LimitError: it does not.
    """
    if not least <= value <= most:
        raise LimitError(f"{what} = {value}: AWS takes {least} to {most} {unit}")
    return value
