"""Lambda entry of the sweeper, which EventBridge calls each minute."""

import logging
from typing import Any

from functions.common.logs import LambdaContext, invocation

_log = logging.getLogger(__name__)


def handle(_event: dict[str, Any], context: LambdaContext) -> None:
    """Look after uploads that are stuck."""
    with invocation(context):
        _log.info("nothing to do yet")
