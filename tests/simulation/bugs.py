"""Planted bugs: small mistakes that a programmer could make. Each breaks the law, and the simulation must find it."""

# pylint: disable=protected-access  # what a bug replaces is mostly private

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from unittest.mock import patch

from functions.common import attempts
from functions.common.aws import parts, uploads_table
from functions.common.aws.state_machine import StateMachines
from functions.common.aws.uploads_table import UploadsTable
from functions.common.restarts import Restarts
from functions.common.times import timestamp
from functions.common.uploads import upload_id_of
from functions.declaration.declaration import Declarations
from functions.intake.intake import Intake
from functions.notification.notification import Notification, _outcome
from functions.report.result.ranges import RangeCutter
from functions.sweeper.sweeper import Sweeper
from functions.transformation import loader, transactions_table, transformation
from functions.transformation.loader import Loader
from functions.transformation.stored_transactions import StoredTransaction, Written
from functions.transformation.tally import Tally
from functions.transformation.transactions_table import DynamoDBTransactions
from functions.validation import validation
from functions.validation.validation import Validation
from shared.contracts.uploads import PREDECESSORS, STUCK_AFTER, UNFINISHED, UploadStatus
from tests.simulation import world
from tools.operations.uploads import reruns
from tools.operations.uploads.reruns import Action

Plant = Callable[[], AbstractContextManager[object]]

_ALWAYS: Final = "(attribute_exists(#status) OR attribute_not_exists(#status))"


@dataclass(frozen=True, kw_only=True)
class Bug:
    """One bug, and how it is planted."""

    name: str
    description: str
    plant: Plant
    unseen: str = ""
    """Why no seed has found it, as far as is known."""


def _method(owner: Any, name: str, made: Callable[..., Any]) -> Plant:
    """Replace a method or function; `made` gets the original first."""
    original = getattr(owner, name)
    return lambda: patch.object(owner, name, lambda *args, **kwargs: made(original, *args, **kwargs))


def _definition(change: Callable[[dict[str, Any]], None]) -> Plant:
    """Change the states of the synthesized definition."""

    @contextmanager
    def plant() -> Any:
        definition = json.loads(world.synthesized())
        change(definition["States"])
        text = json.dumps(definition)
        with patch.object(world, "synthesized", lambda: text):
            yield

    return plant


def _begin(_original: Any, self: UploadsTable, upload: Any) -> bool:
    return _put_always(self, upload)


def _take_over(_original: Any, self: UploadsTable, upload: Any, *, known: Any) -> bool:
    del known
    return _put_always(self, upload)


def _put_always(table: UploadsTable, upload: Any) -> bool:
    return table._put(upload, f"{_ALWAYS} OR #status = :none", {":none": {"S": "-"}})


def _mark_notified(_original: Any, self: UploadsTable, upload_id: str, *_: Any, at: str) -> bool:
    return self._update(
        "record the notification",
        upload_id,
        update="SET notified_at = :at REMOVE sweep, due_at",
        condition=_ALWAYS,
        names={"#status": "status"},
        values={":at": {"S": at}},
    )


def _complete_whatever_was_replaced(original: Any, self: UploadsTable, *args: Any, **changes: Any) -> bool:
    changes.pop("if_replaced", None)
    written: bool = original(self, *args, **changes)
    return written


def _failed_after_completed(states: dict[str, Any]) -> None:
    parameters = states["MarkFailed"]["Parameters"]
    parameters["ConditionExpression"] = parameters["ConditionExpression"].replace(
        "#status IN (", "#status IN (:completed, "
    )
    parameters["ExpressionAttributeValues"][":completed"] = {"S": "COMPLETED"}


def _failed_of_any_attempt(states: dict[str, Any]) -> None:
    parameters = states["MarkFailed"]["Parameters"]
    condition = parameters["ConditionExpression"]
    parameters["ConditionExpression"] = f"({condition}) OR #status IN (:received, :validated, :loading)"


def _map_error_swallowed(states: dict[str, Any]) -> None:
    states["Load"]["Catch"][0]["Next"] = "Done"
    # Nothing else looks after it, either.
    states["Done"] = {"Type": "Succeed"}


