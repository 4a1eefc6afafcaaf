"""Imports of the provider's bindings stay fast: a new version must not bring the slow ones back."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import cdktf_cdktf_provider_aws
import pytest
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

from shared.infra import bindings
from shared.repository import ROOT

COUNT = (
    "import sys, main; "
    "print(sum(name.count('.') == 1 for name in sys.modules if name.startswith('cdktf_cdktf_provider_aws.')))"
)


def test_the_app_imports_only_the_bindings_that_it_uses() -> None:
    run = subprocess.run(
        [sys.executable, "-c", COUNT], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert 30 < int(run.stdout) < 60


def test_the_bindings_package_is_the_bare_one() -> None:
    assert not hasattr(cdktf_cdktf_provider_aws, "workspaces_workspace")
    assert isinstance(cdktf_cdktf_provider_aws, ModuleType)


def test_a_resource_knows_its_type_and_provider_version_as_with_the_slow_import() -> None:
    assert SqsQueue.TF_RESOURCE_TYPE == "aws_sqs_queue"


def test_installing_again_changes_nothing() -> None:
    before = sys.modules[bindings.PACKAGE]
    bindings.install()
    assert sys.modules[bindings.PACKAGE] is before


@pytest.mark.parametrize(("folder", "finders"), [("", 0), ("bindings", 1)])
def test_without_a_folder_for_it_there_is_no_slim_assembly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, finders: int
) -> None:
    (tmp_path / "unknown_bindings").mkdir()
    (tmp_path / "unknown_bindings" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("TXN_BINDINGS_CACHE", folder and str(tmp_path / folder))
    before = sys.meta_path
    monkeypatch.setattr(sys, "meta_path", [*before])
    monkeypatch.setattr(sys, "modules", {**sys.modules})
    bindings.install("unknown_bindings")
    assert len(sys.meta_path) == len(before) + finders
    assert sys.modules["unknown_bindings"].__doc__


def test_a_package_that_is_not_there_is_left_to_the_import_that_needs_it() -> None:
    bindings.install("no_such_package")
    assert "no_such_package" not in sys.modules
