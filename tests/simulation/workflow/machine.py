"""Runs an execution of the state machine, state by state."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, NoReturn, Protocol

from tests.simulation.scheduler import NotModeledError, Scheduler, Task
from tests.simulation.workflow.errors import StateError, UncatchableError
from tests.simulation.workflow.map_run import MAX_CHILDREN, Child, MapRun
from tests.simulation.workflow.templates import PathError, exists, put, reader, resolve

_COMMON: Final = {"Type", "Comment", "Next", "End"}
_TRIED: Final = {"Retry", "Catch"}
_FIELDS: Final = {
    "Task": _COMMON
    | _TRIED
    | {"Resource", "Parameters", "ResultSelector", "ResultPath", "OutputPath", "InputPath", "TimeoutSeconds"},
    "Map": _COMMON
    | _TRIED
    | {"ItemsPath", "ItemSelector", "MaxConcurrency", "ItemProcessor", "ResultSelector", "ResultPath", "OutputPath"}
    | {"Label", "ItemReader", "ResultWriter", "ToleratedFailureCount", "ToleratedFailurePercentage"},
    "Pass": _COMMON | {"Result", "Parameters", "ResultPath", "OutputPath", "InputPath"},
    "Choice": {"Type", "Comment", "Choices", "Default", "InputPath", "OutputPath"},
    "Succeed": {"Type", "Comment", "InputPath", "OutputPath"},
    "Fail": {"Type", "Comment", "Error", "Cause", "ErrorPath", "CausePath"},
}
_RETRIER: Final = {
    *("ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "JitterStrategy", "Comment"),
}
_CATCHER: Final = {"ErrorEquals", "ResultPath", "Next", "Comment"}
_MAX_PAYLOAD_BYTES: Final = 262_144
_INLINE: Final = {"Mode": "INLINE"}
_DISTRIBUTED: Final = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
_ONLY_DISTRIBUTED: Final = {
    *("Label", "ItemReader", "ResultWriter", "ToleratedFailureCount", "ToleratedFailurePercentage"),
}
_READER: Final = "arn:aws:states:::s3:getObject"
_WRITER: Final = "arn:aws:states:::s3:putObject"
EXPRESS_SECONDS: Final = 300.0
"""After which Step Functions ends an Express execution (quota)."""

Data = Any
"""JSON."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How an execution ended; `error` is None if it succeeded."""

    state: str
    error: str | None = None
    cause: str | None = None


@dataclass(eq=False, kw_only=True)
class Execution:
    """One run. `tasks` are its own and those of its maps' iterations: they end together."""

    arn: str
    name: str
    input: Data
    started: str
    tasks: list[Task] = field(default_factory=list)
    again: Callable[[float], None] | None = None
    """Runs it again from its beginning, after some seconds; None for a Standard execution, which runs once."""


class Platform(Protocol):
    """What the state machine works with."""

    def perform(self, execution: Execution, state: str, resource: str, parameters: Data) -> Data:
        """Perform a Task.

        Raises:
            StateError: it failed.
        """
        ...

    def runs_of_child(self) -> list[float]:
        """After how many seconds each run of a Map's child begins: one, or several."""
        ...

    def child_failed(self, execution: Execution, error: StateError) -> None:
        """Called when a run of a Map's child has failed."""
        ...

    def gave_up(self, execution: Execution, state: str, error: StateError) -> None:
        """Called when no Retry is left for a state's error, before Catch."""
        ...

    def time(self) -> str:
        """The current time, as Step Functions writes it."""
        ...

    def entered(self, execution: Execution, state: str) -> None:
        """Called at each state: time passes here, and the execution can be killed."""
        ...


