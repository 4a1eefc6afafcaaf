"""`./dev undelivered`: lists the messages that SNS could not deliver, and sends outcomes to the banks again."""

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from functions.notification.notification import Outcomes
from functions.notification.outcomes_topic import OutcomesTopic
from tools.operations.uploads.deployed import exit_code, find
from tools.operations.uploads.held import Queues
from tools.operations.uploads.undelivered import Undelivered, UndeliveredMessages
from tools.terminal import Terminal

_NONE: Final = "-"
_HINT: Final = (
    "To send outcomes again, once the endpoints answer: ./dev undelivered --send [BANK ...]. "
    "To delete the others, such as alarms: ./dev undelivered --forget."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Work on the environment that `ENVIRONMENT_SUFFIX` names; the exit code."""
    options = _parser().parse_args(arguments)

    def work() -> int:
        deployed = find(os.environ)
        messages = UndeliveredMessages(Queues(deployed.sqs), deployed.queue_url("undelivered"))
        outcomes = OutcomesTopic(deployed.sns, deployed.topic_arn("outcomes"))
        out = Terminal.of_stdout()
        return undelivered(messages, outcomes, out, banks=options.bank, send=options.send, forget=options.forget)

    return exit_code("undelivered", work)


def undelivered(
    messages: UndeliveredMessages,
    outcomes: Outcomes,
    out: Terminal,
    *,
    banks: Collection[str] = (),
    send: bool = False,
    forget: bool = False,
) -> int:
    """List messages, and send or delete those that are chosen.

    An outcome is published again, which only its bank's contact gets, and then deleted: what interrupts this in between
    makes a message come twice, which a reader tells by its `message_id`. Messages are received a few at once, and those
    are done before the next: one is held for `HOLD_SECONDS` only, which is too short to publish thousands.

    Args:
        messages: of the environment.
        outcomes: publishes.
        out: for the user.
        banks: whose outcomes are sent; empty: of all banks.
        send: whether outcomes are sent again.
        forget: whether messages that are no outcomes are deleted.

    Returns:
        The exit code.
    """
    work = _Work(messages, outcomes, banks=banks, send=send, forget=forget)
    try:
        work.do()
    finally:
        work.release()
        _show(work, out)
    if len(work.done) < len(work.found) and not (send or forget):
        out.say("", _HINT)
    return 0


class _Work:
    """What was found, and what was done with it."""

    def __init__(
        self,
        messages: UndeliveredMessages,
        outcomes: Outcomes,
        *,
        banks: Collection[str],
        send: bool,
        forget: bool,
    ) -> None:
        self._messages = messages
        self._outcomes = outcomes
        self._banks = banks
        self._send = send
        self._forget = forget
        self._sent = set[str]()
        """Ids of the outcomes that were published."""
        self.found: dict[str, Undelivered] = {}
        """By key, as it was received last."""
        self.done: dict[str, str] = {}
        """What was done, by key."""

    def do(self) -> None:
        """Receive all messages, and send or delete each at once that is chosen."""
        again = 0
        for batch in self._messages.receive():
            again = again + len(batch) if all(each.key in self.found for each in batch) else 0
            self.found |= {each.key: each for each in batch}
            for each in batch:
                self._handle(each)
            # So many messages are kept that the first are free again before the last is received.
            if again > len(self.found):
                break

    def release(self) -> None:
        """Hold the messages no longer that are kept."""
        for key, each in self.found.items():
            if key not in self.done:
                self._messages.release(each)

    def _handle(self, each: Undelivered) -> None:
        if each.key in self.done:  # SQS may deliver one again that was deleted
            self._messages.delete(each)
        elif each.outcome and self._send and (not self._banks or each.bank_id in self._banks):
            # What cannot be delivered now, either, comes back as another message, and would be sent without an end.
            if each.outcome_id not in self._sent:
                self._outcomes.publish(each.outcome)
                self._sent.add(each.outcome_id)
                self._delete(each, "sent again")
        elif not each.outcome and self._forget:
            self._delete(each, "deleted")

    def _delete(self, each: Undelivered, done: str) -> None:
        self._messages.delete(each)
        self.done[each.key] = done


def _show(work: _Work, out: Terminal) -> None:
    if not work.found:
        out.say("There are no undelivered messages.")
        return
    table = Table(title="Undelivered messages", title_justify="left", title_style="bold")
    for heading in ("Since", "Bank", "Message", "Then"):
        table.add_column(heading, overflow="fold")
    for each in sorted(work.found.values(), key=lambda each: each.since):
        since = f"{each.since:%Y-%m-%d %H:%M}"
        table.add_row(since, each.bank_id or _NONE, Text(each.text), work.done.get(each.key, "kept"))
    out.show(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev undelivered", description=__doc__)
    parser.add_argument("bank", nargs="*", metavar="BANK", help="with --send: only outcomes of these banks")
    parser.add_argument("--send", action="store_true", help="publish outcomes again, and delete them here")
    parser.add_argument("--forget", action="store_true", help="delete messages that are no outcomes, such as alarms")
    return parser


if __name__ == "__main__":
    sys.exit(main())
