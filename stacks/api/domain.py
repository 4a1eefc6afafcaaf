"""The API's own domain: TLS 1.2 at least, an address that survives a new API, and mutual TLS where it is asked for."""

from cdktf_cdktf_provider_aws.api_gateway_base_path_mapping import ApiGatewayBasePathMapping
from cdktf_cdktf_provider_aws.api_gateway_domain_name import (
    ApiGatewayDomainName,
    ApiGatewayDomainNameEndpointConfiguration,
    ApiGatewayDomainNameMutualTlsAuthentication,
)
from constructs import Construct

from shared.infra.settings.settings import Settings
from stacks.api.routes import STAGE


class Domain(Construct):
    """Domain name and what it leads to.

    Attributes:
        url: of the API under this domain, with the stage's name as before.
        target: to which the domain's DNS record has to lead.
    """

    def __init__(self, scope: Construct, id_: str, *, settings: Settings, api_id: str, stage: str) -> None:
        """Make both.

        Args:
            scope: parent.
            id_: construct id.
            settings: have the domain, its certificate and its truststore.
            api_id: the REST API.
            stage: name of its stage, as a token.
        """
        super().__init__(scope, id_)
        name = ApiGatewayDomainName(
            self,
            "name",
            domain_name=settings.domain,
            regional_certificate_arn=settings.certificate_arn,
            security_policy="TLS_1_2",
            endpoint_configuration=ApiGatewayDomainNameEndpointConfiguration(types=["REGIONAL"]),
            mutual_tls_authentication=_mutual_tls(settings) if settings.truststore_uri else None,
        )
        ApiGatewayBasePathMapping(
            self, "mapping", api_id=api_id, domain_name=name.domain_name, stage_name=stage, base_path=STAGE
        )
        self.url = f"https://{settings.domain}/{STAGE}"
        self.target = name.regional_domain_name


def _mutual_tls(settings: Settings) -> ApiGatewayDomainNameMutualTlsAuthentication:
    return ApiGatewayDomainNameMutualTlsAuthentication(
        truststore_uri=settings.truststore_uri, truststore_version=settings.truststore_version or None
    )
