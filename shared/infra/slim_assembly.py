"""The part of the AWS provider's jsii assembly that an app uses.

jsii reads the whole assembly of a package: 131 MB, 24,943 types, 2 seconds. A slim one has the types of some submodules
and is read at once. It is cut out of the whole when it is first needed, and kept in a folder:

- `slim.json` names the whole assembly that it was cut from, its submodules, and the digest of its file;
- `<digest>.tgz` is the slim assembly. Its content never changes, so any number of processes may read and write here.

Whatever is missing, damaged, or from another version is made again. Where it cannot be made, there is none.
"""

import contextlib
import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from shared.infra.progress import report_progress

WHOLE: Final = "-whole"
"""Added to the package's name when the whole assembly is loaded beside the slim one."""
_FORMAT: Final = 1
"""Raise it when the content of a slim assembly changes."""
_MANIFEST: Final = "slim.json"
_UNUSED: Final = 86_400
"""Seconds until a file that the manifest no longer names is deleted: a running process may still need it."""
_EXPORT: Final = re.compile(r'^exports\.(\w+) = require\("\./([\w-]+)"\);$', flags=re.MULTILINE)
_INDEX: Final = """\
"use strict";
Object.defineProperty(exports, "__esModule", {{ value: true }});
const kept = new Set({kept});
for (const [name, folder] of {folders}) {{
  const path = kept.has(folder) ? `./${{folder}}` : `{whole}/lib/${{folder}}`;
  Object.defineProperty(exports, name, {{ enumerable: true, get: () => require(path) }});
}}
"""


@dataclass(frozen=True, kw_only=True)
class SlimAssembly:
    """A file that jsii can load in place of the whole assembly, and the submodules in it by their Python names."""

    path: Path
    submodules: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class _Manifest:
    source: str
    submodules: frozenset[str]
    digest: str = ""
    """Empty until the assembly has been made."""


@dataclass(frozen=True, kw_only=True)
class SlimAssemblies:
    """Makes and keeps the slim form of one assembly.

    Attributes:
        folder: where it is kept; created if it does not exist.
        used: finds the submodules that the app imports, as far as its sources show them; called only when nothing is
            known from an earlier run.
    """

    folder: Path
    used: Callable[[], AbstractSet[str]] = field(repr=False)

    def find(self, whole: Path) -> SlimAssembly | None:
        """The slim form of an assembly, made now if there is none; None if it cannot be made.

        Args:
            whole: the `.jsii.tgz` in the package.
        """
        try:
            return self._find(whole)
        except (OSError, tarfile.TarError, EOFError, ValueError, LookupError, MemoryError):
            return None  # slower, but right

    def remember(self, whole: Path, submodules: AbstractSet[str]) -> None:
        """Have these submodules as well from the next run on. Does nothing if the folder cannot be written."""
        with contextlib.suppress(OSError):
            known = self._read(whole) or _Manifest(source=_source(whole), submodules=frozenset(self.used()))
            if not submodules <= known.submodules:
                self._write(_Manifest(source=known.source, submodules=known.submodules | submodules))

    def _find(self, whole: Path) -> SlimAssembly:
        known = self._read(whole) or _Manifest(source=_source(whole), submodules=frozenset(self.used()))
        path = self._path(known.digest)
        if not _is_intact(path, known.digest):
            known = self._make(whole, known)
            path = self._path(known.digest)
        with contextlib.suppress(OSError):
            os.utime(path)  # in use: see _UNUSED
        return SlimAssembly(path=path, submodules=known.submodules)

    def _make(self, whole: Path, manifest: _Manifest) -> _Manifest:
        report_progress("extracting the part of the AWS bindings that is used; the next run has it")
        with self._replacing() as (file, replace):
            content = cut(whole, manifest.submodules)
            file.write(content)
            made = _Manifest(
                source=manifest.source, submodules=manifest.submodules, digest=hashlib.sha256(content).hexdigest()
            )
            replace(self._path(made.digest))
        self._write(made)
        self._clean(made)
        return made

    def _clean(self, current: _Manifest) -> None:
        for path in (*self.folder.glob("*.tgz"), *self.folder.glob("*.part")):
            with contextlib.suppress(OSError):
                if path != self._path(current.digest) and time.time() - path.stat().st_mtime > _UNUSED:
                    path.unlink()

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}.tgz"

    def _read(self, whole: Path) -> _Manifest | None:
        """What is known from earlier runs; None if that is nothing, unreadable, or about another version."""
        try:
            data = json.loads((self.folder / _MANIFEST).read_bytes())
            manifest = _Manifest(
                source=data["source"], submodules=frozenset(map(str, data["submodules"])), digest=str(data["digest"])
            )
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return manifest if manifest.source == _source(whole) else None

    def _write(self, manifest: _Manifest) -> None:
        data = {"source": manifest.source, "submodules": sorted(manifest.submodules), "digest": manifest.digest}
        with self._replacing() as (file, replace):
            file.write(json.dumps(data, indent=1).encode())
            replace(self.folder / _MANIFEST)

    @contextlib.contextmanager
    def _replacing(self) -> Iterator[tuple[io.BufferedIOBase, Callable[[Path], None]]]:
        """A new file, and what puts it in its place at once; whatever else happens, it is gone in the end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
        try:
            with open(handle, "wb") as file:  # noqa: PTH123  a handle, not a path

                def replace(target: Path) -> None:
                    file.close()
                    Path(name).replace(target)

                yield file, replace
        finally:
            Path(name).unlink(missing_ok=True)


def _source(whole: Path) -> str:
    return f"{_FORMAT} {whole.name} {whole.stat().st_size} jsii {version('jsii')}"


def _is_intact(path: Path, digest: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False


def submodule_name(jsii_name: str) -> str:
    """The Python name of a submodule: `sqs_queue` for `@cdktf/provider-aws.sqsQueue`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", jsii_name.rpartition(".")[2]).lower()


