"""Error names on which the functions and the workflow's Retry agree.

Step Functions knows a Python function's error by the name of the exception's class.
"""

from typing import Final

TEMPORARY_ERROR: Final = "TemporaryError"
"""Name of `functions.common.aws.errors.TemporaryError`: AWS throttled or was briefly out of order, so trying again helps.

Every other exception of a function is permanent: it goes to Catch at once.
"""
