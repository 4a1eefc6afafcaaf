"""How many requests X-Ray traces."""

from typing import Final

from cdktf_cdktf_provider_aws.xray_sampling_rule import XraySamplingRule
from constructs import Construct

ACCOUNT_PRIORITY: Final = 1_000
"""Of the rules for all environments of an account."""
ENVIRONMENT_PRIORITY: Final = 900
"""Of an environment's own rules: X-Ray takes the rule with the lowest number."""


class SamplingRule(Construct):
    """Traces the first request of each second, and a fraction of the others."""

    def __init__(self, scope: Construct, id_: str, *, name: str, service: str, rate: float, priority: int) -> None:
        """Make the rule.

        Args:
            scope: parent.
            id_: construct id.
            name: of the rule.
            service: X-Ray's name of the service where traces begin; it may have stars.
            rate: fraction, 0 to 1, of the requests beyond the first of each second.
            priority: the lowest number of the rules that match counts.
        """
        super().__init__(scope, id_)
        XraySamplingRule(
            self,
            "rule",
            rule_name=name,
            priority=priority,
            version=1,
            reservoir_size=1,
            fixed_rate=rate,
            service_name=service,
            service_type="*",
            host="*",
            http_method="*",
            url_path="*",
            resource_arn="*",
        )
