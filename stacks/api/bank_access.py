"""What a bank gets: its API keys, their limits, and a row in the banks table for each."""

import json

from cdktf import DataResource, Fn, TerraformResourceLifecycle
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

from shared.contracts.tables import ALLOWED_IPS, BANKS
from shared.infra.naming import FIRST_KEY, Namer, ResourceKind
from shared.infra.refs import TableRef
from shared.infra.settings.settings import Bank


class BankAccess(Construct):
    """Usage plan of one bank, with each of its keys and the key's table item.

    No key depends on another one: while one is created or revoked, the others go on working.

    Attributes:
        key_ids: id of each API key by its name; by the id, an operator can look up the value.
    """

    def __init__(
        self,
        scope: Construct,
        bank_id: str,
        *,
        bank: Bank,
        namer: Namer,
        api_id: str,
        stage: str,
        banks: TableRef,
        protected: bool,
    ) -> None:
        """Make all of them.

        Args:
            scope: parent.
            bank_id: id of the bank, and construct id.
            bank: its name, keys and limits.
            namer: of the environment.
            api_id: the REST API.
            stage: the stage for which the limits hold.
            banks: table in which the functions look the bank up.
            protected: whether Terraform refuses to destroy a key that the settings have: its value would be lost.
        """
        super().__init__(scope, bank_id)
        self._bank_id = bank_id
        self._bank = bank
        plan = self._plan(namer, ApiGatewayUsagePlanApiStages(api_id=api_id, stage=stage))
        self.key_ids = {key: self._key(key, namer, plan, banks, protected=protected) for key in bank.keys}

    def _key(self, name: str, namer: Namer, plan: ApiGatewayUsagePlan, banks: TableRef, *, protected: bool) -> str:
        """Make a key; its id. The first one's construct ids are those of the time when a bank had only one."""
        end = "" if name == FIRST_KEY else f"-{name}"
        # AWS generates the value. It is in Terraform's state, which is encrypted, and in no output.
        key = ApiGatewayApiKey(
            self,
            f"key{end}",
            name=namer.api_key(self._bank_id, name),
            description=f"Key of {self._bank.name}",
            enabled=True,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protected else None,
        )
        ApiGatewayUsagePlanKey(self, f"plan-key{end}", key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id)
        # Its id is in Terraform's state alone: after a lost state there is a new row, beside the old one.
        revision = DataResource(self, f"revision{end}").id
        texts = {
            BANKS.partition_key: Fn.sha256(key.value),
            "bank_id": self._bank_id,
            "name": self._bank.name,
            "revision": revision,
        }
        item: dict[str, object] = {attribute: {"S": text} for attribute, text in texts.items()}
        if self._bank.allowed_ips:
            item[ALLOWED_IPS] = {"L": [{"S": each} for each in self._bank.allowed_ips]}
        DynamodbTableItem(
            self,
            f"item{end}",
            table_name=banks.name,
            hash_key=BANKS.partition_key,
            range_key=BANKS.sort_key,
            item=json.dumps(item),
        )
        return key.id

    def _plan(self, namer: Namer, stage: ApiGatewayUsagePlanApiStages) -> ApiGatewayUsagePlan:
        bank = self._bank
        return ApiGatewayUsagePlan(
            self,
            "plan",
            name=namer.name(self._bank_id, ResourceKind.USAGE_PLAN),
            description=f"Limits of {bank.name}",
            api_stages=[stage],
            quota_settings=ApiGatewayUsagePlanQuotaSettings(limit=bank.quota_per_day, period="DAY"),
            throttle_settings=ApiGatewayUsagePlanThrottleSettings(
                rate_limit=bank.rate_limit, burst_limit=bank.burst_limit
            ),
        )
