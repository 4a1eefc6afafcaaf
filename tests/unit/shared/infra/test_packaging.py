"""A ZIP holds what its function imports, has the same bytes everywhere, and runs on ARM64 as on a laptop."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from shared.contracts.functions import FunctionName
from shared.infra.packaging import DEPENDENCIES, PackagingError, package_functions, source_code_hash
from shared.repository import ROOT

ZIP_LIMIT = 2_000_000
"""Bytes: far below Lambda's limit, for a short cold start (ADR 11)."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small repository with one function, one shared module, and one that is not imported."""
    for path, text in {
        "functions/__init__.py": "",
        "functions/intake/__init__.py": "",
        "functions/intake/handler.py": "from functions.common import clock\nfrom . import words\n\nhandle = clock\n",
        "functions/intake/words.py": "import json\nfrom shared.contracts.facts import NAME\n",
        "functions/common/__init__.py": "",
        "functions/common/clock.py": "import shared.contracts\n",
        "functions/common/unused.py": "",
        "functions/status/__init__.py": "",
        "functions/status/handler.py": "import functions.common.clock\n",
        "shared/__init__.py": "",
        "shared/contracts/__init__.py": "",
        "shared/contracts/facts.py": "NAME = 'x'\n",
        "shared/infra/__init__.py": "",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def names_in(package: Path) -> set[str]:
    with zipfile.ZipFile(package) as archive:
        return set(archive.namelist())


def test_a_package_holds_what_its_handler_reaches_and_nothing_else(repository: Path) -> None:
    package = package_functions([FunctionName.INTAKE], root=repository)[FunctionName.INTAKE]

    assert names_in(package) == {
        "functions/__init__.py",
        "functions/common/__init__.py",
        "functions/common/clock.py",
        "functions/intake/__init__.py",
        "functions/intake/handler.py",
        "functions/intake/words.py",
        "shared/__init__.py",
        "shared/contracts/__init__.py",
        "shared/contracts/facts.py",
    }


def test_data_files_beside_the_modules_are_packaged(repository: Path) -> None:
    (repository / "functions/intake/schema.json").write_text("{}")

    assert "functions/intake/schema.json" in names_in(
        package_functions([FunctionName.INTAKE], root=repository)[FunctionName.INTAKE]
    )


def test_the_bytes_depend_on_the_contents_alone(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "clone"
    shutil.copytree(repository, other)
    for path in other.rglob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o600)

    here, there = (
        package_functions([FunctionName.INTAKE], root=root)[FunctionName.INTAKE] for root in (repository, other)
    )

    assert here.read_bytes() == there.read_bytes()


def test_only_what_changed_is_packaged_again(repository: Path) -> None:
    names = [FunctionName.INTAKE, FunctionName.STATUS]
    before = {name: path.stat().st_mtime_ns for name, path in package_functions(names, root=repository).items()}
    (repository / "functions/intake/words.py").write_text("import csv\n")

    after = {name: path.stat().st_mtime_ns for name, path in package_functions(names, root=repository).items()}

    assert after[FunctionName.STATUS] == before[FunctionName.STATUS]
    assert after[FunctionName.INTAKE] != before[FunctionName.INTAKE]


def test_functions_of_one_folder_have_one_package(repository: Path) -> None:
    (repository / "functions/validation").mkdir()
    (repository / "functions/validation/__init__.py").write_text("")
    (repository / "functions/validation/handler.py").write_text("import json\n")
    small, large = FunctionName.VALIDATION, FunctionName.LARGE_VALIDATION

    packages = package_functions([small, large], root=repository)

    assert packages[small] == packages[large] == repository / "build/functions/validation.zip"
    assert large.handler == "functions.validation.handler.handle"


def test_an_import_of_infrastructure_is_refused_by_name(repository: Path) -> None:
    (repository / "functions/intake/words.py").write_text("from shared import infra\n")

    with pytest.raises(PackagingError, match=r"intake imports shared\.infra"):
        package_functions([FunctionName.INTAKE], root=repository)


def test_a_missing_handler_is_named(repository: Path) -> None:
    with pytest.raises(PackagingError, match=r"no module functions\.validation\.handler"):
        package_functions([FunctionName.VALIDATION], root=repository)


def test_a_dependency_with_native_code_is_refused(repository: Path) -> None:
    lock = repository / "requirements/functions/intake.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("native==1\n")
    installed = repository / DEPENDENCIES / f"intake-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    installed.mkdir(parents=True)
    (installed / "_fast.cpython-311-x86_64-linux-gnu.so").write_bytes(b"\x7fELF")

    with pytest.raises(PackagingError, match=r"_fast\..*native code.*pure-Python"):
        package_functions([FunctionName.INTAKE], root=repository)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NAME = 1\ndef broken(:\n", r"^functions/intake/words\.py:2: invalid syntax\. Fix the syntax"),
        ("return 1\n", r"^functions/intake/words\.py:1: 'return' outside function\."),
    ],
)
def test_a_source_that_is_not_python_is_reported_with_its_line(repository: Path, text: str, message: str) -> None:
    (repository / "functions/intake/words.py").write_text(text)
    with pytest.raises(PackagingError, match=message):
        package_functions([FunctionName.INTAKE], root=repository)


