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
    makes a message come twice, which a reader tells by its `message_id`.

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
    found = messages.receive()
    done: dict[int, str] = {}
    try:
        for number, each in enumerate(found):
            if each.outcome and send and (not banks or each.bank_id in banks):
                outcomes.publish(each.outcome)
                messages.delete(each)
                done[number] = "sent again"
            elif not each.outcome and forget:
                messages.delete(each)
                done[number] = "deleted"
    finally:
        for number, each in enumerate(found):
            if number not in done:
                messages.release(each)
        _show(found, done, out)
    if len(done) < len(found) and not (send or forget):
        out.say("", _HINT)
    return 0


def _show(found: Sequence[Undelivered], done: dict[int, str], out: Terminal) -> None:
    if not found:
        out.say("There are no undelivered messages.")
        return
    table = Table(title="Undelivered messages", title_justify="left", title_style="bold")
    for heading in ("Since", "Bank", "Message", "Then"):
        table.add_column(heading, overflow="fold")
    for number, each in enumerate(found):
        since = f"{each.since:%Y-%m-%d %H:%M}"
        table.add_row(since, each.bank_id or _NONE, Text(each.text), done.get(number, "kept"))
    out.show(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev undelivered", description=__doc__)
    parser.add_argument("bank", nargs="*", metavar="BANK", help="with --send: only outcomes of these banks")
    parser.add_argument("--send", action="store_true", help="publish outcomes again, and delete them here")
    parser.add_argument("--forget", action="store_true", help="delete messages that are no outcomes, such as alarms")
    return parser


if __name__ == "__main__":
    sys.exit(main())
