"""The one error that the workflow's Retry acts on."""


class TemporaryError(Exception):
    """AWS throttled a call or was briefly unavailable: a retry can help. Retry identifies it by this name."""
