"""IAM: roles, their inline policies and the managed ones attached to them."""

from collections.abc import Mapping
from typing import Final

from terraform_provider.rules import ARN, OBJECT
from terraform_provider.session import Session
from terraform_provider.spec import EVERYTHING, Call, Read, ResourceType, Response
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_ROLE: Final = {"RoleName": "{id}"}
_POLICY: Final = {"RoleName": "{role}", "PolicyName": "{name}"}
_ATTACHMENT: Final = {"RoleName": "{role}", "PolicyArn": "{policy_arn}"}


def _read_attachment(_session: Session, response: Response, prior: State) -> State | None:
    attached = {policy["PolicyArn"] for policy in response["AttachedPolicies"]}
    return {} if prior["policy_arn"] in attached else None


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_iam_role": ResourceType(
        service="iam",
        create=Call("CreateRole"),
        reads=(Read("GetRole", keys=_ROLE, at="Role"),),
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
        ),
        names={
            "name": "RoleName",
            "assume_role_policy": "AssumeRolePolicyDocument",
            "unique_id": "RoleId",
            "permissions_boundary": None,
        },
        tagging=TagOperations(add="TagRole", remove="UntagRole", list="ListRoleTags", member="RoleName", resource="id"),
        replaced_by={"name", "path"},
        defaults={"path": "/", "max_session_duration": 3600},
        rules={"assume_role_policy": OBJECT},
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
}
