"""A drawing of each stack: its parts, what is between them, and which parts of other stacks they refer to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tools.diagrams.mermaid import Arrow, Chart, Group, Node
from tools.diagrams.names import NAMES, counted
from tools.diagrams.parts import Edge, Model, Part

_STYLE: Final = {
    "API": "flow",
    "bucket": "store",
    "function": "work",
    "queue": "trouble",
    "rule": "flow",
    "table": "store",
    "topic": "message",
    "workflow": "flow",
}
_ACCESS: Final = ("reads", "writes")
"""Too many to be arrows: a table has them."""


def overview(model: Model) -> Chart:
    """All stacks, and how many outputs each reads of another."""
    return Chart(
        direction="LR",
        nodes=[Node(key=stack, lines=[stack, *_summary(model, stack)], style="rest") for stack in sorted(model.counts)],
        arrows=[
            Arrow(source=stack, target=other, label=f"{count} references")
            for (stack, other), count in model.reads.items()
        ],
    )


def chart(model: Model, stack: str) -> Chart:
    """The drawing of one stack.

    All its parts, with what they do to others and others to them; how many of another stack read and write what is
    stored; and the types of which resources refer to parts of other stacks in a way that no arrow shows.
    """
    touching = [each for each in model.edges if stack in {each.source.stack, each.target.stack}]
    edges = [each for each in touching if each.verb not in _ACCESS]
    access = [each for each in touching if each.verb in _ACCESS and each.source.stack != stack]
    references = _references(model, stack)
    foreign = {part for each in edges for part in (each.source, each.target)}
    foreign |= {part for parts in references.values() for part in parts}
    groups: dict[str, list[Node]] = defaultdict(list)
    for part in sorted(foreign | {each for each in model.parts if each.stack == stack}):
        groups[part.stack].append(_node(part))
    for type_ in references:
        groups[stack].append(Node(key=type_, lines=[_count(model, stack, type_)], style="rest"))
    for other in sorted({each.source.stack for each in access}):
        groups[other].append(Node(key=_others(other), lines=["functions and workflows"], style="work"))
    return Chart(
        direction="LR",
        groups=[Group(key=name, title=name, nodes=groups[name]) for name in sorted(groups, key=lambda it: it != stack)],
        arrows=[
            *_arrows(edges),
            *_counted(access),
            *(
                Arrow(source=type_, target=str(part), dotted=True)
                for type_, parts in references.items()
                for part in parts
            ),
        ],
    )


def besides(model: Model, stack: str) -> str:
    """What the stack has besides what is drawn, in a sentence."""
    drawn = _references(model, stack)
    counts = {NAMES[each]: _count(model, stack, each) for each in model.counts[stack] if each not in drawn}
    return f"Besides: {', '.join(counts[name] for name in sorted(counts, key=str.lower))}."


def access_table(model: Model, stack: str) -> str:
    """Who of the stack reads and writes what, as a table of Markdown; empty if no one does."""
    verbs: dict[tuple[Part, Part], set[str]] = defaultdict(set)
    for each in model.edges:
        if each.verb in _ACCESS and each.source.stack == stack:
            verbs[each.source, each.target].add(each.verb)
    if not verbs:
        return ""
    stores = sorted({store for _, store in verbs})
    return "\n".join(
        [
            _row("", *map(str, stores)),
            _row(*["---"] * (len(stores) + 1)),
            *(
                _row(str(part), *(", ".join(sorted(verbs[part, store])) for store in stores))
                for part in sorted({part for part, _ in verbs})
            ),
        ]
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _summary(model: Model, stack: str) -> Iterator[str]:
    kinds: dict[str, int] = defaultdict(int)
    for part in model.parts:
        if part.stack == stack:
            kinds[part.kind] += 1
    yield from (counted(count, kind) for kind, count in sorted(kinds.items()))
    yield f"and {sum(model.counts[stack].values())} resources that belong to them"


def _count(model: Model, stack: str, type_: str) -> str:
    return counted(model.counts[stack][type_], NAMES[type_])


def _node(part: Part) -> Node:
    shape = "store" if part.kind in {"bucket", "table"} else "box"
    return Node(key=str(part), lines=[part.name, part.kind], style=_STYLE[part.kind], shape=shape)


def _others(stack: str) -> str:
    return f"functions and workflows of {stack}"


def _arrows(edges: Iterable[Edge]) -> Iterator[Arrow]:
    verbs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in sorted(edges):
        verbs[str(each.source), str(each.target)].append(each.verb)
    yield from (Arrow(source=source, target=target, label=", ".join(each)) for (source, target), each in verbs.items())


def _counted(access: Sequence[Edge]) -> Iterator[Arrow]:
    """One arrow for each store, with how many read and write it."""
    counts: dict[tuple[str, Part], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in access:
        counts[each.source.stack, each.target][each.verb] += 1
    for (stack, target), verbs in sorted(counts.items()):
        label = ", ".join(f"{verbs[verb]} {verb.removesuffix('s')}" for verb in _ACCESS if verb in verbs)
        yield Arrow(source=_others(stack), target=str(target), label=label)


def _references(model: Model, stack: str) -> Mapping[str, list[Part]]:
    """Type -> parts of other stacks that its resources refer to, and to which no part of the stack does anything."""
    reached = {each.target for each in model.edges if each.source.stack == stack}
    return {
        type_: sorted(parts - reached)
        for (owner, type_), parts in sorted(model.mentions.items())
        if owner == stack and not parts <= reached
    }