def cut(whole: Path, submodules: AbstractSet[str]) -> bytes:
    """The content of a slim assembly. A submodule that does not exist is ignored: importing it fails anyway.

    Every submodule of the whole is exported all the same, from the package with WHOLE in its name unless it is kept:
    so the whole assembly can be loaded afterwards.
    """
    squeezed = {each.replace("_", "") for each in submodules}
    files: dict[str, bytes] = {}
    with tarfile.open(whole, "r|gz") as tar:  # in one pass: the archive is large
        for member in tar:
            folder, name = os.path.split(member.name.removeprefix("package/"))
            if (folder, name) in {("", ".jsii"), ("", "package.json"), ("lib", "index.js")} or (
                name == "index.js" and folder.removeprefix("lib/").replace("-", "") in squeezed
            ):
                files[member.name] = _content(tar, member)
    folders = _EXPORT.findall(files["package/lib/index.js"].decode())
    kept = [folder for name, folder in folders if submodule_name(name) in submodules]
    assembly = _slim(json.loads(files["package/.jsii"]), submodules)
    wanted = ("package/package.json", *(f"package/lib/{folder}/index.js" for folder in kept))
    index = _INDEX.format(kept=json.dumps(kept), folders=json.dumps(folders), whole=assembly["name"] + WHOLE)
    return _archive(
        {
            "package/.jsii": json.dumps(assembly, separators=(",", ":")).encode(),
            "package/lib/index.js": index.encode(),
            **{name: files[name] for name in wanted},
        }
    )


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""


def _slim(assembly: Mapping[str, Any], submodules: AbstractSet[str]) -> dict[str, Any]:
    kept = {name: value for name, value in assembly["submodules"].items() if submodule_name(name) in submodules}
    types = {name: value for name, value in assembly["types"].items() if name.rpartition(".")[0] in kept}
    without_readme = {name: value for name, value in assembly.items() if name != "readme"}
    return {**without_readme, "submodules": kept, "types": types}


def _archive(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    # Without a time in it, the same content has the same digest.
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def imported_in(sources: Iterable[Path], package: str) -> frozenset[str]:
    """The submodules of a package that Python files name."""
    pattern = re.compile(rf"\b{re.escape(package)}\.(\w+)")
    return frozenset(name for path in sources for name in pattern.findall(path.read_text(encoding="utf-8")))
