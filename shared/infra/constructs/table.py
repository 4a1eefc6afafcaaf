"""A DynamoDB table: on demand, encrypted, restorable to any second of the last 35 days."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTableGlobalSecondaryIndex,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from constructs import Construct

from shared.contracts.tables import Index, TableKeys
from shared.infra.refs import TableRef


class Table(Construct):
    """A table with string keys.

    Attributes:
        ref: name and ARN.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, keys: TableKeys, protected: bool) -> None:
        """Make the table.

        Args:
            scope: parent.
            id_: construct id.
            name: physical name.
            keys: keys, indexes and the attribute of expiry, as the functions use them.
            protected: whether Terraform refuses to plan its destruction, and AWS to delete it.
        """
        super().__init__(scope, id_)
        table = DynamodbTable(
            self,
            "table",
            name=name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=keys.partition_key,
            range_key=keys.sort_key,
            attribute=[DynamodbTableAttribute(name=each, type="S") for each in _attributes(keys)],
            global_secondary_index=[_index(each) for each in keys.indexes] or None,
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True),
            ttl=DynamodbTableTtl(attribute_name=keys.expiry, enabled=True) if keys.expiry else None,
            deletion_protection_enabled=protected,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protected else None,
        )
        self.ref = TableRef(name=table.name, arn=table.arn)


def _attributes(keys: TableKeys) -> list[str]:
    """Every attribute that is a key of something, once."""
    of_indexes = {key for index in keys.indexes for key in (index.partition_key, index.sort_key)}
    of_table = {keys.partition_key, keys.sort_key or keys.partition_key}
    return sorted(of_table | of_indexes)


def _index(index: Index) -> DynamodbTableGlobalSecondaryIndex:
    return DynamodbTableGlobalSecondaryIndex(
        name=index.name,
        hash_key=index.partition_key,
        range_key=index.sort_key,
        projection_type="ALL",
    )