def _letter_error_swallowed(states: dict[str, Any]) -> None:
    states["SendDeadLetter"]["Catch"][0]["Next"] = states["SendDeadLetter"]["Next"]


def _message_error_swallowed(states: dict[str, Any]) -> None:
    states["PublishFailed"]["Catch"][0]["Next"] = states["PublishFailed"]["Next"]


def _letter_of_execution(states: dict[str, Any]) -> None:
    states["SendDeadLetter"]["Parameters"]["MessageBody"]["attempt.$"] = "$$.Execution.Name"


def _letter_before_mark(states: dict[str, Any]) -> None:
    """The letter is sent even if the upload was not marked as FAILED."""
    for catcher in states["MarkFailed"]["Catch"]:
        catcher["Next"] = "SendDeadLetter"


def _ranges(original: Any, self: RangeCutter) -> Any:
    first, *others = original(self)
    return (first, *({**each, "first_line": each["first_line"] + 1} for each in others))


def _busy_is_done(original: Any, codes: Any) -> Written:
    result: Written = original(codes)
    return Written.DONE if result is Written.BUSY else result


def _unmet_is_done(original: Any, codes: Any) -> Written:
    result: Written = original(codes)
    return Written.DONE if result is Written.UNMET else result


def _owner_in_any_status(original: Any, self: DynamoDBTransactions, owner: str) -> Any:
    return {**original(self, owner), "ConditionExpression": "#status <> :failed OR #status = :failed"}


def _not_marked(_original: Any, self: Loader, batch: Any) -> list[StoredTransaction]:
    for each in batch:
        self._count(each)
    return []


def _marked_row_replaced(original: Any, self: DynamoDBTransactions, row: Any, owner: str) -> Any:
    return {**original(self, row, owner), "ConditionExpression": "upload_id = :owner"}


def _conflict_of_stored_amount(original: Any, self: Tally, row: StoredTransaction, first: StoredTransaction) -> None:
    original(self, replace(row, amount=first.amount), first)


def _everyone_stores(original: Any, self: Intake, upload: Any, result: Any, report: Any) -> Any:
    decision = original(self, upload, result, report)
    if decision.upload.status is UploadStatus.RECEIVED and decision.upload.attempt != upload.attempt:
        self._store(decision.upload, report)
    return decision


def _noted_before_published(_original: Any, self: Notification, upload: Any) -> bool:
    if upload.status is UploadStatus.FAILED or upload.notified_at is not None:
        return False
    self.uploads.mark_notified(upload.upload_id, upload.attempt, upload.status, at=timestamp(self.clock()))
    self.outcomes.publish(_outcome(upload))
    return True


def _ended_not_swept(_original: Any, _self: Sweeper, _known: Any) -> str:
    return "left alone"


def _not_in_index(original: Any, *args: Any, **kwargs: Any) -> Any:
    return replace(original(*args, **kwargs), due_at=None)


def _any_predecessor() -> AbstractContextManager[object]:
    return patch.object(uploads_table, "PREDECESSORS", dict.fromkeys(PREDECESSORS, frozenset(UploadStatus)))


def _any_attempt() -> AbstractContextManager[object]:
    stack = ExitStack()
    stack.enter_context(patch.object(uploads_table, "_is_attempt", lambda _attempt: (_ALWAYS, {})))
    return stack


@contextmanager
def _manifest_after_validated() -> Any:
    store = Validation._store

    def only_named(self: Validation, upload: Any, source: Any, result: Any) -> Any:
        if not result.valid or not source.large:
            return store(self, upload, source, result)
        return store(replace(self, manifests=_NoManifests()), upload, source, result)

    def later(original: Any, self: Validation, task: Any, *validated: Any) -> Any:
        following = original(self, task, *validated)
        _, source, _ = validated
        if source.large and following == "LOAD":
            store(self, *validated)
        return following

    with patch.object(Validation, "_store", only_named), _method(Validation, "_write", later)():
        yield


class _NoManifests:
    def store(self, key: str, ranges: Any) -> None:
        """Forget it."""


def _any_number_of_ranges(original: Any, self: Notification, task: Any, deadline: Any) -> Any:
    if "loads_prefix" not in task:
        return original(self, task, deadline)
    return self.loads.read_all(self.loads.keys(task["loads_prefix"]))


