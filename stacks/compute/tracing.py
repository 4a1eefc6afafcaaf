"""How the pipeline shows in X-Ray: a group of its traces, and how many of the requests are traced."""

from typing import Final

from cdktf_cdktf_provider_aws.xray_group import XrayGroup
from cdktf_cdktf_provider_aws.xray_sampling_rule import XraySamplingRule
from constructs import Construct

from shared.infra.naming import Kind, Namer
from shared.infra.refs import FunctionRef

FIXED_RATE: Final = 0.1
"""Part of the requests that is traced, beyond the first of each second."""


class Tracing(Construct):
    """Group and sampling rule of one environment."""

    def __init__(self, scope: Construct, id_: str, *, namer: Namer, entrance: FunctionRef) -> None:
        """Make both.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            entrance: the function with which every trace of the group begins or through which it passes.
        """
        super().__init__(scope, id_)
        XrayGroup(
            self,
            "group",
            group_name=namer.name("pipeline", Kind.XRAY_GROUP),
            filter_expression=f'service("{entrance.name}")',
        )
        XraySamplingRule(
            self,
            "rule",
            rule_name=namer.name("pipeline", Kind.XRAY_RULE),
            priority=1000,
            version=1,
            reservoir_size=1,
            fixed_rate=FIXED_RATE,
            # API Gateway names a service after API and stage.
            service_name=f"{namer.name('api', Kind.API)}/*",
            service_type="*",
            host="*",
            http_method="*",
            url_path="*",
            resource_arn="*",
        )
