"""The pipeline in X-Ray: a group of its traces, and how many requests are traced."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf_cdktf_provider_aws.xray_group import XrayGroup
from cdktf_cdktf_provider_aws.xray_sampling_rule import XraySamplingRule
from constructs import Construct

from shared.infra.naming import Namer, ResourceKind

FIXED_RATE: Final = 0.1
"""Fraction of the requests that are traced, beyond the first of each second."""


class Tracing(Construct):
    """Group and sampling rules of one environment."""

    def __init__(
        self, scope: Construct, id_: str, *, namer: Namer, services: Sequence[str], roots: Mapping[str, str]
    ) -> None:
        """Make group and rules.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            services: a trace that passes through one of them belongs to the group.
            roots: purpose -> X-Ray's name of a service where traces begin; it may have stars.
        """
        super().__init__(scope, id_)
        XrayGroup(
            self,
            "group",
            group_name=namer.name("pipeline", ResourceKind.XRAY_GROUP),
            filter_expression=" OR ".join(f'service("{each}")' for each in services),
        )
        for purpose, service in roots.items():
            self._rule(purpose, namer.name(purpose, ResourceKind.XRAY_RULE), service)

    def _rule(self, purpose: str, name: str, service: str) -> None:
        XraySamplingRule(
            self,
            f"{purpose}-rule",
            rule_name=name,
            priority=1000,
            version=1,
            reservoir_size=1,
            fixed_rate=FIXED_RATE,
            service_name=service,
            service_type="*",
            host="*",
            http_method="*",
            url_path="*",
            resource_arn="*",
        )
