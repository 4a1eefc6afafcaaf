"""S3 and DynamoDB."""

import json
from typing import Any

from tests.e2e.terraform_provider.cases import Case, Configuration

BUCKET = "${aws_s3_bucket.it.bucket}"


def _policy(sid: str) -> str:
    statement = {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["${aws_s3_bucket.it.arn}", "${aws_s3_bucket.it.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _s3(*, second: bool) -> Configuration:
    rules: list[dict[str, Any]] = [
        {
            "id": "uploads",
            "status": "Enabled",
            "filter": [{}],
            "abort_incomplete_multipart_upload": [{"days_after_initiation": 2 if second else 1}],
        },
        {
            "id": "reports",
            "status": "Enabled",
            "filter": [{"prefix": "reports/"}],
            "expiration": [{"days": 365 if second else 30}],
            "noncurrent_version_expiration": [{"noncurrent_days": 30}],
            "transition": [{"days": 5, "storage_class": "STANDARD_IA"}] if not second else [],
        },
        {
            "id": "markers",
            "status": "Enabled" if second else "Disabled",
            "filter": [{}],
            "expiration": [{"expired_object_delete_marker": True}],
        },
    ]
    cors = [
        {
            "allowed_methods": ["GET", "PUT"] if second else ["PUT"],
            "allowed_origins": ["https://reports.example", "https://other.example"],
            "allowed_headers": ["content-type", "if-none-match"],
            "expose_headers": ["etag"],
            "max_age_seconds": 600 if second else 300,
        },
        {"id": "links", "allowed_methods": ["GET"], "allowed_origins": ["*"]},
    ]
    return {
        "resource": {
            "aws_s3_bucket": {
                "it": {
                    "bucket": "s3-it",
                    "force_destroy": second,
                    "tags": {"Kind": "second"} if second else {"Kind": "first", "Gone": "soon"},
                }
            },
            "aws_s3_bucket_versioning": {
                "it": {
                    "bucket": BUCKET,
                    "versioning_configuration": {"status": "Suspended" if second else "Enabled"},
                }
            },
            "aws_s3_bucket_server_side_encryption_configuration": {
                "it": {
                    "bucket": BUCKET,
                    "rule": [
                        {
                            "bucket_key_enabled": second,
                            "blocked_encryption_types": ["NONE" if second else "SSE-C"],
                            "apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}],
                        }
                    ],
                }
            },
            "aws_s3_bucket_public_access_block": {
                "it": {
                    "bucket": BUCKET,
                    "block_public_acls": True,
                    "block_public_policy": second,
                    "ignore_public_acls": True,
                    "restrict_public_buckets": True,
                }
            },
            "aws_s3_bucket_policy": {"it": {"bucket": BUCKET, "policy": _policy("TlsOnly" if second else "Tls")}},
            "aws_s3_bucket_notification": {"it": {"bucket": BUCKET, "eventbridge": not second}},
            "aws_s3_bucket_cors_configuration": {"it": {"bucket": BUCKET, "cors_rule": cors[: 2 if second else 1]}},
            "aws_s3_bucket_lifecycle_configuration": {
                "it": {"bucket": BUCKET, "rule": rules, "depends_on": ["aws_s3_bucket_versioning.it"]}
            },
        },
    }


def _dynamodb(*, second: bool) -> Configuration:
    index = {"name": "by-bank", "hash_key": "bank_id", "range_key": "at", "projection_type": "ALL"}
    added = {"name": "by-day", "hash_key": "day", "range_key": "at", "projection_type": "KEYS_ONLY"}
    removed = {"name": "by-shard", "hash_key": "shard", "projection_type": "ALL"}
    of_indexes = ("bank_id", "at", "day") if second else ("bank_id", "at", "shard")
    item = {"id": {"S": "1"}, "name": {"S": "second" if second else "first"}}
    return {
        "resource": {
            "aws_dynamodb_table": {
                "it": {
                    "name": "dynamodb-it",
                    "billing_mode": "PAY_PER_REQUEST",
                    "hash_key": "id",
                    "attribute": [{"name": name, "type": "S"} for name in ("id", *of_indexes)],
                    "global_secondary_index": [index, added if second else removed],
                    "point_in_time_recovery": {"enabled": second},
                    "server_side_encryption": {"enabled": True},
                    "ttl": {"enabled": second, "attribute_name": "expires" if second else ""},
                    "deletion_protection_enabled": False,
                    "tags": {"Kind": "second" if second else "first"},
                },
                "locks": {
                    "name": "dynamodb-locks",
                    "hash_key": "LockID",
                    "range_key": "at",
                    "attribute": [{"name": "LockID", "type": "S"}, {"name": "at", "type": "N"}],
                    "billing_mode": "PAY_PER_REQUEST",
                },
            },
            "aws_dynamodb_table_item": {
                "it": {
                    "table_name": "${aws_dynamodb_table.it.name}",
                    "hash_key": "${aws_dynamodb_table.it.hash_key}",
                    "item": json.dumps(item),
                }
            },
        }
    }


CASES = (
    Case(
        name="s3",
        first=_s3(second=False),
        second=_s3(second=True),
        after_import=frozenset({"aws_s3_bucket.force_destroy"}),
    ),
    Case(
        name="dynamodb",
        first=_dynamodb(second=False),
        second=_dynamodb(second=True),
        not_imported=frozenset({"aws_dynamodb_table_item"}),
    ),
)
