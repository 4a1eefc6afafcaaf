"""A slim assembly is cut out of a whole one, kept, and made again whenever it cannot be used."""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from shared.infra.slim_assembly import SlimAssemblies, SlimAssembly
from shared.repository import ROOT

FILES = {
    "package/package.json": "{}",
    "package/.jsii": json.dumps(
        {
            "name": "@x/aws",
            "readme": "long",
            "submodules": {"@x/aws.sqsQueue": {}, "@x/aws.glueJob": {}},
            "types": {"@x/aws.sqsQueue.SqsQueue": {}, "@x/aws.glueJob.GlueJob": {}},
        }
    ),
    "package/lib/index.js": 'exports.sqsQueue = require("./sqs-queue");\nexports.glueJob = require("./glue-job");\n',
    "package/lib/sqs-queue/index.js": "queue",
    "package/lib/glue-job/index.js": "job",
    "package/lib/glue-job/other.js": "other",
}

ROUNDS = 50
# Each round is in a new folder. Both wait for each other before the first one.
MAKE = f"""
import sys
from pathlib import Path
from shared.infra.slim_assembly import SlimAssemblies
whole, root = map(Path, sys.argv[1:])
print("ready", flush=True)
sys.stdin.readline()
for number in range({ROUNDS}):
    print(SlimAssemblies(folder=root / str(number), used=lambda: frozenset({{"sqs_queue"}})).find(whole).path)
"""


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "aws.jsii.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bindings"


@pytest.fixture
def assemblies(folder: Path) -> SlimAssemblies:
    return SlimAssemblies(folder=folder, used=lambda: frozenset({"sqs_queue"}))


def found(assemblies: SlimAssemblies, whole: Path) -> SlimAssembly:
    slim = assemblies.find(whole)
    assert slim
    return slim


def contents(slim: SlimAssembly) -> dict[str, str]:
    with tarfile.open(slim.path) as tar:
        files = {member.name: tar.extractfile(member) for member in tar}
        return {name: file.read().decode() for name, file in files.items() if file}


def test_it_has_the_used_submodules_only_and_exports_the_others_from_the_whole(
    assemblies: SlimAssemblies, whole: Path
) -> None:
    slim = found(assemblies, whole)
    files = contents(slim)
    assembly: dict[str, Any] = json.loads(files["package/.jsii"])
    assert slim.submodules == {"sqs_queue"}
    assert files.keys() == FILES.keys() - {"package/lib/glue-job/index.js", "package/lib/glue-job/other.js"}
    assert assembly == {
        "name": "@x/aws",
        "submodules": {"@x/aws.sqsQueue": {}},
        "types": {"@x/aws.sqsQueue.SqsQueue": {}},
    }
    assert '["glueJob", "glue-job"]' in files["package/lib/index.js"]
    assert "@x/aws-whole/lib/" in files["package/lib/index.js"]


def test_it_is_made_once_and_again_after_damage(assemblies: SlimAssemblies, whole: Path) -> None:
    first = found(assemblies, whole)
    content = first.path.read_bytes()
    os.utime(first.path, (1, 1))
    assert found(assemblies, whole) == first
    assert first.path.stat().st_mtime > 1  # in use
    first.path.write_bytes(content[:10])
    assert found(assemblies, whole) == first
    assert first.path.read_bytes() == content


@pytest.mark.parametrize("manifest", ["", "[]", '{"source": "another version", "submodules": [], "digest": "../x"}'])
def test_an_unreadable_or_outdated_manifest_is_replaced(
    assemblies: SlimAssemblies, whole: Path, folder: Path, manifest: str
) -> None:
    folder.mkdir()
    (folder / "slim.json").write_text(manifest)
    assert found(assemblies, whole).submodules == {"sqs_queue"}
    assert json.loads((folder / "slim.json").read_text())["submodules"] == ["sqs_queue"]


def test_what_is_remembered_is_in_the_next_one_and_files_unused_for_a_day_are_deleted(
    assemblies: SlimAssemblies, whole: Path, folder: Path
) -> None:
    old = found(assemblies, whole).path
    assemblies.remember(whole, {"glue_job"})
    os.utime(old, (1, 1))
    (folder / "new.part").touch()
    new = found(assemblies, whole)
    assert new.submodules == {"sqs_queue", "glue_job"}
    assert contents(new)["package/lib/glue-job/index.js"] == "job"
    assert {path.name for path in folder.iterdir()} == {new.path.name, "slim.json", "new.part"}


def test_there_is_none_of_an_assembly_that_cannot_be_read_or_where_nothing_can_be_written(
    assemblies: SlimAssemblies, whole: Path, folder: Path
) -> None:
    folder.write_text("no folder")
    assert assemblies.find(whole) is None
    assemblies.remember(whole, {"glue_job"})
    assert folder.read_text() == "no folder"
    folder.unlink()
    whole.write_bytes(b"no archive")
    assert assemblies.find(whole) is None


def start(whole: Path, root: Path) -> "subprocess.Popen[str]":
    line = [sys.executable, "-c", MAKE, str(whole), str(root)]
    return subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_at_once_do_not_disturb_each_other(whole: Path, tmp_path: Path) -> None:
    with start(whole, tmp_path / "made") as first, start(whole, tmp_path / "made") as second:
        runs = (first, second)
        assert [run.stdout and run.stdout.readline() for run in runs] == ["ready\n"] * 2
        for run in runs:
            assert run.stdin
            run.stdin.write("\n")
            run.stdin.flush()
        found = [run.communicate(timeout=60)[0].splitlines() for run in runs]
    made = [str(next((tmp_path / "made" / str(number)).glob("*.tgz"))) for number in range(ROUNDS)]
    assert found == [made] * 2
    files = [path.name for path in (tmp_path / "made").rglob("*") if path.is_file()]
    assert len(files) == 2 * ROUNDS  # the assembly and its manifest
    assert not [name for name in files if name.endswith(".part")]
