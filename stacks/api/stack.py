"""API stack: the face to the banks."""

from cdktf import TerraformOutput, Token
from cdktf_cdktf_provider_aws.api_gateway_rest_api import ApiGatewayRestApi, ApiGatewayRestApiEndpointConfiguration
from constructs import Construct

from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind
from shared.infra.settings.settings import Settings
from stacks.api.banks import BankAccess
from stacks.api.fingerprint import fingerprint
from stacks.api.gateway_responses import ProblemAnswers
from stacks.api.routes import Routes
from stacks.api.stage import Stage
from stacks.compute.stack import ComputeOutputs
from stacks.data.stack import DataOutputs


class ApiStack(EnvironmentStack):
    """REST API, its stage, and what each bank gets."""

    def __init__(self, scope: Construct, *, settings: Settings, data: DataOutputs, compute: ComputeOutputs) -> None:
        """Make the stack.

        Args:
            scope: the app.
            settings: of the environment.
            data: has the banks table.
            compute: has the functions that answer.
        """
        super().__init__(scope, "api-stack", settings=settings)
        api = self._rest_api()
        routes = Routes(self, "routes", namer=self.namer, api=api, intake=compute.intake, status=compute.status)
        problems = ProblemAnswers(self, "problems", rest_api_id=api.id)
        definition = [api, *routes.resources, *problems.resources]
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
        keys = {
            bank_id: BankAccess(
                banks, bank_id, bank=bank, namer=self.namer, api_id=api.id, stage=stage.name, banks=data.banks
            ).key_id
            for bank_id, bank in settings.banks.items()
        }
        TerraformOutput(self, "api_url", value=stage.url, description="Where banks reach the API")
        # As a token, because cdktf 0.21 asks of a plain map what makes Node print a deprecation warning.
        key_ids = Token.as_any(keys)
        TerraformOutput(self, "api_key_ids", value=key_ids, description="API key of each bank: ids, not the keys")

    def _rest_api(self) -> ApiGatewayRestApi:
        return ApiGatewayRestApi(
            self,
            "api",
            name=self.namer.name("api", ResourceKind.API),
            description="Banks submit their reports of transactions",
            binary_media_types=["multipart/form-data"],
            endpoint_configuration=ApiGatewayRestApiEndpointConfiguration(types=["REGIONAL"]),
        )
