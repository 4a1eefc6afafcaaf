"""IAM: roles, their inline policies and the managed ones attached to them, and OIDC providers."""

import json
from collections.abc import Mapping
from typing import Any, Final

from terraform_provider.mapping import pairs
from terraform_provider.rules import ARN, OBJECT, matches
from terraform_provider.session import Session
from terraform_provider.spec import EVERYTHING, Call, Read, Request, ResourceType, Response
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_ROLE: Final = {"RoleName": "{id}"}
_POLICY: Final = {"RoleName": "{role}", "PolicyName": "{name}"}
_ATTACHMENT: Final = {"RoleName": "{role}", "PolicyArn": "{policy_arn}"}


_MANAGED: Final = {"PolicyArn": "{id}"}
_MAX_VERSIONS: Final = 5
"""IAM quota: versions of a managed policy."""
_PROVIDER: Final = {"OpenIDConnectProviderArn": "{id}"}


class _ProviderTags:
    """An OIDC provider is read with its tags; IAM has no page of them for it in MiniStack."""

    def read(self, session: Session, service: str, state: State) -> dict[str, str]:
        """The provider's tags."""
        answer = session.client(service).get_open_id_connect_provider(OpenIDConnectProviderArn=state["id"])
        return pairs(answer.get("Tags", []))

    def write(
        self, session: Session, service: str, state: State, old: Mapping[str, str], new: Mapping[str, str]
    ) -> None:
        """Turn the old tags into the new ones."""
        client, arn = session.client(service), state["id"]
        if removed := sorted(old.keys() - new.keys()):
            client.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=removed)
        if added := [{"Key": key, "Value": value} for key, value in new.items() if old.get(key) != value]:
            client.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=added)


def _old_versions(session: Session, arn: str) -> list[str]:
    """Ids of a managed policy's versions, but for the default one; the oldest first."""
    versions: list[dict[str, Any]] = session.client("iam").list_policy_versions(PolicyArn=arn)["Versions"]
    old = [each for each in versions if not each["IsDefaultVersion"]]
    return [each["VersionId"] for each in sorted(old, key=lambda each: int(each["VersionId"].removeprefix("v")))]


def _delete_versions(session: Session, arn: str, ids: list[str]) -> None:
    for id_ in ids:
        session.client("iam").delete_policy_version(PolicyArn=arn, VersionId=id_)


def _make_room(session: Session, request: Request, state: State) -> Request:
    """Delete the oldest version where the policy has as many as it can."""
    old = _old_versions(session, state["id"])
    _delete_versions(session, state["id"], old[:1] if len(old) >= _MAX_VERSIONS - 1 else [])
    return request


def _delete_old_versions(session: Session, request: Request, state: State) -> Request:
    """IAM deletes a policy only once it has no version but the default one."""
    _delete_versions(session, state["id"], _old_versions(session, state["id"]))
    return request


def _read_managed(session: Session, response: Response, _prior: State) -> State:
    arn, default = response["Arn"], response["DefaultVersionId"]
    version = session.client("iam").get_policy_version(PolicyArn=arn, VersionId=default)
    document: Any = version["PolicyVersion"]["Document"]
    return {"policy": document if isinstance(document, str) else json.dumps(document)}


def _change_boundary(session: Session, request: Request, state: State) -> Request | None:
    """Without an ARN, the boundary is removed by an operation of its own."""
    if arn := state.get("permissions_boundary"):
        return {**request, "PermissionsBoundary": arn}
    session.client("iam").delete_role_permissions_boundary(RoleName=state["id"])
    return None


def _read_provider(_session: Session, response: Response, _prior: State) -> State:
    # AWS answers without the scheme, MiniStack with it.
    return {"url": f"https://{response['Url'].removeprefix('https://')}"}


