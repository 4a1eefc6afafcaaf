"""Fast imports of the AWS provider's bindings, and a fast start of jsii, which runs them.

The package's own `__init__` imports all of its 2,212 submodules, which takes 13 to 18 seconds. An app uses some forty
of them. So a bare module with the package's `__path__` replaces the package before anything imports it:
`from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue` then imports that one submodule, and what it needs.

Their common `_jsii` module loads the package's assembly into jsii's kernel. A slim one takes its place
(`slim_assembly.py`). If a submodule that it lacks is imported later, the whole assembly is loaded beside it, and the
next run has a slim one with that submodule.
"""

import os
import sys
import tempfile
from collections.abc import Callable, MutableMapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Final

from shared.infra.slim_assembly import WHOLE, SlimAssemblies, SlimAssembly, imported_in
from shared.repository import ROOT

PACKAGE: Final = "cdktf_cdktf_provider_aws"
_CACHE: Final = ROOT / ".cache"
_JSII_CACHE: Final = "JSII_RUNTIME_PACKAGE_CACHE"
_FOLDER: Final = "TXN_BINDINGS_CACHE"
"""Names another folder for the slim assembly; for tests. Without a value, there is no slim assembly."""

_Load = Callable[[str, str, str], None]
"""Of jsii's kernel: loads the assembly with a name and a version from a file."""


def install(package: str = PACKAGE) -> None:
    """Let submodules of `package` be imported without its `__init__`.

    Does nothing if the package has been imported already, or is not installed: the import that needs it reports that.

    Args:
        package: name of a top-level package.
    """
    spec = PathFinder.find_spec(package)
    if package in sys.modules or spec is None or spec.submodule_search_locations is None:
        return
    bare = ModuleType(package, "Replaces the package; its submodules are imported one by one.")
    bare.__path__ = list(spec.submodule_search_locations)
    bare.__spec__ = spec
    sys.modules[package] = bare
    folder = os.environ.get(_FOLDER, str(_CACHE / "bindings"))
    if folder:
        sys.meta_path.insert(0, _Finder(package, SlimAssemblies(folder=Path(folder), used=_used)))


def keep_cache_in_clone(environment: MutableMapping[str, str] = os.environ, folder: Path = _CACHE / "jsii") -> None:
    """Let jsii unpack assemblies into the clone, not into the user's home; where it may not write, into no cache.

    Has to happen before `cdktf` is imported, which starts jsii. Respects what the user has set.
    """
    if _JSII_CACHE in environment or f"{_JSII_CACHE}_ROOT" in environment:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            environment[f"{_JSII_CACHE}_ROOT"] = str(folder)
    except OSError:
        environment[_JSII_CACHE] = "disabled"


def _used() -> frozenset[str]:
    sources = [path for folder in ("stacks", "shared/infra") for path in (ROOT / folder).rglob("*.py")]
    return imported_in(sources, PACKAGE)


class _Finder(MetaPathFinder):
    """Sees each import of a submodule; finds nothing itself, except that it has `_jsii` load the slim assembly."""

    def __init__(self, package: str, assemblies: SlimAssemblies) -> None:
        self._package = package
        self._assemblies = assemblies
        self._imported: set[str] = set()
        self._slim: SlimAssembly | None = None
        """What jsii has loaded in place of the whole assembly, as long as it is enough."""
        self._load_whole: Callable[[], None] = _nothing

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package != self._package:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None:
            return None
        if name == "_jsii":
            if spec.origin:
                spec.loader = _AssemblyLoader(fullname, spec.origin, self)
        else:
            self._need(name)
        return spec

    def _need(self, name: str) -> None:
        self._imported.add(name)
        if self._slim and name not in self._slim.submodules:
            self._slim = None
            self._load_whole()

    def load(self, load: _Load, name: str, version: str, whole: str) -> None:
        """Have jsii load the slim assembly in place of the whole one, if there is one with what is imported now."""
        path = Path(whole)

        def load_whole() -> None:
            self._assemblies.remember(path, self._imported)
            load(name + WHOLE, version, whole)

        slim = self._assemblies.find(path)
        if slim and self._imported <= slim.submodules:
            load(name, version, str(slim.path))
            self._slim, self._load_whole = slim, load_whole
        else:
            self._assemblies.remember(path, self._imported)
            load(name, version, whole)


class _AssemblyLoader(SourceFileLoader):
    """Executes the bindings' `_jsii` module as it is, but for the assembly that jsii's kernel loads."""

    def __init__(self, fullname: str, path: str, finder: _Finder) -> None:
        super().__init__(fullname, path)
        self._finder = finder

    def exec_module(self, module: ModuleType) -> None:
        from jsii import kernel  # noqa: PLC0415  # pylint: disable=import-outside-toplevel  # starts slowly

        original = kernel.load

        def load(name: str, version: str, tarball: str) -> None:
            if Path(tarball).parent == Path(self.path).parent:
                self._finder.load(original, name, version, tarball)
            else:
                original(name, version, tarball)

        kernel.load = load  # type: ignore[method-assign]
        try:
            super().exec_module(module)
        finally:
            del kernel.load


def _nothing() -> None:
    """There is no whole assembly to load."""
