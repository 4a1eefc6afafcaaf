"""Calls of AWS made by simulated processes: they take time, others run in between, and the nemesis interferes."""

from collections.abc import Callable
from random import Random
from typing import Any, Final

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from functions.common.aws.errors import error_code
from tests.simulation.aws.calls import Call, Moment
from tests.simulation.aws.errors import client_error
from tests.simulation.nemesis import Failure, Nemesis
from tests.simulation.scheduler import KilledError, Scheduler
from tests.simulation.timeline import Timeline

SDK_ATTEMPTS: Final = 3
"""Of one call, by botocore (`functions/common/aws/clients.py`)."""
CONNECT_SECONDS: Final = 1.0
READ_SECONDS: Final = 4.0
_LATEST: Final = 8.0
"""Seconds after which a request that was given up may still be served."""
_THROTTLED: Final = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "s3": "SlowDown",
    "sns": "ThrottlingException",
    "sqs": "RequestThrottled",
    "states": "ThrottlingException",
}
_UNAVAILABLE: Final = {"dynamodb": "InternalServerError", "s3": "InternalError"}
_RETRIED: Final = frozenset(
    {
        *("InternalError", "InternalServerError", "ProvisionedThroughputExceededException", "RequestThrottled"),
        *("ServiceUnavailable", "SlowDown", "Throttling", "ThrottlingException"),
    }
)


_SURVIVED: Final = {Failure.KILLED_BEFORE: Failure.UNAVAILABLE, Failure.KILLED_AFTER: Failure.UNAVAILABLE_AFTER}
"""What a failure is to a caller that does not end."""


class SimulatedCalls:
    """Makes calls of the task that runs."""

    def __init__(
        self,
        scheduler: Scheduler,
        nemesis: Nemesis,
        timeline: Timeline,
        random: Random,
        *,
        attempts: int,
        durable: bool = False,
    ) -> None:
        """Make them.

        Args:
            scheduler: of the run.
            nemesis: of the run.
            timeline: of the run.
            random: of the run.
            attempts: of a call, as an SDK makes them; 1 for a service that calls by itself.
            durable: whether they are made by what cannot be killed, a Standard execution.
        """
        self._scheduler = scheduler
        self._nemesis = nemesis
        self._timeline = timeline
        self._random = random
        self._attempts = attempts
        self._durable = durable

    def make(self, call: Call, deed: Callable[[Moment], Any]) -> Any:
        """See `Calls.make`."""
        for number in range(1, self._attempts + 1):
            try:
                return self._once(call, deed)
            except (ClientError, ConnectTimeoutError, ReadTimeoutError) as error:
                if number == self._attempts or not _is_retried(error):
                    raise
            self._scheduler.sleep(self._random.random() * 2 ** (number - 1))
        raise AssertionError

    def _once(self, call: Call, deed: Callable[[Moment], Any]) -> Any:
        scheduler, nemesis = self._scheduler, self._nemesis
        scheduler.sleep(nemesis.stall() + nemesis.latency(call, scheduler.now))
        failure = nemesis.fails(call, scheduler.now, integrated=self._attempts == 1)
        if self._durable and failure:
            failure = _SURVIVED.get(failure, failure)
        if failure is None:
            result = self._serve(call, deed, "")
            scheduler.sleep(nemesis.latency(call, scheduler.now))
            if isinstance(result, BaseException):
                raise result
            return result
        return self._fail(call, deed, failure)

    def _fail(self, call: Call, deed: Callable[[Moment], Any], failure: Failure) -> Any:
        scheduler = self._scheduler
        url = f"https://{call.service}"
        if failure in (Failure.LOST, Failure.UNAVAILABLE_AFTER, Failure.KILLED_AFTER):
            self._serve(call, deed, f"[{failure.name}] ")
        else:
            self._timeline.add(scheduler.now, scheduler.current.name, f"[{failure.name}] {_text(call)}")
        match failure:
            case Failure.THROTTLED:
                raise client_error(_THROTTLED[call.service], call.operation)
            case Failure.UNAVAILABLE | Failure.UNAVAILABLE_AFTER:
                raise client_error(_UNAVAILABLE.get(call.service, "ServiceUnavailable"), call.operation, status=503)
            case Failure.UNREACHABLE:
                scheduler.sleep(CONNECT_SECONDS)
                raise ConnectTimeoutError(endpoint_url=url)
            case Failure.LATE:
                after = READ_SECONDS + self._random.uniform(0, _LATEST)
                name, attempt = f"late: {scheduler.current.name}", scheduler.current.attempt
                scheduler.spawn(name, lambda: self._serve(call, deed, ""), after=after).attempt = attempt
            case Failure.KILLED_BEFORE | Failure.KILLED_AFTER:
                raise KilledError("killed")
        scheduler.sleep(READ_SECONDS)
        raise ReadTimeoutError(endpoint_url=url)

    def _serve(self, call: Call, deed: Callable[[Moment], Any], note: str) -> Any:
        """Do what the call is for; an error of AWS is returned."""
        moment = Moment(now=self._scheduler.now, lag=self._nemesis.lag(), spoil=self._nemesis.spoils)
        try:
            result = deed(moment)
        except ClientError as error:
            result = error
        shown = error_code(result) if isinstance(result, ClientError) else result
        self._timeline.add(self._scheduler.now, self._scheduler.current.name, f"{note}{_text(call)}", shown)
        return result


def _text(call: Call) -> str:
    return f"{call.service}.{call.operation} {call.target}"


def _is_retried(error: Exception) -> bool:
    return not isinstance(error, ClientError) or error_code(error) in _RETRIED
