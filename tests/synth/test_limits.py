"""docs/limits.md says what an environment takes of an account's quotas, and how long things are kept."""

import re
from collections import Counter

from shared.infra.limits import MAX_QUEUE_DAYS
from tests.synth.synthesis import Synthesis
from tools.generators.limits import OF_EACH, PAGE


def test_an_environment_takes_of_the_quotas_what_the_page_says(environment: Synthesis) -> None:
    own = (stack for name, stack in environment.stacks.items() if name != "state-stack")
    count = Counter(dict.fromkeys(OF_EACH, 0))
    for stack in own:
        count.update({type_: len(items) for type_, items in stack["resource"].items() if type_ in OF_EACH})
    preview = {"aws_xray_group": 0} if environment.suffix.startswith("pr6") else {}
    assert count == OF_EACH | preview, "correct OF_EACH in tools/generators/limits.py and run `./dev docs`"


def test_queues_keep_messages_for_as_long_as_the_page_says(environment: Synthesis) -> None:
    kept = {each.body["message_retention_seconds"] for each in environment.of("aws_sqs_queue")}
    assert kept == {MAX_QUEUE_DAYS * 86_400}


def test_headers_are_written_as_the_api_sends_them() -> None:
    named = re.findall(r"`Retry-After: (.*?)`", PAGE.read_text(encoding="utf-8"))
    assert named
    assert all(each.isdecimal() for each in named)
