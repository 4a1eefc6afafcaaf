"""Tags by the three operations that most services have for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore import xform_name

from terraform_provider.mapping import pairs, plain, to_api
from terraform_provider.session import Session, service_model
from terraform_provider.values import State


@dataclass(frozen=True, kw_only=True)
class TagOperations:
    """Names of a service's operations on tags.

    Attributes:
        member: Identifies the resource, in all three.
        resource: The attribute that holds the resource's ARN, name or URL.
        add: Adds tags.
        remove: Removes tags by key.
        list: Shows them.
        keys: The member of `remove` that takes the keys.
        inside: The structure in which `list` shows them, if it is not the response itself.
    """

    member: str
    resource: str = "arn"
    add: str = "TagResource"
    remove: str = "UntagResource"
    list: str = "ListTagsForResource"
    keys: str = "TagKeys"
    inside: str = ""

    def read(self, session: Session, service: str, state: State) -> dict[str, str]:
        """The tags that the resource has."""
        response: Any = self._send(session, service, self.list, {self.member: state[self.resource]}, state)
        response = response[self.inside] if self.inside else response
        found = (value for member, value in response.items() if plain(member) in ("tags", "taglist"))
        return pairs(next(found, {}))

    def write(
        self, session: Session, service: str, state: State, old: Mapping[str, str], new: Mapping[str, str]
    ) -> None:
        """Turn the old tags into the new ones."""
        which = {self.member: state[self.resource]}
        removed = sorted(old.keys() - new.keys())
        if removed:
            self._send(session, service, self.remove, {**which, self.keys: removed}, state)
        added = {key: value for key, value in new.items() if old.get(key) != value}
        if added:
            shape: Any = service_model(service).operation_model(self.add).input_shape
            self._send(session, service, self.add, {**which, **to_api(shape, {"tags": added}, {})}, state)

    def _send(
        self, session: Session, service: str, name: str, request: dict[str, object], state: State
    ) -> dict[str, object]:
        client = session.client(service, state.get("region"))
        answer: dict[str, object] = getattr(client, xform_name(name))(**request)
        return answer
