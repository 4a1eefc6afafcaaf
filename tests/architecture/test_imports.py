"""Who may import whom: `local -> tools -> main -> stacks -> shared.infra -> shared.contracts <- functions`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.functions import FunctionName
from shared.repository import ROOT

OURS = ("benchmarks", "functions", "local", "main", "shared", "stacks", "terraform_provider", "tests", "tools")
# Package -> what of this repository it may import; every package may import itself.
ARROWS = {
    "functions": {"shared.contracts"},
    "shared/contracts": set[str](),
    "shared/infra": {"shared.contracts", "shared.repository"},
    "stacks": {"shared.contracts", "shared.infra"},
    # The generators describe the report format; operators read and restart uploads with the functions' own adapters.
    "tools": {"functions", "main", "shared"},
    "local": {"shared", "terraform_provider", "tools"},
    "terraform_provider": set[str](),
    # Loading is measured on the local cloud; what a large report takes on AWS is computed from sizes and prices.
    "benchmarks": {
        "functions.common.aws",
        "functions.report",
        "functions.transformation",
        "local",
        "shared",
        "stacks.compute",
        "stacks.data",
        "tools",
    },
    # The domain by stage.
    "functions/report/format": {"shared.contracts"},
    "functions/report/errors": {"functions.report.format"},
    "functions/report/parsing": {"functions.report.errors", "functions.report.format", "shared.contracts"},
    "functions/report/rules": {"functions.report.errors", "functions.report.format", "shared.contracts"},
    "functions/report/bulk": {"functions.report.format", "functions.report.rules"},
    "functions/report/result": {
        "functions.report.errors",
        "functions.report.format",
        "functions.report.parsing",
        "functions.report.rules",
        "shared.contracts",
    },
    # The layers of the local cloud.
    "local/deployment": {"local.cloud", "local.processes", "shared", "terraform_provider", "tools"},
    "local/cloud": {"local.processes", "shared", "tools"},
    "local/processes": {"tools"},
    "tools/setup": {"shared.repository"},
    "tools/client": {"shared.contracts", "tools.errors"},
}
# Modules of a function or of functions/common that know HTTP or AWS: handlers render, adapters translate.
EDGES = (
    "form.py",
    "handler.py",
    "http.py",
    "manifests_bucket.py",
    "outcomes_topic.py",
    "put_links.py",
    "reports_by_prefix.py",
    "requests.py",
    "responses.py",
    "transactions_by_time.py",
    "transactions_table.py",
    "upload_statuses.py",
    "uploads_by_bank.py",
    "uploads_by_due.py",
)
INFRASTRUCTURE = ("cdktf", "cdktf_cdktf_provider_aws", "constructs", "jsii")
PACKAGES = ("benchmarks", "functions", "local", "shared", "stacks", "terraform_provider", "tests", "tools")


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Full names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@pytest.mark.parametrize("folder", ARROWS)
def test_imports_follow_the_arrows(folder: str) -> None:
    allowed = ARROWS[folder] | {folder.replace("/", ".")}
    against = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(folder)
        for module in imports(path)
        if module.split(".")[0] in OURS and not any(inside(module, each) for each in allowed)
    ]
    assert against == []


@pytest.mark.parametrize("folder", ["functions", "shared/contracts"])
def test_what_runs_in_aws_knows_nothing_of_infrastructure(folder: str) -> None:
    against = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(folder)
        for module in imports(path)
        if any(inside(module, each) for each in INFRASTRUCTURE)
    ]
    assert against == []


@pytest.mark.parametrize("folder", ["functions/report", "shared/contracts"])
def test_contracts_and_the_domain_need_the_standard_library_only(folder: str) -> None:
    imported = {module.split(".")[0] for path in sources(folder) for module in imports(path)}
    assert imported - {"functions", "shared"} <= sys.stdlib_module_names


def test_the_domain_reads_neither_environment_nor_network() -> None:
    against = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources("functions/report")
        for module in imports(path)
        if module.split(".")[0] in {"os", "socket"}
    ]
    assert against == []


def test_use_cases_and_ports_know_neither_boto3_nor_http() -> None:
    core = [
        path
        for name in ("common", *FunctionName)
        for path in (ROOT / "functions" / name).glob("*.py")
        if path.name not in EDGES
    ]
    edges = [module.removesuffix(".py") for module in EDGES]
    outside = ("boto3", "botocore", "http", "functions.common.aws", *(f"functions.common.{each}" for each in edges))
    outside += tuple(f"functions.{name}.{each}" for name in FunctionName for each in edges)
    against = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in core
        for module in imports(path)
        if any(inside(module, each) for each in outside)
    ]
    assert len(core) > len(FunctionName)
    assert against == []


def test_only_what_builds_the_whole_app_imports_main() -> None:
    folders = ("functions", "shared", "stacks", "local", "tools")
    importing = [
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in sources(folder)
        if any(inside(each, "main") for each in imports(path))
    ]
    assert importing == ["tools/operations/doctor.py", "tools/synthesis.py"]


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_package_says_what_belongs_there(folder: str) -> None:
    for path in {each.parent for each in sources(folder)}:
        init = path / "__init__.py"
        assert init.exists(), f"{path.relative_to(ROOT)} has no __init__.py"
        assert ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))), f"{init.relative_to(ROOT)} says nothing"