def test_what_an_editor_leaves_beside_a_source_is_not_packaged(repository: Path) -> None:
    before = source_code_hash(package_functions([FunctionName.INTAKE], root=repository)[FunctionName.INTAKE])
    for name in (".handler.py.swp", "handler.py~", ".DS_Store"):
        (repository / "functions/intake" / name).write_text("scratch")
    after = source_code_hash(package_functions([FunctionName.INTAKE], root=repository)[FunctionName.INTAKE])
    assert after == before


def test_a_dependency_that_cannot_be_installed_is_explained_and_leaves_nothing(repository: Path) -> None:
    lock = repository / "requirements/functions/intake.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("not a requirement\n")

    with pytest.raises(PackagingError, match=r"intake\.txt could not be installed"):
        package_functions([FunctionName.INTAKE], root=repository)

    assert not list((repository / DEPENDENCIES).iterdir())


def test_the_hash_is_lambdas_own(repository: Path) -> None:
    package = package_functions([FunctionName.STATUS], root=repository)[FunctionName.STATUS]

    assert len(source_code_hash(package)) == 44


@pytest.fixture(scope="module")
def packages() -> dict[FunctionName, Path]:
    return package_functions()


@pytest.mark.parametrize("name", FunctionName)
def test_a_real_package_is_small_and_pure_python(packages: dict[FunctionName, Path], name: FunctionName) -> None:
    assert packages[name].stat().st_size < ZIP_LIMIT
    with zipfile.ZipFile(packages[name]) as archive:
        for entry in archive.infolist():
            assert entry.external_attr >> 16 == 0o100644
            assert not archive.read(entry).startswith((b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe")), entry.filename


@pytest.mark.parametrize("name", FunctionName)
def test_a_real_package_imports_with_nothing_but_itself_and_the_runtime(
    packages: dict[FunctionName, Path], name: FunctionName, tmp_path: Path
) -> None:
    with zipfile.ZipFile(packages[name]) as archive:
        archive.extractall(tmp_path)
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from {name.handler.rpartition('.')[0]} import handle"

    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_only_packages_that_read_forms_have_a_dependency_and_it_is_locked(
    packages: dict[FunctionName, Path],
) -> None:
    roots = {name: {each.split("/")[0] for each in names_in(package)} for name, package in packages.items()}
    lock = (ROOT / "requirements/functions/intake.txt").read_text()
    version = lock.removeprefix("multipart==").split()[0]
    for name in (FunctionName.INTAKE, FunctionName.PRECHECK):
        assert roots.pop(name) == {"functions", "shared", "multipart.py", f"multipart-{version}.dist-info"}
    assert set().union(*roots.values()) == {"functions", "shared"}
