"""The errors of the functions whose names the workflow knows (`shared/contracts/errors.py`)."""


class TemporaryError(Exception):
    """AWS throttled a call or was briefly unavailable: a retry can help. Retry identifies it by this name."""


class DeadlineExceededError(Exception):
    """The execution has no time left for a retry: Catch must run before Step Functions ends the execution."""


class ReportMissingError(Exception):
    """The upload's report is not in the bucket: it was never stored, or has been deleted."""


class SupersededError(Exception):
    """The upload has ended, or another attempt has begun: this execution has nothing to do any more."""


class UnknownUploadError(Exception):
    """The uploads table has no such upload."""
