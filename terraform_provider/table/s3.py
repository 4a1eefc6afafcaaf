"""S3: buckets and their separate configurations."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from botocore.exceptions import ClientError

from terraform_provider.mapping import pairs
from terraform_provider.rules import OBJECT, Check, Rule, at_least, length, matches, needs, one_set
from terraform_provider.session import Session
from terraform_provider.spec import Call, Interpret, Names, Prepare, Read, Request, ResourceType, Response
from terraform_provider.values import State

_BUCKET: Final = {"Bucket": "{bucket}"}
_NO_CONSTRAINT_REGION: Final = "us-east-1"


class _BucketTagging:
    """S3 reads and writes all tags of a bucket at once."""

    def read(self, session: Session, service: str, state: State) -> dict[str, str]:
        """The bucket's tags."""
        try:
            response = session.client(service, state.get("region")).get_bucket_tagging(Bucket=state["bucket"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchTagSet":
                return {}
            raise
        return pairs(response["TagSet"])

    def write(
        self, session: Session, service: str, state: State, _old: Mapping[str, str], new: Mapping[str, str]
    ) -> None:
        """Replace all tags by the new ones."""
        client = session.client(service, state.get("region"))
        if new:
            client.put_bucket_tagging(Bucket=state["bucket"], Tagging={"TagSet": _tag_set(new)})
        else:
            client.delete_bucket_tagging(Bucket=state["bucket"])


def _configured(session: Session, request: Request, state: State) -> Request:
    """Create it with its tags: no bucket exists without them, even if the deploy is killed."""
    region = state.get("region") or session.region
    location = {} if region == _NO_CONSTRAINT_REGION else {"LocationConstraint": region}
    tags = {"Tags": _tag_set(state["tags"])} if state.get("tags") else {}
    return {**request, "CreateBucketConfiguration": location | tags} if location or tags else request


def _tag_set(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _empty(session: Session, request: Request, state: State) -> Request:
    """With `force_destroy`, delete every version of every object first."""
    if state.get("force_destroy"):
        client = session.client("s3", state.get("region"))
        for page in client.get_paginator("list_object_versions").paginate(Bucket=state["bucket"]):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if found:
                objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
                client.delete_objects(Bucket=state["bucket"], Delete={"Objects": objects, "Quiet": True})
    return request


def _read_versioning(_session: Session, response: Response, _prior: State) -> State:
    status, mfa_delete = response.get("Status", "Disabled"), response.get("MFADelete", "")
    return {"versioning_configuration": [{"status": status, "mfa_delete": mfa_delete}]}


def _notification(_session: Session, request: Request, state: State) -> Request:
    configuration: dict[str, Any] = {"EventBridgeConfiguration": {}} if state.get("eventbridge") else {}
    return {**request, "NotificationConfiguration": configuration}


def _read_notification(_session: Session, response: Response, _prior: State) -> State:
    return {"eventbridge": "EventBridgeConfiguration" in response}


def _part(
    put: str,
    get: str,
    *,
    delete: Call,
    inside: str = "",
    names: Names | None = None,
    sends: AbstractSet[str] | None = None,
    prepare: Prepare | None = None,
    interpret: Interpret | None = None,
    defaults: Mapping[str, Any] | None = None,
    at: str | None = None,
    rules: Mapping[str, Rule] | None = None,
    checks: tuple[Check, ...] = (),
) -> ResourceType:
    """One configuration of a bucket, as a resource type."""
    call = Call(put, keys=_BUCKET, inside=inside, attributes=sends, prepare=prepare)
    return ResourceType(
        service="s3",
        create=call,
        updates=(call,),
        reads=(Read(get, keys=_BUCKET, at=inside if at is None else at, interpret=interpret),),
        delete=delete,
        id="{bucket}",
        replaced_by={"bucket"},
        unsent={"bucket"},
        defaults=defaults or {},
        names=names or {},
        rules=rules or {},
        checks=checks,
    )


_BLOCKS: Final = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")

TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_s3_bucket": ResourceType(
        service="s3",
        create=Call("CreateBucket", attributes={"bucket"}, prepare=_configured),
        reads=(Read("HeadBucket", keys=_BUCKET, attributes=frozenset()),),
        delete=Call("DeleteBucket", keys=_BUCKET, prepare=_empty),
        id="{bucket}",
        tagging=_BucketTagging(),
        replaced_by={"bucket"},
        unsent={"force_destroy"},
        defaults={"force_destroy": False},
        derived={
            "arn": "arn:{partition}:s3:::{bucket}",
            "bucket_domain_name": "{bucket}.s3.amazonaws.com",
            "bucket_regional_domain_name": "{bucket}.s3.{region}.amazonaws.com",
            "bucket_region": "{region}",
        },
        import_id="{bucket}",
        rules={
            "bucket": matches(
                r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "3 to 63 lower-case letters, digits, dots and hyphens"
            )
        },
    ),
    "aws_s3_bucket_versioning": _part(
        "PutBucketVersioning",
        "GetBucketVersioning",
        sends={"versioning_configuration"},
        interpret=_read_versioning,
        delete=Call(
            "PutBucketVersioning", keys=_BUCKET, constants={"VersioningConfiguration": {"Status": "Suspended"}}
        ),
    ),
    "aws_s3_bucket_server_side_encryption_configuration": _part(
        "PutBucketEncryption",
        "GetBucketEncryption",
        inside="ServerSideEncryptionConfiguration",
        names={"rule.blocked_encryption_types": "BlockedEncryptionTypes.EncryptionType"},
        delete=Call("DeleteBucketEncryption", keys=_BUCKET),
    ),
    "aws_s3_bucket_public_access_block": _part(
        "PutPublicAccessBlock",
        "GetPublicAccessBlock",
        inside="PublicAccessBlockConfiguration",
        delete=Call("DeletePublicAccessBlock", keys=_BUCKET),
        defaults=dict.fromkeys(_BLOCKS, False),
    ),
    "aws_s3_bucket_policy": _part(
        "PutBucketPolicy",
        "GetBucketPolicy",
        sends={"policy"},
        delete=Call("DeleteBucketPolicy", keys=_BUCKET),
        rules={"policy": OBJECT},
    ),
    "aws_s3_bucket_notification": _part(
        "PutBucketNotificationConfiguration",
        "GetBucketNotificationConfiguration",
        sends={"eventbridge"},
        prepare=_notification,
        interpret=_read_notification,
        delete=Call("PutBucketNotificationConfiguration", keys=_BUCKET, constants={"NotificationConfiguration": {}}),
        defaults={"eventbridge": False},
    ),
    "aws_s3_bucket_cors_configuration": _part(
        "PutBucketCors",
        "GetBucketCors",
        inside="CORSConfiguration",
        at="",
        sends={"cors_rule"},
        names={"cors_rule": "CORSRules"},
        delete=Call("DeleteBucketCors", keys=_BUCKET),
    ),
    "aws_s3_bucket_lifecycle_configuration": _part(
        "PutBucketLifecycleConfiguration",
        "GetBucketLifecycleConfiguration",
        inside="LifecycleConfiguration",
        at="",
        sends={"rule"},
        delete=Call("DeleteBucketLifecycle", keys=_BUCKET),
        rules={
            "rule.id": length(1, 255),
            "rule.noncurrent_version_expiration.newer_noncurrent_versions": at_least(1),
            "rule.noncurrent_version_expiration.noncurrent_days": at_least(1),
            "rule.noncurrent_version_transition.newer_noncurrent_versions": at_least(1),
            "rule.noncurrent_version_transition.noncurrent_days": at_least(0),
            "rule.transition": one_set("date", "days"),
            "rule.transition.days": at_least(0),
        },
        checks=(needs("rule", when=lambda _config: True, why="at least once"),),
    ),
}
