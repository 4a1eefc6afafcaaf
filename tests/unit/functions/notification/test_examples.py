"""The messages that docs/notifications.md shows are such as are sent."""

import json
import re
from typing import Any

from shared.repository import ROOT
from tests.outcomes import validated

BLOCKS: list[dict[str, Any]] = [
    json.loads(text)
    for text in re.findall(
        r"^```json\n(.*?)^```",
        (ROOT / "docs" / "notifications.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
]


def test_every_example_of_a_message_is_as_published() -> None:
    enveloped = [json.loads(each["Message"]) for each in BLOCKS if each.get("Type") == "Notification"]
    messages = [each for each in BLOCKS if "version" in each]
    assert len(enveloped) == 1
    assert [validated(each)["status"] for each in [*enveloped, *messages]] == [
        *("COMPLETED", "COMPLETED", "COMPLETED", "REJECTED", "FAILED")
    ]


def test_the_attributes_of_the_example_are_those_of_its_message() -> None:
    (envelope,) = [each for each in BLOCKS if each.get("Type") == "Notification"]
    message = json.loads(envelope["Message"])
    attributes = {name: value["Value"] for name, value in envelope["MessageAttributes"].items()}
    assert attributes == {name: message[name] for name in ("bank_id", "status")}