def _declared_in_flight(original: Any, self: Declarations, bank: Any, declaration: Any) -> Any:
    known = self.uploads.get(upload_id_of(bank.bank_id, declaration.sha256))
    if known is not None and known.status in UNFINISHED:
        return self._begin(bank, known.upload_id, declaration, known)
    return original(self, bank, declaration)


def _withdraw_always(_original: Any, self: UploadsTable, known: Any) -> bool:
    if known.declared_after:
        return _put_always(self, uploads_table._of_attributes(known.declared_after))
    self._client.delete_item(TableName=self._table, Key=uploads_table._key(known.upload_id))
    return True


def _restart_as_declared(original: Any, self: Restarts, known: Any, *, by: Any, size: Any = None) -> Any:
    del size
    return original(self, known, by=by)


def _start_as_small(original: Any, self: StateMachines, start: Any, *, name: str) -> None:
    original(StateMachines(self._client, small=self._small, large=self._small), start, name=name)


def _letter_of_declared_deleted(original: Any, letter: Any, upload: Any) -> Action:
    action: Action = original(letter, upload)
    return Action.DELETE if action is Action.WAIT else action


def _completed_once(_original: Any, target: Any, at: Any, stored: Any) -> None:
    target.client.complete_multipart_upload(**at, MultipartUpload={"Parts": stored})


def _large_soon_stuck() -> AbstractContextManager[object]:
    stack = ExitStack()
    for module in (attempts, validation):
        stack.enter_context(patch.object(module, "stuck_after", lambda _size: STUCK_AFTER))
    return stack


