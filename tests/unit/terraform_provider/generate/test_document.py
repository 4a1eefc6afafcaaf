"""The schema file is the one that the installed bindings generate."""

import json

from terraform_provider.generate.document import generate, pruned, render
from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.schema import SCHEMA_FILE


def test_the_schema_file_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == render(generate())


def test_a_block_that_is_not_supported_keeps_only_its_name() -> None:
    block = ["list", 0, 0, {"attributes": {"days": ["number", "r"]}}]
    document = {"attributes": {"name": ["string", "o"]}, "blocks": {"rule": block, "grant": block}}
    assert pruned(document, {"rule"}) == {
        "attributes": {"name": ["string", "o"], "grant": ["dynamic", "o"]},
        "blocks": {"rule": block},
    }


def test_a_block_without_a_type_in_the_bindings_is_the_tables() -> None:
    rule = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))["resources"]["aws_wafv2_web_acl"]["blocks"]["rule"][-1]
    assert "statement" not in rule["attributes"]
    assert rule["blocks"]["statement"] == RESOURCE_TYPES["aws_wafv2_web_acl"].untyped["rule.statement"]


def test_a_document_has_an_attribute_a_line() -> None:
    attributes = {"b": ["string", "o"], "a": [["set", "string"], "r"]}
    rendered = render({"attributes": attributes, "blocks": {"c": ["list", 0, 1, {"attributes": {}}]}})
    assert rendered.splitlines() == [
        "{",
        ' "attributes": {',
        '  "a": [["set", "string"], "r"],',
        '  "b": ["string", "o"]',
        " },",
        ' "blocks": {',
        '  "c": ["list", 0, 1, {',
        '   "attributes": {}',
        "  }]",
        " }",
        "}",
    ]
