"""Error names on which the functions and the workflow's Retry agree.

Step Functions identifies a Python function's error by the name of the exception's class.
"""

from typing import Final

TEMPORARY_ERROR: Final = "TemporaryError"
"""Name of `functions.common.errors.TemporaryError`: AWS throttled a call or was briefly down, so a retry can help.

Every other exception of a function is permanent and goes to Catch at once.
"""
