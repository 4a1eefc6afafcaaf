"""Data is private, encrypted and restorable; in prod it refuses to be destroyed."""

import json
from typing import Any

import pytest

from tests.synth.synthesis import Resource, Synthesis

BUCKETS = ("reports", "state")


def part(synthesis: Synthesis, bucket: str, kind: str) -> dict[str, Any]:
    return synthesis.one(f"aws_s3_bucket_{kind}", bucket).body


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_is_closed_to_the_world(environment: Synthesis, bucket: str) -> None:
    block = part(environment, bucket, "public_access_block")
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(block[each] is True for each in settings)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_is_encrypted_and_versioned(environment: Synthesis, bucket: str) -> None:
    (rule,) = part(environment, bucket, "server_side_encryption_configuration")["rule"]
    assert rule["apply_server_side_encryption_by_default"] == {"sse_algorithm": "AES256"}
    assert part(environment, bucket, "versioning")["versioning_configuration"] == {"status": "Enabled"}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_declares_what_s3_blocks_by_default_or_every_plan_would_undo_it(
    environment: Synthesis, bucket: str
) -> None:
    (rule,) = part(environment, bucket, "server_side_encryption_configuration")["rule"]
    assert rule["blocked_encryption_types"] == ["SSE-C"]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_refuses_plain_http(environment: Synthesis, bucket: str) -> None:
    (statement,) = json.loads(part(environment, bucket, "policy")["policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(statement["Resource"]) == 2


@pytest.mark.parametrize("bucket", BUCKETS)
def test_old_versions_incomplete_uploads_and_delete_markers_expire(environment: Synthesis, bucket: str) -> None:
    rule, markers, *others = part(environment, bucket, "lifecycle_configuration")["rule"]
    assert rule["filter"] == [{}]
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
    assert rule["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 1}]
    assert "expiration" not in rule
    assert (markers["filter"], markers["expiration"]) == ([{}], [{"expired_object_delete_marker": True}])
    assert bool(others) is (bucket == "reports")


def expiring(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    """What is kept for some time only, by prefix."""
    _, _, *rules = part(synthesis, "reports", "lifecycle_configuration")["rule"]
    assert all(each["status"] == "Enabled" for each in rules)
    actions = ("expiration", "transition", "noncurrent_version_expiration")
    return {each["filter"][0]["prefix"]: {name: each[name] for name in actions if name in each} for each in rules}


def test_what_is_stored_for_a_while_expires(environment: Synthesis) -> None:
    kept = expiring(environment)
    kept.pop("reports/")
    assert kept == {
        prefix: {"expiration": [{"days": days}], "noncurrent_version_expiration": [{"noncurrent_days": 1}]}
        for prefix, days in (("errors/", 90), ("manifests/", 90), ("loads/", 90), ("map-results/", 14))
    }


def test_reports_are_archived_and_expire_as_the_environment_says(dev: Synthesis, prod: Synthesis) -> None:
    assert expiring(dev)["reports/"] == {"expiration": [{"days": 30}]}
    assert expiring(prod)["reports/"] == {
        "expiration": [{"days": 3_653}],
        "transition": [{"days": 90, "storage_class": "GLACIER_IR"}],
    }


def test_uploads_are_found_by_bank_and_by_what_is_due(dev: Synthesis) -> None:
    indexes = dev.one("aws_dynamodb_table", "uploads").body["global_secondary_index"]
    keys = {each["name"]: (each["hash_key"], each["range_key"], each["projection_type"]) for each in indexes}
    assert keys == {"by-bank": ("bank_id", "received_at", "ALL"), "by-due": ("sweep", "due_at", "ALL")}


def test_the_reports_bucket_has_one_notification_which_is_eventbridge(environment: Synthesis) -> None:
    (notification,) = environment.of("aws_s3_bucket_notification")
    assert notification.body["eventbridge"] is True
    assert "reports_bucket" in notification.body["bucket"]


def test_every_table_is_on_demand_encrypted_and_restorable(environment: Synthesis) -> None:
    for table in environment.of("aws_dynamodb_table"):
        assert table.body["billing_mode"] == "PAY_PER_REQUEST"
        assert table.body["point_in_time_recovery"] == {"enabled": True}
        assert table.body["server_side_encryption"] == {"enabled": True}


def test_only_declared_uploads_expire(environment: Synthesis) -> None:
    expiring = {each.id: each.body["ttl"] for each in environment.of("aws_dynamodb_table") if "ttl" in each.body}
    assert list(expiring.values()) == [{"attribute_name": "expires_at", "enabled": True}]
    assert "uploads" in next(iter(expiring))


def test_every_attribute_of_a_table_is_a_key_of_something(environment: Synthesis) -> None:
    for table in environment.of("aws_dynamodb_table"):
        indexes = table.body.get("global_secondary_index", [])
        own = {table.body[key] for key in ("hash_key", "range_key") if key in table.body}
        keys = own | {each[key] for each in indexes for key in ("hash_key", "range_key")}
        assert {each["name"] for each in table.body["attribute"]} == keys


def data_of(synthesis: Synthesis, type_: str) -> list[Resource]:
    return [each for each in synthesis.of(type_) if each.stack == "data-stack"]


def test_data_survives_a_destroy_in_prod(prod: Synthesis) -> None:
    (bucket,) = data_of(prod, "aws_s3_bucket")
    assert bucket.body["force_destroy"] is False
    assert bucket.body["lifecycle"] == {"prevent_destroy": True}
    tables = data_of(prod, "aws_dynamodb_table")
    assert all(each.body["deletion_protection_enabled"] is True for each in tables)
    assert all(each.body["lifecycle"] == {"prevent_destroy": True} for each in tables)


def test_a_short_lived_environment_is_destroyed_with_its_data(dev: Synthesis) -> None:
    (bucket,) = data_of(dev, "aws_s3_bucket")
    assert bucket.body["force_destroy"] is True
    assert "lifecycle" not in bucket.body
    tables = data_of(dev, "aws_dynamodb_table")
    assert all(each.body["deletion_protection_enabled"] is False for each in tables)
    assert not any("lifecycle" in each.body for each in tables)


def test_state_is_protected_in_every_real_account(environment: Synthesis) -> None:
    bucket = environment.one("aws_s3_bucket", "state").body
    assert bucket["force_destroy"] is False
    assert bucket["lifecycle"] == {"prevent_destroy": True}
    assert environment.one("aws_dynamodb_table", "lock").body["deletion_protection_enabled"] is True


def test_queues_keep_messages_as_long_as_sqs_can_and_encrypted(environment: Synthesis) -> None:
    queues = environment.of("aws_sqs_queue")
    assert len(queues) == 3
    for queue in queues:
        assert queue.body["message_retention_seconds"] == 14 * 24 * 3600
        assert queue.body["sqs_managed_sse_enabled"] is True


def test_each_queue_has_one_policy_and_refuses_plain_http(environment: Synthesis) -> None:
    policies = environment.of("aws_sqs_queue_policy")
    assert len({each.body["queue_url"] for each in policies}) == len(policies) == 3
    for policy in policies:
        statements = json.loads(policy.body["policy"])["Statement"]
        assert [each["Effect"] for each in statements if each["Sid"] == "DenyWithoutTls"] == ["Deny"]


def test_only_our_rules_may_send_to_the_queue_of_event_dead_letters(dev: Synthesis) -> None:
    statements = json.loads(dev.one("aws_sqs_queue_policy", "report-stored").body["policy"])["Statement"]
    (allowed,) = [each for each in statements if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    rules = [each for each in dev.of("aws_cloudwatch_event_rule") if each.id.startswith("report-stored")]
    assert len(rules) == 2
    sources = allowed["Condition"].pop("ArnEquals").pop("aws:SourceArn")
    assert set(sources) == {f"${{{each.address}.arn}}" for each in rules}
    assert allowed["Condition"] == {}


def test_only_our_topics_may_send_to_the_queue_of_undelivered_messages(dev: Synthesis) -> None:
    policy = dev.one("aws_sqs_queue_policy", "undelivered").body
    queue = f"${{{dev.one('aws_sqs_queue', 'undelivered').address}"
    assert policy["queue_url"] in (f"{queue}.id}}", f"{queue}.url}}")
    (allowed,) = [each for each in json.loads(policy["policy"])["Statement"] if each["Effect"] == "Allow"]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "sns.amazonaws.com"}, "sqs:SendMessage")
    assert allowed["Resource"] == f"{queue}.arn}}"
    sources = allowed["Condition"].pop("ArnEquals").pop("aws:SourceArn")
    assert set(sources) == {f"${{{each.address}.arn}}" for each in dev.of("aws_sns_topic")}
    assert allowed["Condition"] == {}


def test_outcomes_are_encrypted_and_alarms_are_not_because_cloudwatch_cannot_use_the_key(dev: Synthesis) -> None:
    assert dev.one("aws_sns_topic", "outcomes").body["kms_master_key_id"] == "alias/aws/sns"
    assert "kms_master_key_id" not in dev.one("aws_sns_topic", "alarms").body
