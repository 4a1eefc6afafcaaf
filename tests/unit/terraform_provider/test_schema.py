"""What is generated is what would be generated now."""

import json
import subprocess
import sys
from pathlib import Path

from terraform_provider import protocol
from terraform_provider.generate.document import generate, render
from terraform_provider.registry import DATA_SOURCES, RESOURCE_TYPES
from terraform_provider.schema import SCHEMA_FILE, load_schemas

ROOT = Path(__file__).parents[3]


def test_the_schemas_are_those_of_the_installed_bindings() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == render(generate())


def test_every_type_of_the_table_has_a_schema_and_every_schema_a_type() -> None:
    schemas = load_schemas()
    assert schemas.resources.keys() == RESOURCE_TYPES.keys()
    assert schemas.data_sources.keys() == DATA_SOURCES.keys()


def test_the_messages_are_those_of_the_definitions(tmp_path: Path) -> None:
    folder = Path(protocol.__path__[0])
    names = [str(path.relative_to(ROOT)) for path in sorted(folder.glob("*.proto"))]
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", f"--python_out={tmp_path}", f"--pyi_out={tmp_path}"]
    subprocess.run([*command, *names], cwd=ROOT, check=True)
    written = {path.name: path.read_text() for path in (tmp_path / folder.relative_to(ROOT)).iterdir()}
    assert written == {path.name: path.read_text() for path in folder.glob("*_pb2.py*")}


def test_a_document_has_an_attribute_a_line() -> None:
    document = {"attributes": {"b": ["string", "o"], "a": [["set", "string"], "r"]}}
    rendered = render({**document, "blocks": {"c": ["list", 0, 1, {"attributes": {}}]}})
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
    assert json.loads(rendered)["attributes"] == document["attributes"]
