"""The vocabulary of the table: a resource type's calls, reads and tags, and what Terraform must know about it."""

import enum
import string
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final, Protocol

from terraform_provider.rules import Check, Rule
from terraform_provider.session import Session
from terraform_provider.values import State

Request = dict[str, Any]
"""Parameters of an API call."""

Response = Mapping[str, Any]
"""What an API call returns."""

Names = Mapping[str, str | None]
"""Attribute ("attr", or "block.attr" for one in a block) -> API member ("Member", or "Outer.Member").

None: not supported. Only needed where the names differ by more than case, underscores and a plural s.
"""

Template = str
"""Text with `{attribute}`, `{region}`, `{account}` or `{partition}` in it, filled from the state and the session."""

Prepare = Callable[[Session, Request, State], Request | None]
"""Completes a request; None means that no call is needed.

It may add to the state what it chooses itself, for example an id.
"""

Interpret = Callable[[Session, Response, State], State | None]
"""Attributes that a response shows and names cannot map; None means that the resource does not exist."""

Replaces = Callable[[State, State], AbstractSet[str]]
"""Attributes that need a new resource, from the prior and the planned state."""

Derive = Template | Callable[[Session, State], Any]
"""How an attribute follows from the others."""


class Style(enum.Enum):
    """How a call takes its attributes."""

    MEMBERS = enum.auto()
    """Each as a member of the request."""
    TEXT_MAP = enum.auto()
    """All in one map of strings, as SQS and SNS do; its member is the call's `inside`, and `attributes` lists them."""
    PATCH = enum.auto()
    """As API Gateway's patchOperations."""


@dataclass(frozen=True)
class Call:
    """A call that changes something.

    Attributes:
        name: The operation, as the service model calls it.
        keys: Members that identify the resource.
        attributes: What the call sends; None means every attribute that has a member in its input.
        names: See `Names`; adds to the type's own.
        constants: Members that are always the same.
        inside: The structure (or map) that holds the attributes, for example "LifecycleConfiguration".
        style: See `Style`.
        prepare: Completes the request.
        prepared: The attributes ("attr", or "block.attr") that `prepare` sends.
    """

    name: str
    _: KW_ONLY
    keys: Mapping[str, Template | tuple[Template, ...]] = field(default_factory=dict)
    attributes: AbstractSet[str] | None = None
    names: Names = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    inside: str = ""
    style: Style = Style.MEMBERS
    prepare: Prepare | None = None
    prepared: AbstractSet[str] = frozenset()


@dataclass(frozen=True)
class Read:
    """A call that shows the resource, or a part of it.

    Attributes:
        name: The operation, as the service model calls it.
        keys: Members that identify the resource.
        attributes: What is taken from the response; None means every attribute that has a member in it.
        names: See `Names`; adds to the type's own.
        constants: Members that are always the same.
        at: Where in the response the attributes are, for example "Table" or "MetricAlarms.0".
        prepare: Completes the request.
        interpret: Adds what names cannot map.
    """

    name: str
    _: KW_ONLY
    keys: Mapping[str, Template | tuple[Template, ...]] = field(default_factory=dict)
    attributes: AbstractSet[str] | None = None
    names: Names = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""
    prepare: Prepare | None = None
    interpret: Interpret | None = None


class Tagging(Protocol):
    """How a type's tags are read and changed."""

    def read(self, session: Session, service: str, state: State) -> dict[str, str]:
        """The tags that the resource has."""

    def write(
        self, session: Session, service: str, state: State, old: Mapping[str, str], new: Mapping[str, str]
    ) -> None:
        """Turn the old tags into the new ones."""


@dataclass(frozen=True, kw_only=True)
class Waiter:
    """One of botocore's waiters."""

    name: str
    keys: Mapping[str, Template]


EVERYTHING: Final = frozenset({"*"})
"""For `replaced_by`: the API cannot change any attribute of a resource."""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One resource type of the table.

    Attributes:
        service: botocore's name of the service.
        create: Creates the resource.
        reads: Show it; if one does not find it, the resource does not exist.
        delete: Deletes it.
        id: The id, from the state and every scalar of the response to `create`.
        import_id: The id in an import block, where it differs from `id`; empty if the type cannot be imported.
        updates: Calls that change attributes, each run when one of its attributes has changed.
        settings: The same, also run after create for attributes that have a value other than the default.
        tagging: None for a type without tags.
        replaced_by: Attributes that the API cannot change (Terraform's ForceNew).
        replaced_when: More of them, where it depends on the change.
        unsent: Attributes that concern Terraform or this provider only.
        defaults: Values of attributes ("attr" or "block.attr") that are not configured.
        derived: Attributes that follow from others where the API does not show them.
        kept: Optional and computed blocks: not configured means "leave as it is".
        created_with: Optional blocks that a new resource needs, although an existing one keeps its own (see `kept`).
        cleared: Optional and computed attributes: not configured means the default, not "leave as it is".
        volatile: Attributes that any change may change.
        sensitive: Attributes that Terraform must not print.
        names: See `Names`; for all calls and reads.
        untyped: Blocks that the bindings do not describe, by path, as `schema.json` has them: the table's own part.
        waiter: Run after create.
        rules: What a value ("attr" or "block.attr") must be where botocore's model does not know it.
        checks: Rules across attributes.
    """

    service: str
    create: Call
    reads: tuple[Read, ...]
    delete: Call
    id: Template
    import_id: Template | None = None
    updates: tuple[Call, ...] = ()
    settings: tuple[Call, ...] = ()
    tagging: Tagging | None = None
    replaced_by: AbstractSet[str] = frozenset()
    replaced_when: Replaces | None = None
    unsent: AbstractSet[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, Derive] = field(default_factory=dict)
    kept: AbstractSet[str] = frozenset()
    created_with: AbstractSet[str] = frozenset()
    cleared: AbstractSet[str] = frozenset()
    volatile: AbstractSet[str] = frozenset()
    sensitive: AbstractSet[str] = frozenset()
    names: Names = field(default_factory=dict)
    untyped: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    waiter: Waiter | None = None
    rules: Mapping[str, Rule] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    @property
    def changes(self) -> tuple[Call, ...]:
        """The calls that change the resource once it exists."""
        return *self.updates, *self.settings

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that send attributes."""
        return self.create, *self.changes


def template_fields(template: Template) -> set[str]:
    """The attributes and session properties that a template names."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
