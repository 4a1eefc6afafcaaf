"""What a bank gets: its API key, the key's limits, and its row in the banks table."""

import json
from collections.abc import Mapping

from cdktf import DataResource, Fn
from cdktf_cdktf_provider_aws.api_gateway_api_key import ApiGatewayApiKey
from cdktf_cdktf_provider_aws.api_gateway_usage_plan import (
    ApiGatewayUsagePlan,
    ApiGatewayUsagePlanApiStages,
    ApiGatewayUsagePlanQuotaSettings,
    ApiGatewayUsagePlanThrottleSettings,
)
from cdktf_cdktf_provider_aws.api_gateway_usage_plan_key import ApiGatewayUsagePlanKey
from cdktf_cdktf_provider_aws.dynamodb_table_item import DynamodbTableItem
from constructs import Construct

from shared.contracts.tables import BANKS
from shared.infra.naming import Namer, ResourceKind
from shared.infra.refs import TableRef
from shared.infra.settings.settings import Bank


class BankAccess(Construct):
    """Key, usage plan and table item of one bank.

    Attributes:
        key_id: id of the API key, by which an operator can look up its value.
    """

    def __init__(
        self, scope: Construct, bank_id: str, *, bank: Bank, namer: Namer, api_id: str, stage: str, banks: TableRef
    ) -> None:
        """Make all three.

        Args:
            scope: parent.
            bank_id: id of the bank, and construct id.
            bank: its name and limits.
            namer: of the environment.
            api_id: the REST API.
            stage: the stage for which the limits hold.
            banks: table in which the functions look the bank up.
        """
        super().__init__(scope, bank_id)
        # AWS generates the value. It is in Terraform's state, which is encrypted, and in no output.
        key = ApiGatewayApiKey(
            self, "key", name=namer.name(bank_id, ResourceKind.API_KEY), description=f"Key of {bank.name}", enabled=True
        )
        plan = self._plan(bank_id, bank, namer, ApiGatewayUsagePlanApiStages(api_id=api_id, stage=stage))
        ApiGatewayUsagePlanKey(self, "plan-key", key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id)
        self._write(banks, {BANKS.partition_key: Fn.sha256(key.value), "bank_id": bank_id, "name": bank.name})
        self.key_id = key.id

    def _write(self, banks: TableRef, texts: Mapping[str, str]) -> None:
        # Its id is in Terraform's state alone: after a lost state there is a new row, beside the old one.
        revision = DataResource(self, "revision").id
        item = {name: {"S": text} for name, text in {**texts, "revision": revision}.items()}
        DynamodbTableItem(
            self,
            "item",
            table_name=banks.name,
            hash_key=BANKS.partition_key,
            range_key=BANKS.sort_key,
            item=json.dumps(item),
        )

    def _plan(self, bank_id: str, bank: Bank, namer: Namer, stage: ApiGatewayUsagePlanApiStages) -> ApiGatewayUsagePlan:
        return ApiGatewayUsagePlan(
            self,
            "plan",
            name=namer.name(bank_id, ResourceKind.USAGE_PLAN),
            description=f"Limits of {bank.name}",
            api_stages=[stage],
            quota_settings=ApiGatewayUsagePlanQuotaSettings(limit=bank.quota_per_day, period="DAY"),
            throttle_settings=ApiGatewayUsagePlanThrottleSettings(
                rate_limit=bank.rate_limit, burst_limit=bank.burst_limit
            ),
        )
