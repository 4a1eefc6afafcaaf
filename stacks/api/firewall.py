"""AWS WAF before the stage: an address that sends too many requests is blocked before API Gateway counts them."""

from typing import Final

from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAcl,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclDefaultActionAllow,
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionBlock,
    Wafv2WebAclRuleVisibilityConfig,
    Wafv2WebAclVisibilityConfig,
)
from cdktf_cdktf_provider_aws.wafv2_web_acl_association import Wafv2WebAclAssociation
from constructs import Construct

from shared.infra.naming import Namer, ResourceKind

_RULE: Final = "rate"


class Firewall(Construct):
    """Web ACL with one rule by rate, and its association with the stage."""

    def __init__(self, scope: Construct, id_: str, *, namer: Namer, stage_arn: str, rate_limit: int) -> None:
        """Make both.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            stage_arn: the stage that is protected.
            rate_limit: requests in five minutes (AWS WAF's default window) from one IP address.
        """
        super().__init__(scope, id_)
        name = namer.name("api", ResourceKind.WEB_ACL)
        # The bindings have no types for statements, which contain each other.
        statement = {"rate_based_statement": {"limit": rate_limit, "aggregate_key_type": "IP"}}
        rule = Wafv2WebAclRule(
            name=_RULE,
            priority=0,
            action=Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock()),
            statement=statement,
            visibility_config=Wafv2WebAclRuleVisibilityConfig(
                cloudwatch_metrics_enabled=True, metric_name=f"{name}-{_RULE}", sampled_requests_enabled=False
            ),
        )
        acl = Wafv2WebAcl(
            self,
            "acl",
            name=name,
            scope="REGIONAL",
            default_action=Wafv2WebAclDefaultAction(allow=Wafv2WebAclDefaultActionAllow()),
            rule=[rule],
            # Sampled requests would show headers, and so keys, in the console.
            visibility_config=Wafv2WebAclVisibilityConfig(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
            ),
        )
        Wafv2WebAclAssociation(self, "association", resource_arn=stage_arn, web_acl_arn=acl.arn)