BUGS: Final = (
    Bug(
        name="begin-without-condition",
        description="begin overwrites whatever upload there is",
        plant=_method(UploadsTable, "begin", _begin),
    ),
    Bug(
        name="take-over-without-condition",
        description="an attempt is taken over though it has changed",
        plant=_method(UploadsTable, "take_over", _take_over),
    ),
    Bug(
        name="attempt-forgotten",
        description="the functions' writes do not check the attempt",
        plant=_any_attempt,
    ),
    Bug(
        name="status-not-checked",
        description="any status may follow any other",
        plant=_any_predecessor,
    ),
    Bug(
        name="notified-without-condition",
        description="mark_notified has no condition",
        plant=_method(UploadsTable, "mark_notified", _mark_notified),
    ),
    Bug(
        name="noted-before-published",
        description="the outcome is noted as published before it is",
        plant=_method(Notification, "_announce", _noted_before_published),
    ),
    Bug(
        name="replaced-not-compared",
        description="COMPLETED does not compare how many rows were replaced",
        plant=_method(UploadsTable, "advance", _complete_whatever_was_replaced),
        unseen="a row that one run counts as a conflict is marked, so that no other run replaces it",
    ),
    Bug(
        name="failed-after-completed",
        description="the workflow marks a COMPLETED upload as FAILED",
        plant=_definition(_failed_after_completed),
    ),
    Bug(
        name="failed-of-any-attempt",
        description="the workflow marks another attempt as FAILED",
        plant=_definition(_failed_of_any_attempt),
    ),
    Bug(
        name="letter-error-swallowed",
        description="a dead letter that could not be sent counts as sent",
        plant=_definition(_letter_error_swallowed),
    ),
    Bug(
        name="message-error-swallowed",
        description="a FAILED outcome that could not be published counts as published",
        plant=_definition(_message_error_swallowed),
    ),
    Bug(
        name="letter-of-execution",
        description="the dead letter names the execution instead of the attempt",
        plant=_definition(_letter_of_execution),
    ),
    Bug(
        name="letter-before-mark",
        description="a dead letter is sent of an attempt that has ended otherwise",
        plant=_definition(_letter_before_mark),
    ),
    Bug(
        name="range-edge",
        description="every range but the first counts its lines from one too many",
        plant=_method(RangeCutter, "ranges", _ranges),
    ),
    Bug(
        name="busy-row-counted",
        description="a throttled row counts as written",
        plant=_method(transactions_table, "_result", _busy_is_done),
    ),
    Bug(
        name="known-row-counted",
        description="a row whose key exists counts as written",
        plant=_method(transactions_table, "_result", _unmet_is_done),
    ),
    Bug(
        name="repeated-row-counted-as-own",
        description="a row that another upload has loaded counts as loaded",
        plant=lambda: patch.object(loader._Found, "own", new=True),
    ),
    Bug(
        name="replaced-without-check",
        description="a row is replaced though its upload has not FAILED any more",
        plant=_method(DynamoDBTransactions, "_owner_has_failed", _owner_in_any_status),
    ),
    Bug(
        name="compared-row-not-marked",
        description="a row that was compared with an unfinished upload's is not protected",
        plant=_method(Loader, "_mark", _not_marked),
    ),
    Bug(
        name="marked-row-replaced",
        description="a row that two uploads have is replaced",
        plant=_method(DynamoDBTransactions, "_put", _marked_row_replaced),
        unseen="the mark must be set between a read and a transaction of two other uploads",
    ),
    Bug(
        name="load-key-without-attempt",
        description="a range's result is stored without the attempt",
        plant=_method(
            transformation,
            "load_key",
            lambda original, bank_id, upload_id, _attempt, **part: original(bank_id, upload_id, "-", **part),
        ),
        unseen="a later attempt has the same ranges, and overwrites every result before they are added up",
    ),
    Bug(
        name="conflict-with-stored-amount",
        description="a conflict is summed with the stored amount",
        plant=_method(Tally, "add_conflict", _conflict_of_stored_amount),
    ),
    Bug(
        name="everyone-stores",
        description="each of several requests stores the report",
        plant=_method(Intake, "_accept", _everyone_stores),
    ),
    Bug(
        name="ended-not-swept",
        description="the sweeper leaves ended uploads alone that were not announced",
        plant=_method(Sweeper, "_finish", _ended_not_swept),
    ),
    Bug(
        name="not-in-index",
        description="a new attempt is not in the sweeper's index",
        plant=_method(attempts, "with_attempt", _not_in_index),
    ),
    Bug(
        name="map-error-swallowed",
        description="a range that fails ends the execution as if all was well",
        plant=_definition(_map_error_swallowed),
        unseen="the upload stays LOADING, and the sweeper looks after it",
    ),
    Bug(
        name="manifest-after-validated",
        description="the ranges are stored after the upload is VALIDATED",
        plant=_manifest_after_validated,
        unseen="a run that ends in between is repeated, and stores the ranges before its Map begins",
    ),
    Bug(
        name="range-count-not-compared",
        description="Notification adds up whatever results there are",
        plant=_method(Notification, "_results", _any_number_of_ranges),
        unseen="Notification compares the rows, too",
    ),
    Bug(
        name="declared-in-flight",
        description="a declaration takes the place of an upload that is being loaded",
        plant=_method(Declarations, "declare", _declared_in_flight),
    ),
    Bug(
        name="expiry-not-removed",
        description="an upload that is received still expires as a declaration",
        plant=lambda: patch.object(uploads_table, "_OF_A_DECLARATION", "declared_after"),
    ),
    Bug(
        name="withdraw-without-condition",
        description="a declaration is withdrawn though it has changed",
        plant=_method(UploadsTable, "withdraw", _withdraw_always),
        unseen="the bank must declare again in the tenth of a second between the sweeper's claim and its delete",
    ),
    Bug(
        name="restarted-as-declared",
        description="a stored report is run again with the size that was declared",
        plant=_method(Restarts, "restart", _restart_as_declared),
        unseen="a wrong size must be declared last, and the event be lost: otherwise Validation corrects it",
    ),
    Bug(
        name="large-started-as-small",
        description="a large report is run again in the workflow for small ones",
        plant=_method(StateMachines, "start", _start_as_small),
    ),
    Bug(
        name="letter-of-declared-deleted",
        description="a redrive deletes the letter of an upload that was declared again",
        plant=_method(reruns, "plan", _letter_of_declared_deleted),
    ),
    Bug(
        name="completed-once",
        description="an object whose parts are complete already is an error",
        plant=_method(parts, "_complete", _completed_once),
    ),
    Bug(
        name="large-soon-stuck",
        description="a large report is taken for stuck as soon as a small one",
        plant=_large_soon_stuck,
    ),
)
