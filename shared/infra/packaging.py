"""Lambda packages: a ZIP for each function, with only what it imports and the same bytes on every machine.

A package has the function's folder, what its handler reaches of `functions/` and `shared/contracts/` (found by the
import statements), and its pinned dependencies from `requirements/functions/<name>.txt`. Entries are stored, not
compressed: compressed bytes differ between versions of zlib.
"""

import ast
import base64
import functools
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path

from shared.contracts.functions import FunctionName
from shared.infra.runtime import PYTHON_VERSION
from shared.repository import ROOT

PACKAGES = Path("build") / "functions"
DEPENDENCIES = Path("build") / "dependencies"
ALLOWED = ("functions", "shared.contracts")
"""What a function may import of this repository."""
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a ZIP can have."""
FILE_MODE = 0o100644 << 16
"""A regular file that Lambda's user may read, in a ZIP entry's external attributes."""
NATIVE_SUFFIXES = (".so", ".pyd", ".dylib", ".dll")
INSTALLER_NOTES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
"""Records of how and where a dependency was installed: they differ between machines."""

Imports = Callable[[str, Path], list[str]]
"""Returns what a module, given by name and file, imports."""


class PackagingError(Exception):
    """A function cannot be packaged; the message says why, and the way out."""


def package_functions(names: Iterable[FunctionName] = FunctionName, *, root: Path = ROOT) -> dict[FunctionName, Path]:
    """Bring the ZIPs of the functions up to date; a ZIP whose content is the same is not written again.

    Functions of one folder have one ZIP.

    Args:
        names: which functions.
        root: the repository.

    Returns:
        The ZIP of each function, below `build/functions/`.

    Raises:
        PackagingError: a source is not valid Python, an import is not allowed, or a dependency is missing or not pure
            Python.
    """
    # Once for each module: the functions have most of them in common.
    imports = functools.cache(lambda module, path: list(_imports(module, path, _parse(path, root))))
    made: dict[str, Path] = {}
    packages: dict[FunctionName, Path] = {}
    for name in names:
        if name.folder not in made:
            made[name.folder] = _write(root / PACKAGES / f"{name.folder}.zip", _zip(_contents(name, root, imports)))
        packages[name] = made[name.folder]
    return packages


def source_code_hash(package: Path) -> str:
    """Base64 of the ZIP's SHA-256: what Lambda calls CodeSha256 and Terraform `source_code_hash`."""
    return base64.b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()


def _contents(name: FunctionName, root: Path, imports: Imports) -> dict[str, bytes]:
    """Path in the ZIP -> bytes."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in _sources(name, root, imports)}
    dependencies = _dependencies(name, root)
    if dependencies is not None:
        files |= {path.relative_to(dependencies).as_posix(): path.read_bytes() for path in _kept(dependencies)}
    native = sorted(path for path in files if path.endswith(NATIVE_SUFFIXES) or ".so." in path)
    if native:
        raise PackagingError(
            f"{name}: {native[0]} is native code, but the same ZIP has to run on ARM64 and on a laptop. "
            "Choose a pure-Python dependency."
        )
    return files


def _sources(name: FunctionName, root: Path, imports: Imports) -> set[Path]:
    """The modules that the handler reaches, with their packages' data files."""
    handler = name.handler.rpartition(".")[0]
    if _module_file(handler, root) is None:
        raise PackagingError(f"{name}: there is no module {handler}")
    found: dict[str, Path] = {}
    pending = [handler]
    while pending:
        module = pending.pop()
        path = _module_file(module, root)
        if path is None or module in found:
            continue
        _check_allowed(module, name)
        found[module] = path
        pending.extend(imports(module, path))
        pending.extend(_parents(module))
    folders = {path.parent for path in found.values()}
    data = {path for folder in folders for path in folder.iterdir() if _is_data(path)}
    return {*found.values(), *data}


def _is_data(path: Path) -> bool:
    """Whether a file beside a module is packaged: not what an editor or the file manager has put there."""
    return path.is_file() and path.suffix != ".py" and path.name[0] != "." and path.name[-1] != "~"


def _check_allowed(module: str, name: FunctionName) -> None:
    above = ("shared",)  # the package of shared.contracts: it has nothing but a docstring
    if module not in above and not any(module == part or module.startswith(f"{part}.") for part in ALLOWED):
        raise PackagingError(f"{name} imports {module}: a function may import {' and '.join(ALLOWED)} only")


def _module_file(module: str, root: Path) -> Path | None:
    """The file of a module of this repository; None for the standard library's and others."""
    base = root.joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def _parents(module: str) -> Iterator[str]:
    while module := module.rpartition(".")[0]:
        yield module


def _parse(path: Path, root: Path) -> ast.Module:
    """A module's syntax tree, if Python can run it as far as can be seen without running it."""
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
        compile(tree, str(path), "exec", dont_inherit=True)  # finds more: a `return` outside of a function
    except SyntaxError as error:
        where = f"{path.relative_to(root)}:{error.lineno}"
        raise PackagingError(f"{where}: {error.msg}. Fix the syntax, then try again.") from error
    return tree


def _imports(module: str, path: Path, tree: ast.Module) -> Iterator[str]:
    """Names that a module imports: `from a import b` may mean the module a.b or a name in a."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _dependencies(name: FunctionName, root: Path) -> Path | None:
    """Folder of the function's installed dependencies; installed once for each content of its lock file."""
    lock = root / "requirements" / "functions" / f"{name.folder}.txt"
    if not lock.is_file():
        return None
    folder = root / DEPENDENCIES / f"{name.folder}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            _install(lock, Path(scratch) / "site")
            _move(Path(scratch) / "site", folder)
    return folder


def _install(lock: Path, target: Path) -> None:
    """Install for Lambda's ARM64, on any machine."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise PackagingError("uv is needed to install the functions' dependencies. Run: ./dev setup")
    platform = (
        "--python-platform",
        "aarch64-manylinux2014",
        "--python-version",
        PYTHON_VERSION,
        "--only-binary",
        ":all:",
    )
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", *platform]
    done = subprocess.run(  # noqa: S603  every argument is ours
        [*command, "--target", str(target), "-r", str(lock)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PackagingError(
            f"the dependencies in {lock.name} could not be installed for Lambda: {done.stderr.strip()}\n"
            "The package index is needed once; from then on they are in build/dependencies."
        )


def _move(source: Path, target: Path) -> None:
    """Put the finished folder in its place; if another process was faster, its folder has the same content."""
    try:
        source.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _kept(folder: Path) -> Iterator[Path]:
    """A dependency's files, without what the installer added."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if path.is_file() and path.name not in INSTALLER_NOTES and not {"__pycache__", "bin", ".lock"} & set(inside):
            yield path


def _zip(files: dict[str, bytes]) -> bytes:
    """A ZIP that depends on names and contents alone."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date_time=FIXED_TIME)
            entry.external_attr = FILE_MODE
            entry.create_system = 3  # Unix, also if it is made on another system
            archive.writestr(entry, files[path])
    return buffer.getvalue()


def _write(package: Path, content: bytes) -> Path:
    if package.is_file() and package.read_bytes() == content:
        return package
    package.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=package.parent, delete=False) as scratch:
        scratch.write(content)
    Path(scratch.name).replace(package)  # a reader sees the old or the new one, never half of it
    return package


if __name__ == "__main__":
    for made in package_functions().values():
        print(f"{made.relative_to(ROOT)}  {made.stat().st_size:,} bytes")  # noqa: T201  a program's output
