"""One simulated world: AWS, the functions, the workflow, EventBridge, in simulated time."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import import_module
from random import Random
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from functions.common.aws.errors import error_code
from shared.contracts.functions import FunctionName
from shared.contracts.objects import REPORTS_PREFIX
from shared.contracts.tables import BANKS, TRANSACTIONS, UPLOADS
from shared.infra.refs import BucketRef, FunctionRef, QueueRef, TableRef, TopicRef
from stacks.compute.trigger import pattern
from stacks.compute.workflow.definition import WorkflowParts, definition, large_definition
from tests.simulation import installation as names
from tests.simulation.aws.dynamodb import DynamoDB
from tests.simulation.aws.event_patterns import matches
from tests.simulation.aws.expressions import Item
from tests.simulation.aws.messaging import SNS, SQS, StepFunctions
from tests.simulation.aws.s3 import S3, StoredObject
from tests.simulation.executions import StateMachine
from tests.simulation.nemesis import InvokeFailure, Nemesis
from tests.simulation.processes import SDK_ATTEMPTS, SimulatedCalls
from tests.simulation.scheduler import KilledError, NotModeledError, Scheduler, Task
from tests.simulation.timeline import Timeline
from tests.simulation.workflow.errors import StateError
from tests.simulation.workflow.machine import Ended, Execution, Machine

TimedObserver = Callable[[Scheduler, str, Item | None, Item | None], None]
"""Sees every write to a table: when and by whom, where, the item before and after it."""
_LOOKING: Final = frozenset({"ReadUpload", "MarkFailed", "FindUpload"})
"""States that look for the upload. If one cannot, a dead letter is sent to be safe; the table decides on its worth."""
TIMEOUTS: Final[Mapping[str, float]] = {
    FunctionName.INTAKE: 29.0,
    FunctionName.DECLARATION: 29.0,
    FunctionName.STATUS: 29.0,
    FunctionName.VALIDATION: 60.0,
    FunctionName.LARGE_VALIDATION: 900.0,
    FunctionName.TRANSFORMATION: 60.0,
    FunctionName.NOTIFICATION: 30.0,
    FunctionName.LARGE_NOTIFICATION: 300.0,
    FunctionName.SWEEPER: 55.0,
}
"""Of the functions, in seconds (`stacks/compute/function_specs.py`; a test compares them)."""
CONCURRENCY: Final = 3
"""Ranges of a large report that are loaded at the same time."""
TTL_WITHIN: Final = 48 * 3600.0
"""Seconds within which DynamoDB deletes an expired item (its guide: "within a few days", usually two)."""
EXPECTED_ERRORS: Final = frozenset(
    {
        *("TemporaryError", "DeadlineExceededError", "SupersededError", "NotLoadedError", "ReportMissingError"),
        "SweepError",
        # What the nemesis makes of a call, where a function does not translate it.
        *("ConnectTimeoutError", "ReadTimeoutError"),
    }
)
"""Errors that a function may end with; any other is a defect."""

_INVOKE_ERRORS: Final = {
    InvokeFailure.THROTTLED: "Lambda.TooManyRequestsException",
    InvokeFailure.SERVICE: "Lambda.ServiceException",
    InvokeFailure.BROKEN: "Runtime.ImportModuleError",
}


@dataclass
class LambdaContext:
    """What Lambda passes beside the event."""

    aws_request_id: str
    ends: float
    scheduler: Scheduler

    def get_remaining_time_in_millis(self) -> int:
        """See Lambda."""
        return max(0, round((self.ends - self.scheduler.now) * 1000))


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """How an invocation ended; `error` is None if it returned."""

    value: Any = None
    error: str | None = None
    cause: str = ""


class World:
    """Everything that a seed determines. `defects` are what must never happen, found while the run goes on."""

    def __init__(self, seed: int | str, *, nemesis_ends: float, keep_timeline: bool, observe: TimedObserver) -> None:
        self.random = Random(f"{seed} functions")
        self.scheduler = Scheduler()
        self.nemesis = Nemesis(Random(f"{seed} nemesis"), ends=nemesis_ends)
        self.timeline = Timeline(kept=keep_timeline)
        self.defects: list[str] = []
        self.blind: set[str] = set()
        """ARNs of executions whose failure path found no upload, or could not look for one after all retries."""
        self._numbers = 0
        self._observe = observe
        self._ttl = Random(f"{seed} time to live")

        def calls(attempts: int, *, durable: bool = False) -> SimulatedCalls:
            run = (self.scheduler, self.nemesis, self.timeline, self.random)
            return SimulatedCalls(*run, attempts=attempts, durable=durable)

        sdk = calls(SDK_ATTEMPTS)
        tables = {names.UPLOADS_TABLE: UPLOADS, names.TRANSACTIONS_TABLE: TRANSACTIONS, names.BANKS_TABLE: BANKS}
        self.dynamodb = DynamoDB(sdk, tables, self._written)
        self.s3 = S3(
            sdk,
            (names.BUCKET,),
            epoch=names.EPOCH,
            stored=self._object_stored,
            now=lambda: self.scheduler.now,
            min_part_bytes=names.PART_BYTES,
        )
        self.bank_s3 = self.s3.called_by(calls(1))
        """S3 as a bank calls it by a link: without an SDK."""
        self.sns = SNS(sdk, (names.TOPIC_ARN,))
        self.sqs = SQS(sdk, (names.DEAD_LETTERS_URL, names.EVENT_DEAD_LETTERS_URL))
        self.small = self._machine(names.MACHINE_ARN, synthesized(), express=True)
        self.large = self._machine(names.LARGE_MACHINE_ARN, synthesized_large(), express=False)
        self._rules = dict(zip(rules(), (self.small, self.large), strict=True))
        self.states = StepFunctions(sdk, {names.MACHINE_ARN: self.small, names.LARGE_MACHINE_ARN: self.large})
        self._clients = {
            "dynamodb": self.dynamodb,
            "s3": self.s3,
            "sns": self.sns,
            "sqs": self.sqs,
            "stepfunctions": self.states,
        }
        self._integrations = {durable: self._called_by(calls(1, durable=durable)) for durable in (False, True)}

    def _called_by(self, service: SimulatedCalls) -> dict[str, Any]:
        """The clients of Step Functions itself."""
        used: dict[str, Any] = {"dynamodb": self.dynamodb, "s3": self.s3, "sns": self.sns, "sqs": self.sqs}
        return {name: client.called_by(service) for name, client in used.items()}

    def _machine(self, arn: str, text: str, *, express: bool) -> StateMachine:
        machine = Machine(text, self, self.scheduler, self.random)
        return StateMachine(arn, machine, self.scheduler, self, express=express)

    def _written(self, table: str, old: Item | None, new: Item | None) -> None:
        """Observe a write, and let Time To Live look at the item when it has expired."""
        self._observe(self.scheduler, table, old, new)
        expiry = self.dynamodb.tables[table].keys.expiry
        if new is None or expiry not in new or new[expiry] == (old or {}).get(expiry):
            return
        left = float(new[expiry]["N"]) - names.EPOCH.timestamp() - self.scheduler.now
        after = max(left, 0.0) + self._ttl.uniform(0, TTL_WITHIN)
        self.scheduler.spawn("time to live", lambda: self._expire(table, new), after=after)

    def _expire(self, table: str, item: Item) -> None:
        key = self.dynamodb.tables[table].keys.partition_key
        gone = self.dynamodb.expire(table, {key: item[key]}, self.scheduler.now, epoch=names.EPOCH.timestamp())
        self.note(f"expires {item[key]}", "deleted" if gone else "kept")

    def client(self, service: str) -> Any:
        """See `Sources.client`."""
        return self._clients[service]

    def utc_now(self) -> datetime:
        """See `Sources.utc_now`."""
        return names.EPOCH + timedelta(seconds=self.scheduler.now)

    def sleep(self, seconds: float) -> None:
        """See `Sources.sleep`."""
        self.scheduler.sleep(seconds)

    def note(self, what: str, result: object = "") -> None:
        """Add to the timeline what the current task does."""
        self.timeline.add(self.scheduler.now, self.scheduler.current.name, what, result)

    def invoke(self, function: str, event: Any) -> Invocation:
        """Invoke a function, and wait for it; it continues if the caller ends.

        Raises:
            KilledError: the caller ended.
        """
        self._numbers += 1
        seconds = TIMEOUTS[function]
        name = f"{function} {self._numbers}"
        context = LambdaContext(f"request-{self._numbers}", self.scheduler.now + seconds, self.scheduler)
        handle = import_module(f"functions.{FunctionName(function).folder}.handler").handle
        self.timeline.add(self.scheduler.now, name, "begins", event if self.timeline.kept else "")
        task = self.scheduler.spawn(name, lambda: handle(_copy(event), context), seconds=seconds, may_fail=Exception)
        task.attempt = event.get("attempt")
        self.scheduler.wait(task, None)
        return self._ended(function, task)

    def perform(self, execution: Execution, state: str, resource: str, parameters: Any) -> Any:
        """See `Platform.perform`."""
        service, _, operation = resource.removeprefix("arn:aws:states:::").removeprefix("aws-sdk:").partition(":")
        if (service, operation) == ("lambda", "invoke"):
            return self._invoked(parameters)
        method = {
            ("dynamodb", "updateItem"): "update_item",
            ("dynamodb", "getItem"): "get_item",
            ("s3", "getObject"): "get_object",
            ("s3", "putObject"): "put_object",
            ("sns", "publish"): "publish",
            ("sqs", "sendMessage"): "send_message",
        }.get((service, operation))
        if method is None:
            raise NotModeledError(f"{execution.name} {state}: {resource}")
        self.scheduler.current.attempt = parameters.get("ExpressionAttributeValues", {}).get(":attempt", {}).get("S")
        parameters = {
            name: json.dumps(value) if name in ("Message", "MessageBody") and not isinstance(value, str) else value
            for name, value in parameters.items()
        }
        try:
            result = getattr(self._integrations[execution.again is None][service], method)(**parameters)
        except (ClientError, BotoCoreError) as error:
            raise self._state_error(state, service, error) from error
        if state == "FindUpload" and "Item" not in result:
            self.blind.add(execution.arn)
        return {**result, "Body": result["Body"].read().decode()} if method == "get_object" else result

    def _state_error(self, state: str, service: str, error: Exception) -> StateError:
        prefix = {"dynamodb": "DynamoDB", "s3": "S3", "sns": "SNS", "sqs": "SQS"}[service]
        code = error_code(error) if isinstance(error, ClientError) else "SdkClientException"
        if code == "ValidationException":
            self.defects.append(f"state {state}: {error}")
        return StateError(f"{prefix}.{code}", str(error))

    def gave_up(self, execution: Execution, state: str, error: StateError) -> None:
        """See `Platform.gave_up`."""
        if state in _LOOKING and error.name != "DynamoDB.ConditionalCheckFailedException":
            self.blind.add(execution.arn)

    def runs_of_child(self) -> list[float]:
        """See `Platform.runs_of_child`."""
        return self.nemesis.runs_of_child()

    def child_failed(self, execution: Execution, error: StateError) -> None:
        """See `Platform.child_failed`."""
        self.execution_ended(execution, Ended(state="-", error=error.name, cause=error.cause))

    def time(self) -> str:
        """See `Platform.time`."""
        return self.utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def entered(self, execution: Execution, state: str) -> None:
        """See `Platform.entered`."""
        self.scheduler.sleep(0.002 + self.nemesis.stall())
        if self.timeline.kept:
            self.note(f"state {state}")
        if execution.again is not None and self.nemesis.restarts():
            after = self.random.uniform(0, 5)
            self.note(f"[RESTARTED in {after:.1f} s]")
            execution.again(after)
            for each in execution.tasks:
                if each is not self.scheduler.current:
                    self.scheduler.kill(each)
            raise KilledError("restarted")

    def execution_began(self, execution: Execution) -> None:
        """See `executions.Observer`."""
        self.note("execution begins", execution.input if self.timeline.kept else "")

    def execution_ended(self, execution: Execution, ended: Ended) -> None:
        """See `executions.Observer`."""
        if ended.error in ("States.Runtime", "States.DataLimitExceeded", "States.NoChoiceMatched"):
            self.defects.append(f"execution {execution.name}: {ended.error}: {ended.cause}")
        self.note("execution ends", ended)

    def _invoked(self, parameters: Any) -> Any:
        function = parameters["FunctionName"].rpartition(":")[2]
        failure = self.nemesis.invoke_fails(FunctionName(function).folder, self.scheduler.now)
        self.scheduler.sleep(0.003)
        if failure in _INVOKE_ERRORS:
            self.note(f"[{_INVOKE_ERRORS[failure]}] invoke {function}")
            raise StateError(_INVOKE_ERRORS[failure], "the nemesis")
        invocation = self.invoke(function, parameters["Payload"])
        if failure is InvokeFailure.UNKNOWN_AFTER:
            self.note(f"[Lambda.Unknown] invoke {function}: its answer is lost")
            raise StateError("Lambda.Unknown", "the nemesis")
        if invocation.error is not None:
            raise StateError(invocation.error, invocation.cause)
        return {"ExecutedVersion": "$LATEST", "Payload": invocation.value, "StatusCode": 200}

    def _ended(self, function: str, task: Task) -> Invocation:
        error = task.error
        self.timeline.add(self.scheduler.now, task.name, "ends", error or task.value)
        if error is None:
            return Invocation(value=_copy(task.value))
        if isinstance(error, KilledError):
            late = task.deadline is not None and self.scheduler.now >= task.deadline
            return Invocation(error="Sandbox.Timedout" if late else "Runtime.ExitError", cause=str(error))
        name = type(error).__name__
        if name not in EXPECTED_ERRORS:
            self.defects.append(f"function {function}: {name}: {error}")
        return Invocation(error=name, cause=json.dumps({"errorType": name, "errorMessage": str(error)}))

    def _object_stored(self, bucket: str, stored: StoredObject) -> None:
        if not stored.key.startswith(REPORTS_PREFIX):
            return
        event = _object_created(bucket, stored, self.time())
        self._numbers += 1
        deliveries = self.nemesis.deliveries()
        if not deliveries:
            queue = self.sqs.queues[names.EVENT_DEAD_LETTERS_URL]
            queue.put(json.dumps(event), self.scheduler.now)
        (machine,) = [each for rule, each in self._rules.items() if matches(json.loads(rule), event)]
        for copy, delay in enumerate(deliveries):
            machine.start(f"event-{self._numbers}-{copy}", event, after=delay)


@cache
def rules() -> tuple[str, str]:
    """The patterns of the events that start the workflow for small reports, and that for large ones."""
    bucket = BucketRef(name=names.BUCKET, arn=f"arn:aws:s3:::{names.BUCKET}")
    return pattern(bucket, "<="), pattern(bucket, ">")


@cache
def synthesized() -> str:
    """The workflow's definition, as the compute stack deploys it."""
    return definition(_parts(FunctionName.VALIDATION, FunctionName.NOTIFICATION))


