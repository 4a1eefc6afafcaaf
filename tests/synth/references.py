"""What a reference in a synthesized stack refers to, across stacks."""

import re
from typing import Final

from tests.synth.synthesis import Resource, Synthesis

_OUTPUT: Final = re.compile(
    r"\$\{data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)\}"
)
_ATTRIBUTE: Final = re.compile(r"\$\{(\w+)\.([\w-]+)\.(\w+)\}")


def referred(text: str, stack: str, synthesis: Synthesis) -> tuple[Resource, str]:
    """The resource and the attribute to which a text refers; the text is a reference and nothing else."""
    if output := _OUTPUT.fullmatch(text):
        other, name = output.groups()
        return referred(synthesis.stacks[other]["output"][name]["value"], other, synthesis)
    attribute = _ATTRIBUTE.fullmatch(text)
    assert attribute, text
    type_, id_, name = attribute.groups()
    body = synthesis.stacks[stack]["resource"][type_][id_]
    return Resource(stack=stack, type=type_, id=id_, body=body), name
