"""Finds what stores data: buckets, tables, queues, topics, log groups."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.infra.adoption.aws import Aws, NoAnswerError
from shared.infra.adoption.ownership import Found

Names = Mapping[str, str]
"""Attributes by which a resource is found, filled in."""
_UNREADABLE: Final = frozenset({"403", "AccessDenied", "AllAccessDisabled"})
"""Error codes of a bucket that may not be read; an answer to HeadBucket has no body, and so only the number."""


def bucket(aws: Aws, names: Names) -> Iterator[Found]:
    """Names of buckets are unique in all of AWS; import id: the name.

    Ours can be guessed, so another account may have taken one, with our tags on it, to receive our data: S3 is asked
    to answer for our own account's buckets only.
    """
    name = names["bucket"]
    try:
        answer = aws.ask("s3", "get_bucket_tagging", Bucket=name, ExpectedBucketOwner=aws.account_id)
    except NoAnswerError as error:
        if str(error) == "NoSuchTagSet":
            yield Found(import_id=name, tags={})
        elif str(error) in _UNREADABLE:
            yield _without_tags(aws, name)
        else:
            raise
    else:
        if answer is not None:
            yield Found(import_id=name, tags=pairs(answer["TagSet"]))


def _without_tags(aws: Aws, name: str) -> Found:
    """A bucket whose tags may not be read. HeadBucket needs s3:ListBucket only, as Terraform's backend does."""
    if _answers(aws, name, ExpectedBucketOwner=aws.account_id):
        note = "is in this account, but these credentials lack s3:GetBucketTagging, which shows whose it is"
        return Found(import_id=name, tags={}, note=note, in_our_account=True)
    if _answers(aws, name):
        return Found(import_id=name, tags={}, note="belongs to another account")
    # Without this right, Terraform's backend cannot use the bucket either: not even one that is another account's.
    note = "belongs to another account, or these credentials lack s3:GetBucketTagging and s3:ListBucket"
    return Found(import_id=name, tags={}, note=note, hidden=True)


def _answers(aws: Aws, name: str, **owner: str) -> bool:
    try:
        return aws.ask("s3", "head_bucket", Bucket=name, **owner) is not None
    except NoAnswerError as error:
        if str(error) in _UNREADABLE:
            return False
        raise


def table(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the name."""
    answer = aws.ask("dynamodb", "describe_table", TableName=names["name"])
    if answer is not None:
        tags = aws.all("dynamodb", "list_tags_of_resource", ResourceArn=answer["Table"]["TableArn"])
        yield Found(import_id=names["name"], tags=pairs(tags.get("Tags", [])))


def queue(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the URL."""
    answer = aws.ask("sqs", "get_queue_url", QueueName=names["name"])
    if answer is not None:
        url = answer["QueueUrl"]
        tags = aws.ask("sqs", "list_queue_tags", QueueUrl=url) or {}
        yield Found(import_id=url, tags=tags.get("Tags", {}))


def topic(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the ARN."""
    arn = f"arn:{aws.partition}:sns:{aws.region}:{aws.account_id}:{names['name']}"
    if aws.ask("sns", "get_topic_attributes", TopicArn=arn) is not None:
        tags = aws.ask("sns", "list_tags_for_resource", ResourceArn=arn) or {}
        yield Found(import_id=arn, tags=pairs(tags.get("Tags", [])))


def log_group(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the name."""
    name = names["name"]
    groups = (aws.ask("logs", "describe_log_groups", logGroupNamePrefix=name) or {}).get("logGroups", [])
    # Longer names come after the name itself, so it is on the first page.
    for group in groups:
        if group["logGroupName"] == name:
            arn = group["arn"].removesuffix(":*")
            tags = aws.ask("logs", "list_tags_for_resource", resourceArn=arn) or {}
            yield Found(import_id=name, tags=tags.get("tags", {}))


def pairs(tags: list[dict[str, Any]]) -> dict[str, str]:
    """Tags that a service returns as a list of pairs, as a mapping."""
    return {each["Key"]: each["Value"] for each in tags}