class Machine:
    """A state machine."""

    def __init__(self, definition: str, platform: Platform, scheduler: Scheduler, random: Random) -> None:
        self._definition = json.loads(definition)
        self._platform = platform
        self._scheduler = scheduler
        self._random = random
        _check(self._definition)

    @property
    def seconds(self) -> float | None:
        """How long an execution may take, if the definition says it."""
        limit = self._definition.get("TimeoutSeconds")
        return None if limit is None else float(limit)

    def run(self, execution: Execution) -> Ended:
        """Run an execution to its end."""
        try:
            return self._run(self._definition, execution, execution.input, _context(execution))[1]
        except StateError as error:
            return Ended(state="-", error=error.name, cause=error.cause)

    def _run(self, machine: Data, execution: Execution, data: Data, context: Data) -> tuple[Data, Ended]:
        name = machine["StartAt"]
        while True:
            state = machine["States"][name]
            self._platform.entered(execution, name)
            own = {**context, "State": {"Name": name, "EnteredTime": self._platform.time(), "RetryCount": 0}}
            try:
                data, following = self._step(name, state, execution, data, own)
            except PathError as error:
                raise UncatchableError("States.Runtime", f"{name}: {error}") from error
            if following is None:
                return data, Ended(state=name)
            name = following

    def _step(self, name: str, state: Data, execution: Execution, data: Data, context: Data) -> tuple[Data, str | None]:
        raw, data = data, _at(state, "InputPath", data, context)
        kind = state["Type"]
        if kind == "Succeed":
            return data, None
        if kind == "Fail":
            _fail(state, data, context)
        if kind == "Choice":
            return data, self._choose(name, state, data, context)
        if kind == "Pass":
            result = state["Result"] if "Result" in state else resolve(state.get("Parameters"), data, context)
            if "Result" not in state and "Parameters" not in state:
                result = data
            return self._output(state, raw, result, context), state.get("Next")
        work: Callable[[], Data]
        if kind == "Map":

            def work() -> Data:
                if state["ItemProcessor"]["ProcessorConfig"] == _INLINE:
                    return self._map(name, state, execution, data, context)
                return self._distributed_map(name, state, execution, data, context)
        else:

            def work() -> Data:
                return self._task(name, state, execution, data, context)

        return self._tried(state, raw, context, work, lambda error: self._platform.gave_up(execution, name, error))

    def _choose(self, name: str, state: Data, data: Data, context: Data) -> str:
        for choice in state["Choices"]:
            if _holds(choice, data, context):
                return str(choice["Next"])
        if "Default" not in state:
            raise StateError("States.NoChoiceMatched", name)
        return str(state["Default"])

    def _tried(
        self, state: Data, raw: Data, context: Data, work: Callable[[], Data], gave_up: Callable[[StateError], None]
    ) -> tuple[Data, str | None]:
        """Run a state under its Retry and Catch. A ResultPath adds to the raw input, whatever InputPath selects."""
        tries: dict[int, int] = {}
        while True:
            try:
                return self._output(state, raw, work(), context), state.get("Next")
            except UncatchableError:
                raise
            except StateError as error:
                delay = self._retry_delay(state.get("Retry", []), tries, error)
                if delay is None:
                    gave_up(error)
                    return self._catch(state, raw, error)
                self._scheduler.sleep(delay)

    def _retry_delay(self, retriers: Sequence[Data], tries: dict[int, int], error: StateError) -> float | None:
        for number, retrier in enumerate(retriers):
            if not _matches(retrier["ErrorEquals"], error):
                continue
            done = tries.get(number, 0)
            if done >= retrier.get("MaxAttempts", 3):
                return None
            tries[number] = done + 1
            delay = retrier.get("IntervalSeconds", 1) * float(retrier.get("BackoffRate", 2.0)) ** done
            delay = min(delay, retrier.get("MaxDelaySeconds", delay))
            return self._random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay
        return None

    def _catch(self, state: Data, raw: Data, error: StateError) -> tuple[Data, str]:
        for catcher in state.get("Catch", []):
            if _matches(catcher["ErrorEquals"], error):
                result = {"Error": error.name, "Cause": error.cause}
                return put(catcher.get("ResultPath", "$"), raw, result), str(catcher["Next"])
        raise error

    def _task(self, name: str, state: Data, execution: Execution, data: Data, context: Data) -> Data:
        parameters = resolve(state.get("Parameters", data), data, context)
        _limit(parameters)
        result = self._performed(name, state, execution, parameters)
        _limit(result)
        return result

    def _performed(self, name: str, state: Data, execution: Execution, parameters: Data) -> Data:
        limit = state.get("TimeoutSeconds")
        if limit is None:
            return self._platform.perform(execution, name, state["Resource"], parameters)
        until = self._scheduler.now + limit
        call = self._scheduler.spawn(
            f"{execution.name} {name}",
            lambda: self._platform.perform(execution, name, state["Resource"], parameters),
            may_fail=StateError,
        )
        if not self._scheduler.wait(call, until):
            raise StateError("States.Timeout", f"{name}: no answer within {limit} s")
        if call.error is not None:
            raise call.error
        return call.value

    def _map(self, name: str, state: Data, execution: Execution, data: Data, context: Data) -> Data:
        items = reader(state.get("ItemsPath", "$"))(data, context)
        results: list[Data] = [None] * len(items)
        left = list(enumerate(items))[::-1]

        def work() -> None:
            while left:
                index, item = left.pop()
                own = {**context, "Map": {"Item": {"Index": index, "Value": item}}}
                given = resolve(state["ItemSelector"], data, own) if "ItemSelector" in state else item
                results[index], _ = self._run(state["ItemProcessor"], execution, given, own)

        slots = min(state.get("MaxConcurrency") or len(items), len(items))
        tasks = self._spawn(f"{execution.name} {name}", work, slots)
        execution.tasks.extend(tasks)
        failed = self._first_failure(tasks)
        if failed is not None:
            left.clear()
            for each in tasks:
                self._scheduler.kill(each)
            raise failed
        return results

    def _distributed_map(self, name: str, state: Data, execution: Execution, data: Data, context: Data) -> Data:
        items = self._items(name, state, execution, data, context)
        children: list[Child] = []
        for index, item in enumerate(items):
            own = {**context, "Map": {"Item": {"Index": index, "Value": item}}}
            given = resolve(state["ItemSelector"], data, own) if "ItemSelector" in state else item
            _limit(given)
            children.append(Child(name=f"{execution.name} {name}/{index}", given=given))

        def start(child: Child) -> None:
            for after in self._platform.runs_of_child():
                self._run_child(state, execution, child, after)

        results = MapRun(
            scheduler=self._scheduler,
            random=self._random,
            start=start,
            slots=state.get("MaxConcurrency") or MAX_CHILDREN,
            tolerated=_tolerated(state, len(children)),
        ).run(children)
        if "ResultWriter" in state:
            return self._written(
                state, execution, name, resolve(state["ResultWriter"]["Parameters"], data, context), results
            )
        _limit(results)
        return results

    def _items(self, name: str, state: Data, execution: Execution, data: Data, context: Data) -> Sequence[Data]:
        """What the Map is to run, out of JSON Lines in S3 or the state's input."""
        if "ItemReader" not in state:
            items: Sequence[Data] = reader(state.get("ItemsPath", "$"))(data, context)
            return items
        given = state["ItemReader"]
        try:
            found = self._platform.perform(
                execution, name, given["Resource"], resolve(given["Parameters"], data, context)
            )
            return [json.loads(line) for line in found["Body"].split("\n") if line]
        except (StateError, ValueError) as error:
            raise StateError("States.ItemReaderFailed", f"{name}: {error}") from error

    def _run_child(self, state: Data, parent: Execution, child: Child, after: float) -> None:
        """Start a run of a child: an Express execution with its own id and times."""
        label = state.get("Label", "map")
        arn = f"{parent.arn.rpartition(':')[0]}/{label}:{child.name}-{len(child.runs)}"
        execution = Execution(arn=arn, name=child.name, input=child.given, started="")
        execution.again = lambda later: self._restart_child(state, parent, child, execution, later)

        def work() -> Data:
            execution.started = self._platform.time()
            try:
                return self._run(state["ItemProcessor"], execution, child.given, _context(execution))[0]
            except StateError as error:
                self._platform.child_failed(execution, error)
                raise

        task = self._scheduler.spawn(child.name, work, after=after, seconds=EXPRESS_SECONDS, may_fail=StateError)
        execution.tasks.append(task)
        child.runs.append(task)

    def _restart_child(self, state: Data, parent: Execution, child: Child, run: Execution, after: float) -> None:
        child.restarted.update(run.tasks)
        self._run_child(state, parent, child, after)

    def _written(self, state: Data, execution: Execution, name: str, given: Data, results: Sequence[Data]) -> Data:
        """Let the ResultWriter store the results; the Map's output is where they are."""
        run = f"{self._random.getrandbits(64):016x}"
        place = {"Bucket": given["Bucket"], "Key": f"{given['Prefix']}/{run}/manifest.json"}
        try:
            self._platform.perform(execution, name, _WRITER, {**place, "Body": json.dumps(results).encode()})
        except StateError as error:
            raise StateError("States.ResultWriterFailed", f"{name}: {error}") from error
        return {"MapRunArn": f"{execution.arn}/{state.get('Label', 'map')}:{run}", "ResultWriterDetails": place}

    def _spawn(self, name: str, work: Callable[[], None], slots: int) -> list[Task]:
        """Tasks that end with the execution at the latest."""
        deadline = self._scheduler.current.deadline
        seconds = None if deadline is None else max(deadline - self._scheduler.now, 0.0)
        return [
            self._scheduler.spawn(f"{name}[{slot}]", work, seconds=seconds, may_fail=StateError)
            for slot in range(slots)
        ]

    def _first_failure(self, tasks: Sequence[Task]) -> BaseException | None:
        """Wait for tasks until all have ended, or one has failed."""
        while True:
            failed = [each.error for each in tasks if each.done and each.error is not None]
            if failed:
                return failed[0]
            open_ = [each for each in tasks if not each.done]
            if not open_:
                return None
            # Looks at the others, too, whenever one ends: a failure ends the Map at once.
            self._scheduler.wait_any(open_)

    def _output(self, state: Data, raw: Data, result: Data, context: Data) -> Data:
        if "ResultSelector" in state:
            result = resolve(state["ResultSelector"], result, context)
        return _at(state, "OutputPath", put(state.get("ResultPath", "$"), raw, result), context)