def _read_attachment(_session: Session, response: Response, prior: State) -> State | None:
    attached = {policy["PolicyArn"] for policy in response["AttachedPolicies"]}
    return {} if prior["policy_arn"] in attached else None


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_iam_role": ResourceType(
        service="iam",
        create=Call("CreateRole"),
        reads=(
            Read(
                "GetRole",
                keys=_ROLE,
                at="Role",
                names={"permissions_boundary": "PermissionsBoundary.PermissionsBoundaryArn"},
            ),
        ),
        delete=Call("DeleteRole", keys=_ROLE),
        id="{name}",
        updates=(
            Call(
                "UpdateAssumeRolePolicy",
                keys=_ROLE,
                attributes={"assume_role_policy"},
                names={"assume_role_policy": "PolicyDocument"},
            ),
            Call("UpdateRoleDescription", keys=_ROLE, attributes={"description"}),
            Call("UpdateRole", keys=_ROLE, attributes={"max_session_duration"}),
            Call(
                "PutRolePermissionsBoundary",
                keys=_ROLE,
                attributes=frozenset(),
                prepared={"permissions_boundary"},
                prepare=_change_boundary,
            ),
        ),
        names={
            "name": "RoleName",
            "assume_role_policy": "AssumeRolePolicyDocument",
            "unique_id": "RoleId",
        },
        tagging=TagOperations(add="TagRole", remove="UntagRole", list="ListRoleTags", member="RoleName", resource="id"),
        replaced_by={"name", "path"},
        defaults={"path": "/", "max_session_duration": 3600},
        rules={"assume_role_policy": OBJECT, "permissions_boundary": ARN},
    ),
    "aws_iam_role_policy": ResourceType(
        service="iam",
        create=Call("PutRolePolicy"),
        reads=(Read("GetRolePolicy", keys=_POLICY),),
        delete=Call("DeleteRolePolicy", keys=_POLICY),
        id="{role}:{name}",
        updates=(Call("PutRolePolicy", keys=_POLICY, attributes={"policy"}),),
        names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        replaced_by={"name", "role"},
        rules={"policy": OBJECT},
    ),
    "aws_iam_role_policy_attachment": ResourceType(
        service="iam",
        create=Call("AttachRolePolicy", keys=_ATTACHMENT),
        reads=(
            Read(
                "ListAttachedRolePolicies",
                keys={"RoleName": "{role}"},
                attributes=frozenset(),
                interpret=_read_attachment,
            ),
        ),
        delete=Call("DetachRolePolicy", keys=_ATTACHMENT),
        id="{role}/{policy_arn}",
        import_id="{role}/{policy_arn}",
        replaced_by=EVERYTHING,
        rules={"policy_arn": ARN},
    ),
    "aws_iam_policy": ResourceType(
        service="iam",
        create=Call("CreatePolicy"),
        reads=(Read("GetPolicy", keys=_MANAGED, at="Policy", interpret=_read_managed),),
        delete=Call("DeletePolicy", keys=_MANAGED, prepare=_delete_old_versions),
        id="{Arn}",
        updates=(
            Call(
                "CreatePolicyVersion",
                keys=_MANAGED,
                attributes={"policy"},
                constants={"SetAsDefault": True},
                prepare=_make_room,
            ),
        ),
        names={"name": "PolicyName", "policy": "PolicyDocument", "name_prefix": None},
        tagging=TagOperations(
            add="TagPolicy", remove="UntagPolicy", list="ListPolicyTags", member="PolicyArn", resource="id"
        ),
        replaced_by={"name", "path", "description"},
        defaults={"path": "/"},
        rules={"policy": OBJECT},
    ),
    "aws_iam_openid_connect_provider": ResourceType(
        service="iam",
        create=Call("CreateOpenIDConnectProvider"),
        reads=(Read("GetOpenIDConnectProvider", keys=_PROVIDER, interpret=_read_provider),),
        delete=Call("DeleteOpenIDConnectProvider", keys=_PROVIDER),
        id="{OpenIDConnectProviderArn}",
        updates=(Call("UpdateOpenIDConnectProviderThumbprint", keys=_PROVIDER, attributes={"thumbprint_list"}),),
        names={"arn": "OpenIDConnectProviderArn"},
        tagging=_ProviderTags(),
        replaced_by={"url", "client_id_list"},
        derived={"arn": "{id}"},
        rules={"url": matches(r"https://.+", "a URL that begins with https://")},
    ),
}
