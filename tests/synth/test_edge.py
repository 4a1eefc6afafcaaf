"""The edge: the API's own domain, who may call from where, and the firewall; each is a setting.

The local cloud enforces none of them (TLS, endpoints, resource policies, WAF): the synthesized JSON has to show them.
"""

import json
from pathlib import Path
from typing import Any

from shared.infra.settings.settings import Bank
from tests.synth.synthesis import CERTIFICATE, DOMAIN, Synthesis, settings_of, synthesize


def statements(synthesis: Synthesis) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(synthesis.one("aws_api_gateway_rest_api_policy").body["policy"])[
        "Statement"
    ]
    return found


def test_the_domain_accepts_tls_1_2_and_later_in_the_region_and_known_clients_only(closed: Synthesis) -> None:
    name = closed.one("aws_api_gateway_domain_name").body
    assert (name["domain_name"], name["regional_certificate_arn"]) == ("reports.example.com", CERTIFICATE)
    assert name["security_policy"] == "TLS_1_2"
    assert name["endpoint_configuration"] == {"types": ["REGIONAL"]}
    assert name["mutual_tls_authentication"] == {"truststore_uri": "s3://trust/banks.pem", "truststore_version": "v2"}


def test_the_domain_leads_to_the_stage_under_the_path_that_banks_know(closed: Synthesis) -> None:
    mapping = closed.one("aws_api_gateway_base_path_mapping").body
    assert mapping["base_path"] == "v1"
    assert mapping["stage_name"] == f"${{{closed.one('aws_api_gateway_stage').address}.stage_name}}"
    outputs = {each["description"]: each["value"] for each in closed.stacks["api-stack"]["output"].values()}
    assert outputs["URL of the API for the banks"] == "https://reports.example.com/v1"
    target = f"${{{closed.one('aws_api_gateway_domain_name').address}.regional_domain_name}}"
    assert outputs["Where the DNS record of the API's domain has to lead"] == target


def test_beside_a_domain_api_gateways_own_address_is_off_unless_banks_are_moving(
    closed: Synthesis, dev: Synthesis, tmp_path: Path
) -> None:
    moving = synthesize(settings_of("dev", **DOMAIN, keep_default_endpoint=True), tmp_path)
    found = [
        each.one("aws_api_gateway_rest_api").body["disable_execute_api_endpoint"] for each in (closed, moving, dev)
    ]
    assert found == [True, False, False]
    assert "mutual_tls_authentication" not in moving.one("aws_api_gateway_domain_name").body


def test_without_the_settings_there_is_neither_domain_nor_firewall(dev: Synthesis) -> None:
    assert not dev.of("aws_api_gateway_domain_name")
    assert not dev.of("aws_wafv2_web_acl")


def test_the_api_rejects_every_address_that_belongs_to_no_bank(closed: Synthesis) -> None:
    allow, deny = statements(closed)
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert deny["Condition"] == {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.7/32"]}}
    assert deny["Resource"] == f"${{{closed.one('aws_api_gateway_rest_api').address}.execution_arn}}/*"


def test_the_api_rejects_no_address_while_one_bank_may_call_from_anywhere(dev: Synthesis, tmp_path: Path) -> None:
    banks = {"nordbank": Bank(name="Nordbank", allowed_ips=("192.0.2.0/24",)), "bayside": Bank(name="Bayside")}
    for synthesis in (dev, synthesize(settings_of("dev", banks=banks), tmp_path)):
        assert [each["Effect"] for each in statements(synthesis)] == ["Allow"]


def test_each_key_has_its_banks_addresses_in_its_row(closed: Synthesis, dev: Synthesis) -> None:
    rows = [json.loads(each.body["item"]) for each in closed.of("aws_dynamodb_table_item")]
    found = sorted((row["bank_id"]["S"], [each["S"] for each in row["allowed_ips"]["L"]]) for row in rows)
    assert found == [
        ("bayside", ["192.0.2.0/24"]),
        ("bayside", ["192.0.2.0/24"]),
        ("nordbank", ["192.0.2.0/24", "198.51.100.7/32"]),
    ]
    assert all("allowed_ips" not in json.loads(each.body["item"]) for each in dev.of("aws_dynamodb_table_item"))


def test_a_changed_policy_is_deployed(closed: Synthesis, dev: Synthesis) -> None:
    for synthesis in (closed, dev):
        policy = synthesis.one("aws_api_gateway_rest_api_policy").address
        assert policy in synthesis.one("aws_api_gateway_deployment").body["depends_on"]
    triggers = {each.one("aws_api_gateway_deployment").body["triggers"]["definition"] for each in (closed, dev)}
    assert len(triggers) == 2


def test_the_firewall_blocks_an_address_by_its_rate_and_samples_no_requests(closed: Synthesis) -> None:
    acl = closed.one("aws_wafv2_web_acl")
    (rule,) = acl.body["rule"]
    assert (acl.body["name"], acl.body["scope"]) == ("txn-api-prod", "REGIONAL")
    assert rule["statement"] == {"rate_based_statement": {"limit": 1_000, "aggregate_key_type": "IP"}}
    assert rule["action"] == {"block": {}}
    assert acl.body["default_action"] == {"allow": {}}
    # They would show headers, and so keys.
    assert {each["visibility_config"]["sampled_requests_enabled"] for each in (rule, acl.body)} == {False}
    association = closed.one("aws_wafv2_web_acl_association").body
    assert association["web_acl_arn"] == f"${{{acl.address}.arn}}"
    assert association["resource_arn"] == f"${{{closed.one('aws_api_gateway_stage').address}.arn}}"