def _context(execution: Execution) -> Data:
    return {
        "Execution": {
            "Id": execution.arn,
            "Input": execution.input,
            "Name": execution.name,
            "StartTime": execution.started,
        },
        "StateMachine": {"Id": execution.arn.rpartition(":")[0], "Name": execution.arn.split(":")[-2]},
    }


def _tolerated(state: Data, children: int) -> float:
    """How many children of a Map may fail."""
    share = state.get("ToleratedFailurePercentage")
    limits = [state.get("ToleratedFailureCount"), None if share is None else children * share / 100]
    return min((each for each in limits if each is not None), default=0)


def _at(state: Data, name: str, data: Data, context: Data) -> Data:
    path = state.get(name, "$")
    if path is None:
        return {}
    return data if path == "$" else reader(path)(data, context)


def _fail(state: Data, data: Data, context: Data) -> NoReturn:
    error = reader(state["ErrorPath"])(data, context) if "ErrorPath" in state else state.get("Error", "")
    cause = reader(state["CausePath"])(data, context) if "CausePath" in state else state.get("Cause", "")
    raise StateError(error, cause)


def _matches(names: Sequence[str], error: StateError) -> bool:
    if error.name in names or "States.ALL" in names:
        return True
    return "States.TaskFailed" in names and error.name != "States.Timeout"


