"""What SNS could not deliver is listed, sent again to its bank, or deleted; what is not chosen stays."""

import io
import json
from itertools import count
from typing import Any

import pytest
from rich.console import Console

from functions.common.errors import TemporaryError
from shared.contracts.outcomes import Outcome
from tests.unit.functions.fakes import FakeOutcomes
from tests.unit.tools.operations.uploads.world import FakeSqs
from tools.operations.undelivered import undelivered
from tools.operations.uploads.held import HOLD_SECONDS, Queues
from tools.operations.uploads.undelivered import UndeliveredMessages
from tools.terminal import Terminal

ALARM = {"AlarmName": "txn-dead-letters-depth-dev", "NewStateValue": "ALARM"}


def outcome(bank_id: str = "nordbank", upload_id: str = "u1") -> dict[str, Any]:
    return {
        "version": 1,
        "message_id": f"{upload_id}-a1-REJECTED",
        "bank_id": bank_id,
        "upload_id": upload_id,
        "attempt": "a1",
        "status": "REJECTED",
        "error_count": 2,
    }


def enveloped(content: object, topic: str = "outcomes") -> dict[str, Any]:
    text = content if isinstance(content, str) else json.dumps(content)
    return {"Type": "Notification", "TopicArn": f"arn:aws:sns:eu-central-1:1:{topic}", "Message": text}


class Queue:
    """The queue, the topic, and the command."""

    def __init__(self, *bodies: object, outcomes: FakeOutcomes | None = None) -> None:
        self.sqs, self.outcomes = FakeSqs(queues={"undelivered": []}), outcomes or FakeOutcomes()
        self.output = ""
        for body in bodies:
            self.sqs.send("undelivered", body)

    def run(self, *banks: str, **chosen: bool) -> None:
        file = io.StringIO()
        queues: Any = Queues(self.sqs)  # type: ignore[arg-type]  # the part that is used
        messages = UndeliveredMessages(queues, "undelivered")
        out = Terminal(Console(file=file, width=200, highlight=False))
        try:
            assert undelivered(messages, self.outcomes, out, banks=banks, **chosen) == 0
        finally:
            self.output = file.getvalue()

    @property
    def sent(self) -> list[str]:
        return [each["upload_id"] for each in self.outcomes.published]


def test_without_a_choice_messages_are_listed_and_stay() -> None:
    queue = Queue(enveloped(outcome()), enveloped(ALARM, "alarms"))
    queue.run()
    assert "nordbank" in queue.output
    assert "REJECTED of upload u1" in queue.output
    assert "txn-dead-letters-depth-dev" in queue.output
    assert "--send" in queue.output
    assert (queue.sent, queue.sqs.left()) == ([], 2)


@pytest.mark.parametrize("body", [outcome(), enveloped(outcome())], ids=["raw", "enveloped"])
def test_an_outcome_is_published_again_as_it_was_and_deleted(body: dict[str, Any]) -> None:
    queue = Queue(body)
    queue.run(send=True)
    assert queue.outcomes.published == [outcome()]
    assert queue.sqs.queues["undelivered"] == []
    assert "sent again" in queue.output


def test_only_the_chosen_banks_outcomes_are_sent() -> None:
    queue = Queue(outcome("nordbank", "u1"), outcome("bayside", "u2"))
    queue.run("bayside", send=True)
    assert (queue.sent, queue.sqs.left()) == (["u2"], 1)


def test_alarms_are_never_sent_and_only_deleted_if_asked() -> None:
    queue = Queue(enveloped(ALARM, "alarms"), outcome())
    queue.run(send=True)
    assert (queue.sent, queue.sqs.left()) == (["u1"], 1)
    queue.run(forget=True)
    assert queue.sqs.left() == 0


def test_outcomes_are_not_deleted_with_the_alarms() -> None:
    queue = Queue(enveloped(ALARM, "alarms"), outcome())
    queue.run(forget=True)
    assert (queue.sent, queue.sqs.left()) == ([], 1)


