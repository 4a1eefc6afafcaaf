"""API stack: the face to the banks."""

from collections.abc import Mapping
from dataclasses import dataclass

from cdktf import TerraformOutput, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.api_gateway_rest_api import ApiGatewayRestApi, ApiGatewayRestApiEndpointConfiguration
from constructs import Construct

from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind
from shared.infra.settings.settings import Settings
from shared.infra.stack_names import StackName
from stacks.api.bank_access import BankAccess
from stacks.api.fingerprint import fingerprint
from stacks.api.gateway_responses import GatewayResponses
from stacks.api.routes import Routes
from stacks.api.stage import Stage
from stacks.compute.stack import ComputeOutputs
from stacks.data.stack import DataOutputs


@dataclass(frozen=True, kw_only=True)
class ApiOutputs:
    """What banks and operators need."""

    url: str
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
        routes = Routes(self, "routes", namer=self.namer, api=api, intake=compute.intake, status=compute.status)
        responses = GatewayResponses(self, "problems", rest_api_id=api.id)
        definition = [api, *routes.resources, *responses.resources]
        stage = Stage(
            self,
            "stage",
            namer=self.namer,
            api=api,
            definition=definition,
            fingerprint=fingerprint(self, definition),
            log_retention_days=settings.log_retention_days,
        )
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
        self.outputs = ApiOutputs(url=stage.url, key_ids=key_ids)
        self._outputs()

    def _rest_api(self) -> ApiGatewayRestApi:
        return ApiGatewayRestApi(
            self,
            "api",
            name=self.namer.name("api", ResourceKind.API),
            description="Banks submit their reports of transactions",
            binary_media_types=["multipart/form-data"],
            endpoint_configuration=ApiGatewayRestApiEndpointConfiguration(types=["REGIONAL"]),
            # Another API has another id, and so another URL.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if self.settings.protect_data else None,
        )

    def _outputs(self) -> None:
        TerraformOutput(self, "api_url", value=self.outputs.url, description="URL of the API for the banks")
        # As a token: for a plain map, cdktf 0.21 makes Node print a deprecation warning.
        key_ids = Token.as_any(self.outputs.key_ids)
        TerraformOutput(self, "api_key_ids", value=key_ids, description="Id of each bank's API keys, not the keys")
