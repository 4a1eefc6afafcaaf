"""Schemas in the protocol's form."""

import json
from collections.abc import Collection

from terraform_provider.protocol import tfplugin6_pb2 as pb
from terraform_provider.schema import Block

_NESTING = {
    "list": pb.Schema.NestedBlock.LIST,
    "set": pb.Schema.NestedBlock.SET,
}


def schema_message(block: Block, sensitive: Collection[str] = ()) -> pb.Schema:
    """A schema for Terraform, which never prints `sensitive` attributes."""
    return pb.Schema(block=_block_message(block, sensitive))


def _block_message(block: Block, sensitive: Collection[str] = ()) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[
            pb.Schema.Attribute(
                name=name,
                type=json.dumps(attribute.type).encode(),
                required=attribute.required,
                optional=attribute.optional,
                computed=attribute.computed,
                sensitive=name in sensitive,
            )
            for name, attribute in block.attributes.items()
        ],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=name,
                nesting=_NESTING[nested.nesting],
                block=_block_message(nested.block),
                min_items=nested.minimum,
                max_items=nested.maximum,
            )
            for name, nested in block.blocks.items()
        ],
    )
