"""Data sources: what a session knows of itself."""

from typing import Final

from terraform_provider.session import Session
from terraform_provider.spec import DataSource
from terraform_provider.values import State


def _caller_identity(session: Session, _config: State) -> State:
    identity = session.client("sts").get_caller_identity()
    account = identity["Account"]
    return {"account_id": account, "arn": identity["Arn"], "id": account, "user_id": identity["UserId"]}


def _region(session: Session, config: State) -> State:
    region = config.get("region") or session.region
    return {
        "description": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
        "id": region,
        "name": region,
        "region": region,
    }


def _partition(session: Session, _config: State) -> State:
    partition = session.partition
    return {
        "dns_suffix": "amazonaws.com",
        "id": partition,
        "partition": partition,
        "reverse_dns_prefix": "com.amazonaws",
    }


SOURCES: Final[dict[str, DataSource]] = {
    "aws_caller_identity": _caller_identity,
    "aws_partition": _partition,
    "aws_region": _region,
}