_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "StringEquals": lambda value, wanted: isinstance(value, str) and value == wanted,
    "NumericEquals": lambda value, wanted: isinstance(value, int | float) and value == wanted,
    "NumericGreaterThan": lambda value, wanted: isinstance(value, int | float) and value > wanted,
    "BooleanEquals": lambda value, wanted: isinstance(value, bool) and value is wanted,
    "IsNull": lambda value, wanted: (value is None) is wanted,
    "IsString": lambda value, wanted: isinstance(value, str) is wanted,
}


def _holds(rule: Data, data: Data, context: Data) -> bool:
    if "And" in rule:
        return all(_holds(each, data, context) for each in rule["And"])
    if "Or" in rule:
        return any(_holds(each, data, context) for each in rule["Or"])
    if "Not" in rule:
        return not _holds(rule["Not"], data, context)
    ((operator, wanted),) = [each for each in rule.items() if each[0] not in ("Variable", "Next", "Comment")]
    if operator == "IsPresent":
        return exists(rule["Variable"], data, context) is wanted
    if operator not in _OPERATORS:
        raise NotModeledError(f"Choice with {operator}")
    return _OPERATORS[operator](reader(rule["Variable"])(data, context), wanted)


def _limit(data: Data) -> None:
    if len(json.dumps(data)) > _MAX_PAYLOAD_BYTES:
        raise UncatchableError("States.DataLimitExceeded", "more than 256 KiB")


def _check(machine: Data) -> None:
    """Everything in the definition must be known here."""
    if unknown := set(machine) - {"Comment", "StartAt", "States", "ProcessorConfig", "TimeoutSeconds"}:
        raise NotModeledError(f"state machine with {sorted(unknown)}")
    for name, state in machine["States"].items():
        if state["Type"] not in _FIELDS or (unknown := set(state) - _FIELDS[state["Type"]]):
            raise NotModeledError(f"state {name}: {state['Type']} {sorted(set(state))}")
        for retrier in state.get("Retry", []):
            if unknown := set(retrier) - _RETRIER:
                raise NotModeledError(f"state {name}: Retry with {sorted(unknown)}")
        for catcher in state.get("Catch", []):
            if unknown := set(catcher) - _CATCHER:
                raise NotModeledError(f"state {name}: Catch with {sorted(unknown)}")
        if state["Type"] == "Map":
            _check_map(name, state)
            _check(state["ItemProcessor"])


def _check_map(name: str, state: Data) -> None:
    config = state["ItemProcessor"].get("ProcessorConfig")
    if config not in (_INLINE, _DISTRIBUTED):
        raise NotModeledError(f"state {name}: a Map with {config}")
    if config == _INLINE and (unknown := _ONLY_DISTRIBUTED & set(state)):
        raise NotModeledError(f"state {name}: an INLINE Map with {sorted(unknown)}")
    given = state.get("ItemReader")
    if given and (given.get("Resource"), given.get("ReaderConfig")) != (_READER, {"InputType": "JSONL"}):
        raise NotModeledError(f"state {name}: ItemReader {given}")
    if "ResultWriter" in state and state["ResultWriter"].get("Resource") != _WRITER:
        raise NotModeledError(f"state {name}: ResultWriter {state['ResultWriter']}")