@cache
def synthesized_large() -> str:
    """The same for large reports."""
    return large_definition(
        _parts(FunctionName.LARGE_VALIDATION, FunctionName.LARGE_NOTIFICATION), concurrency=CONCURRENCY
    )


def _parts(validation: FunctionName, notification: FunctionName) -> WorkflowParts:
    def function(name: FunctionName) -> FunctionRef:
        arn = f"arn:aws:lambda:{names.REGION}:{names.ACCOUNT}:function:{name}"
        return FunctionRef(name=name, arn=arn, invoke_arn=arn)

    return WorkflowParts(
        validation=function(validation),
        transformation=function(FunctionName.TRANSFORMATION),
        notification=function(notification),
        uploads=TableRef(name=names.UPLOADS_TABLE, arn="arn:aws:dynamodb:::uploads"),
        outcomes=TopicRef(name="outcomes", arn=names.TOPIC_ARN),
        dead_letters=QueueRef(name="dead-letters", arn="arn:aws:sqs:::dead-letters", url=names.DEAD_LETTERS_URL),
    )


def _object_created(bucket: str, stored: StoredObject, time: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": sha256(f"{stored.key} {time}".encode()).hexdigest()[:32],
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": names.ACCOUNT,
        "time": time,
        "region": names.REGION,
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {"key": stored.key, "size": len(stored.content), "etag": stored.etag.strip('"')},
            "reason": "PutObject",
        },
    }


def _copy(value: Any) -> Any:
    """What arrives at the other side of JSON."""
    return json.loads(json.dumps(value))
