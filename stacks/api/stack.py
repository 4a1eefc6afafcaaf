"""API stack: the face to the banks."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from cdktf import TerraformOutput, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.api_gateway_rest_api import ApiGatewayRestApi, ApiGatewayRestApiEndpointConfiguration
from constructs import Construct

from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind
from shared.infra.settings.settings import Settings
from shared.infra.stack_names import StackName
from stacks.api.alarms import ApiAlarms
from stacks.api.allowed_ips import allowed_ips, policy
from stacks.api.bank_access import BankAccess
from stacks.api.domain import Domain
from stacks.api.fingerprint import fingerprint
from stacks.api.firewall import Firewall
from stacks.api.gateway_responses import GatewayResponses
from stacks.api.page_origins import PageOrigins
from stacks.api.routes import Routes
from stacks.api.routing_table import routing_table
from stacks.api.stage import Stage
from stacks.compute.stack import ComputeOutputs
from stacks.data.stack import DataOutputs


@dataclass(frozen=True, kw_only=True)
class ApiOutputs:
    """What banks and operators need."""

    url: str
    domain_target: str | None
    """To which the DNS record of the API's own domain has to lead; None without such a domain."""
    key_ids: Mapping[str, Mapping[str, str]]
    """Bank id -> name of an API key -> the key's id, never the key."""


class ApiStack(EnvironmentStack):
    """REST API, its stage, and what each bank gets.

    Attributes:
        outputs: the API's URL and the ids of the banks' keys.
    """

    def __init__(self, scope: Construct, *, settings: Settings, data: DataOutputs, compute: ComputeOutputs) -> None:
        """Make the stack.

        Args:
            scope: the app.
            settings: of the environment.
            data: has the banks table.
            compute: has the functions that answer.
        """
        super().__init__(scope, StackName.API, settings=settings)
        api = self._rest_api()
        table = routing_table(compute, preflights=bool(settings.allowed_origins))
        routes = Routes(self, "routes", namer=self.namer, api=api, table=table)
        callers = policy(self, "policy", api=api, ranges=allowed_ips(settings.banks.values()))
        answers = GatewayResponses(
            self, "problems", rest_api_id=api.id, allowed_origins=settings.allowed_origins
        ).resources
        definition = [api, callers, *routes.resources, *answers]
        stage = Stage(
            self,
            "stage",
            namer=self.namer,
            api=api,
            definition=definition,
            triggers={
                "definition": fingerprint(self, definition),
                # In the definition they are references, whose text stays the same when the function's name changes.
                # Ids of the API's own parts may change without a trigger: a deployment is a copy of what they are.
                **{each.name: getattr(compute, each.name).invoke_arn for each in fields(compute)},
            },
            keyless=[each for each in table if each.keyless],
            log_retention_days=settings.log_retention_days,
        )
        ApiAlarms(
            self,
            "alarms",
            namer=self.namer,
            topics=data.alarms,
            api_name=api.name,
            stage_name=stage.name,
            access_log=stage.access_log,
        )
        domain = None
        if settings.domain:
            domain = Domain(self, "domain", settings=settings, api_id=api.id, stage=stage.name)
        if settings.waf_rate_limit:
            Firewall(self, "firewall", namer=self.namer, stage_arn=stage.arn, rate_limit=settings.waf_rate_limit)
        PageOrigins(self, "page-origins", settings=settings, api_id=api.id, reports=data.reports)
        banks = Construct(self, "banks")
        key_ids = {
            bank_id: BankAccess(
                banks,
                bank_id,
                bank=bank,
                namer=self.namer,
                api_id=api.id,
                stage=stage.name,
                banks=data.banks,
                protected=settings.protect_data,
            ).key_ids
            for bank_id, bank in settings.banks.items()
        }
        self.outputs = ApiOutputs(
            url=domain.url if domain else stage.url,
            domain_target=domain.target if domain else None,
            key_ids=key_ids,
        )
        self._outputs()

    def _rest_api(self) -> ApiGatewayRestApi:
        settings = self.settings
        return ApiGatewayRestApi(
            self,
            "api",
            name=self.namer.name("api", ResourceKind.API),
            description="Banks submit their reports of transactions",
            binary_media_types=["multipart/form-data"],
            endpoint_configuration=ApiGatewayRestApiEndpointConfiguration(types=["REGIONAL"]),
            # Another API has another id, and so another URL.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if settings.protect_data else None,
            # It accepts TLS 1.0, and would be a way around the domain's client certificates.
            disable_execute_api_endpoint=bool(settings.domain) and not settings.keep_default_endpoint,
        )

    def _outputs(self) -> None:
        TerraformOutput(self, "api_url", value=self.outputs.url, description="URL of the API for the banks")
        if self.outputs.domain_target:
            text = "Where the DNS record of the API's domain has to lead"
            TerraformOutput(self, "domain_target", value=self.outputs.domain_target, description=text)
        # As a token: for a plain map, cdktf 0.21 makes Node print a deprecation warning.
        key_ids = Token.as_any(self.outputs.key_ids)
        TerraformOutput(self, "api_key_ids", value=key_ids, description="Id of each bank's API keys, not the keys")
