"""What `cdktf synth` wrote, as far as the driver and the commands need it."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final

_READ: Final = re.compile(r"data\.terraform_remote_state\.cross-stack-reference-input-([a-z0-9-]+)\.outputs\.([\w.-]+)")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One synthesized stack."""

    id: str
    folder: Path
    """In which Terraform works."""
    dependencies: frozenset[str]
    """Ids of the stacks that must be deployed before it."""
    reads: Mapping[str, frozenset[str]]
    """Names of the outputs that it reads, by the id of the stack that has them."""
    backend: Mapping[str, Any]
    """Type of the backend -> its settings; one entry."""
    protected: tuple[str, ...]
    """Addresses of what Terraform refuses to plan the destruction of."""
    existing: frozenset[str]
    """Addresses of what synth found in AWS and is ours: a deploy imports it, unless the stack's state has it."""


def read_stacks(output: Path) -> list[Stack]:
    """Read all stacks, each after those that it depends on.

    Args:
        output: folder into which the app was synthesized.
    """
    manifest = json.loads((output / "manifest.json").read_bytes())["stacks"]
    stacks = {id_: _stack(id_, entry, output) for id_, entry in manifest.items()}
    order = TopologicalSorter({id_: sorted(stack.dependencies) for id_, stack in sorted(stacks.items())})
    return [stacks[id_] for id_ in order.static_order()]


def _stack(id_: str, entry: Mapping[str, Any], output: Path) -> Stack:
    text = (output / entry["synthesizedStackPath"]).read_text(encoding="utf-8")
    content = json.loads(text)
    reads = defaultdict[str, set[str]](set)
    for other, name in _READ.findall(text):
        reads[other].add(name)
    return Stack(
        id=id_,
        folder=output / entry["workingDirectory"],
        dependencies=frozenset(entry["dependencies"]),
        reads={other: frozenset(names) for other, names in reads.items()},
        backend=content["terraform"]["backend"],
        protected=tuple(
            f"{type_}.{name}"
            for type_, resources in content.get("resource", {}).items()
            for name, body in resources.items()
            if body.get("lifecycle", {}).get("prevent_destroy")
        ),
        existing=frozenset(block["to"] for block in content.get("import", [])),
    )