@pytest.mark.parametrize("body", ["", "text", "[1]", "null", '{"bank_id": 1}', '{"Message": 7, "TopicArn": "a"}'])
def test_what_is_no_outcome_is_shown_and_never_sent(body: str) -> None:
    queue = Queue(body)
    queue.run(send=True)
    assert (queue.sent, queue.sqs.left()) == ([], 1)
    assert "kept" in queue.output


def test_what_was_published_before_there_were_versions_is_sent_as_it_was() -> None:
    class AnyOutcomes(FakeOutcomes):
        def publish(self, outcome: Outcome) -> None:
            self.published.append(outcome)

    old = {name: value for name, value in outcome().items() if name not in {"version", "message_id"}}
    queue = Queue(enveloped(old), outcomes=AnyOutcomes())
    queue.run(send=True)
    assert queue.outcomes.published == [old]


def test_a_message_that_could_not_be_sent_stays_with_all_after_it() -> None:
    class Throttled(FakeOutcomes):
        def publish(self, outcome: Outcome) -> None:
            if self.published:
                raise TemporaryError("throttled")
            super().publish(outcome)

    queue = Queue(outcome(upload_id="u1"), outcome(upload_id="u2"), outcome(upload_id="u3"), outcomes=Throttled())
    with pytest.raises(TemporaryError):
        queue.run(send=True)
    assert (queue.sent, queue.sqs.left()) == (["u1"], 2)


class Slow(FakeOutcomes):
    """Publishing takes time, by a clock that others read."""

    seconds = 0.0

    def publish(self, outcome: Outcome) -> None:
        self.seconds += 0.1
        super().publish(outcome)


def test_thousands_are_sent_once_each_though_it_takes_longer_than_a_message_is_held() -> None:
    outcomes = Slow()
    queue = Queue(*(outcome(upload_id=f"u{number}") for number in range(1_300)), outcomes=outcomes)
    queue.sqs.now = lambda: outcomes.seconds
    queue.run(send=True)
    assert outcomes.seconds > HOLD_SECONDS
    assert sorted(queue.sent) == sorted(f"u{number}" for number in range(1_300))
    assert queue.sqs.queues["undelivered"] == []


def test_those_that_are_kept_are_listed_once_and_free_though_their_hold_has_ended_meanwhile() -> None:
    outcomes = Slow()
    bodies = [outcome("bayside" if number % 2 else "nordbank", f"u{number}") for number in range(2_600)]
    queue = Queue(*bodies, outcomes=outcomes)
    queue.sqs.now = lambda: outcomes.seconds
    queue.run("nordbank", send=True)
    assert outcomes.seconds > HOLD_SECONDS
    assert len(set(queue.sent)) == len(queue.sent) == 1_300
    assert queue.sqs.left() == queue.output.count("kept") == 1_300


def test_listing_ends_though_the_first_are_free_again_before_the_last_is_received() -> None:
    queue = Queue(*(outcome(upload_id=f"u{number}") for number in range(300)))
    moments = count()
    queue.sqs.now = lambda: next(moments)
    queue.run()
    assert 0 < queue.output.count("kept") < 300
    assert len(queue.sqs.queues["undelivered"]) == 300


def test_an_outcome_that_comes_back_at_once_is_not_sent_without_an_end() -> None:
    class Unreachable(FakeOutcomes):
        def publish(self, outcome: Outcome) -> None:
            super().publish(outcome)
            queue.sqs.send("undelivered", outcome)

    queue = Queue(outcome(), outcomes=Unreachable())
    queue.run(send=True)
    assert (queue.sent, queue.sqs.left()) == (["u1"], 1)
    queue.run(send=True)
    assert (queue.sent, queue.sqs.left()) == (["u1", "u1"], 1)


def test_an_empty_queue_is_said_to_be_empty() -> None:
    queue = Queue()
    queue.run()
    assert queue.output == "There are no undelivered messages.\n"
