"""Hides in a plan, as Terraform prints it, what the provider does not mark as sensitive: keys, and the banks' contacts.

A plan is printed to CI's logs and into comments, and all that Terraform prints is in the log of the command. What the
provider marks, Terraform hides itself.
"""

import re
from collections.abc import Mapping
from typing import Final

_HIDDEN: Final[Mapping[str, str]] = {
    # hashicorp/aws 5.61 marks it; 6.25 was not looked at.
    "aws_api_gateway_api_key": "value",
    # The bank's key once more, which hashicorp/aws 5.61 does not mark: a plan to destroy or replace prints it.
    "aws_api_gateway_usage_plan_key": "value",
    # An e-mail address or the URL of a webhook.
    "aws_sns_topic_subscription": "endpoint",
}
"""Type of a resource -> the attribute whose value is hidden."""
_RESOURCE: Final = re.compile(r'\s*(?:[-+~/<=]+ )?resource "(\w+)" "[^"]+" \{')
_END: Final = re.compile(r"\s{0,4}\}")


class Redaction:
    """Reads a plan line by line."""

    def __init__(self) -> None:
        self._attribute: str | None = None

    def redact(self, line: str) -> str:
        """The line as it may be shown."""
        if resource := _RESOURCE.match(line):
            self._attribute = _HIDDEN.get(resource[1])
        elif _END.fullmatch(line):
            self._attribute = None
        if self._attribute is None:
            return line
        return re.sub(rf"^(\s*(?:[-+~] )?{self._attribute} += ).*", r"\1(hidden)", line)
