"""AWS WAF: web ACLs and what they protect."""

from collections.abc import Mapping
from typing import Final

from terraform_provider.rules import ARN, one_of, one_set
from terraform_provider.session import Session
from terraform_provider.spec import EVERYTHING, Call, Read, ResourceType, Response
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_ACL: Final = {"Id": "{id}", "Name": "{name}", "Scope": "{scope}"}
_LOCKED: Final = {**_ACL, "LockToken": "{lock_token}"}
"""AWS WAF refuses a change of an ACL that has changed since its token was read."""
_CHANGEABLE: Final = frozenset({"default_action", "rule", "visibility_config"})
_SHOWN: Final = {
    "arn": "ARN",
    "capacity": "Capacity",
    "name": "Name",
    "default_action": "DefaultAction",
    "rule": "Rules",
    "visibility_config": "VisibilityConfig",
}
_UNSUPPORTED: Final = (
    *("association_config", "captcha_config", "challenge_config", "custom_response_body"),
    *("data_protection_config", "description", "token_domains"),
)
_STATEMENT: Final = {
    "attributes": {},
    "blocks": {
        "rate_based_statement": [
            "list",
            0,
            1,
            {
                "attributes": {
                    "aggregate_key_type": ["string", "o"],
                    "evaluation_window_sec": ["number", "o"],
                    "limit": ["number", "r"],
                }
            },
        ]
    },
}


def _read_association(_session: Session, response: Response, _prior: State) -> State | None:
    """A resource without a web ACL is no error: the response has none."""
    acl = response.get("WebACL")
    return {"web_acl_arn": acl["ARN"]} if acl else None


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_wafv2_web_acl": ResourceType(
        service="wafv2",
        create=Call("CreateWebACL"),
        reads=(Read("GetWebACL", keys=_ACL, names={name: f"WebACL.{member}" for name, member in _SHOWN.items()}),),
        delete=Call("DeleteWebACL", keys=_LOCKED),
        id="{Id}",
        import_id="{id}/{name}/{scope}",
        updates=(Call("UpdateWebACL", keys=_LOCKED, attributes=_CHANGEABLE),),
        tagging=TagOperations(member="ResourceARN", inside="TagInfoForResource"),
        replaced_by={"name", "scope"},
        defaults={
            "rule.statement.rate_based_statement.aggregate_key_type": "IP",
            "rule.statement.rate_based_statement.evaluation_window_sec": 300,
        },
        volatile={"capacity", "lock_token"},
        names=dict.fromkeys(_UNSUPPORTED),
        untyped={"rule.statement": ["list", 1, 1, _STATEMENT]},
        rules={
            "default_action": one_set("allow", "block"),
            "rule": one_set("action", "override_action"),
            "rule.statement.rate_based_statement.evaluation_window_sec": one_of(60, 120, 300, 600),
        },
    ),
    "aws_wafv2_web_acl_association": ResourceType(
        service="wafv2",
        create=Call("AssociateWebACL"),
        reads=(
            Read(
                "GetWebACLForResource",
                keys={"ResourceArn": "{resource_arn}"},
                attributes=frozenset(),
                interpret=_read_association,
            ),
        ),
        delete=Call("DisassociateWebACL", keys={"ResourceArn": "{resource_arn}"}),
        id="{web_acl_arn},{resource_arn}",
        replaced_by=EVERYTHING,
        rules={"resource_arn": ARN, "web_acl_arn": ARN},
    ),
}
