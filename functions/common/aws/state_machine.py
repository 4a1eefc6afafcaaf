"""The workflow in Step Functions."""

import json
import logging
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from shared.contracts.workflow import Start

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

_log = logging.getLogger(__name__)


class StateMachine:
    """Implements `Workflow`."""

    def __init__(self, client: "SFNClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    def start(self, start: Start, *, name: str) -> None:
        """See `Workflow.start`. Express runs a second execution of the same name; Standard does not."""
        try:
            with aws_errors("start the workflow"):
                self._client.start_execution(stateMachineArn=self._arn, name=name, input=json.dumps(start))
        except self._client.exceptions.ExecutionAlreadyExists:
            _log.info("the execution has been started before", extra={"fields": {"execution_name": name}})
