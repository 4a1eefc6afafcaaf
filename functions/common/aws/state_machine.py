"""The workflows in Step Functions."""

import json
import logging
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from shared.contracts.uploads import is_large
from shared.contracts.workflow import Start

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

_log = logging.getLogger(__name__)


class StateMachines:
    """Implements `Workflow` with the state machine for small reports, and that for large ones."""

    def __init__(self, client: "SFNClient", *, small: str, large: str) -> None:
        """Remember where executions are started.

        Args:
            client: Step Functions.
            small: ARN of the state machine for reports that fit in one request.
            large: ARN of that for larger ones.
        """
        self._client = client
        self._small = small
        self._large = large

    def start(self, start: Start, *, name: str) -> None:
        """See `Workflow.start`. Express runs a second execution of the same name; Standard does not."""
        arn = self._large if is_large(start["detail"]["object"]["size"]) else self._small
        try:
            with aws_errors("start the workflow"):
                self._client.start_execution(stateMachineArn=arn, name=name, input=json.dumps(start))
        except self._client.exceptions.ExecutionAlreadyExists:
            _log.info("the execution has been started before", extra={"fields": {"execution_name": name}})
