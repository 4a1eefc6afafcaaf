"""Error names on which the functions and the workflow's Retry agree.

Step Functions identifies a Python function's error by the name of the exception's class.
"""

from typing import Final

TEMPORARY_ERROR: Final = "TemporaryError"
"""Name of `functions.common.errors.TemporaryError`: AWS throttled a call or was briefly down, so a retry can help.

Every other exception of a function is permanent and goes to Catch at once.
"""
DEADLINE_ERROR: Final = "DeadlineExceededError"
"""Name of `functions.common.errors.DeadlineExceededError`: the execution has no time left for a retry."""
RANGE_FAILED: Final = "States.ExceedToleratedFailureThreshold"
"""Step Functions' name: a range of a large report failed, and so its Map. The range's own error is not passed on."""
REPORT_MISSING: Final = "ReportMissingError"
"""The upload's report is not in the bucket: it was never stored, or has been deleted."""
STUCK: Final = "StuckError"
"""The upload made no progress, although the sweeper restarted it."""
