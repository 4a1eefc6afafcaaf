"""Cold start of a function, on the share of a core that a small one has, compared with boto3 alone."""

import argparse
import compileall
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from py_compile import PycInvalidationMode
from statistics import median
from threading import Thread
from typing import Final

from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import facts, publish, table
from benchmarks.parts.reports import scratch_folder
from shared.contracts.functions import FunctionName
from shared.infra.packaging import package_functions
from shared.repository import ROOT

_SHARES: Final = {"0.29": 512 / 1769, "0.58": 1024 / 1769}
"""Of a core, at 512 and 1,024 MB: Lambda assigns a whole one at 1,769 MB, and a proportional share to less."""
_SDK: Final = ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "jmespath", "six")
_SERVICES: Final = ("dynamodb", "s3", "sns", "stepfunctions")
"""Whose descriptions an SDK in the ZIP needs; Lambda's has all."""
_FUNCTION: Final = FunctionName.STATUS
"""It does what all do: reads the environment, makes clients of DynamoDB and S3, and looks the bank up."""
_HEAD: Final = (
    "variant",
    "init",
    "first call",
    "both",
    *(f"both at {each}" for each in _SHARES),
    "MB of the ZIP",
    "warm call",
)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to package and to start."""

    title: str
    sdk_in_zip: bool = False
    compiled_sdk: bool = True
    compiled_code: bool = False
    clients_at_init: bool = True
    alone: bool = False
    """Whether only boto3 is imported and called."""


_VARIANTS: Final = {
    "alone": Variant(title="boto3 alone", clients_at_init=False, alone=True),
    "late": Variant(title="boto3 of the runtime, clients at the first call", clients_at_init=False),
    "init": Variant(title="**boto3 of the runtime, clients during init**"),
    "init-pyc": Variant(title="the same, our code compiled", compiled_code=True),
    "runtime-source": Variant(title="the same, if the runtime's boto3 is not compiled", compiled_sdk=False),
    "zip-source": Variant(title="boto3 in the ZIP, clients during init", sdk_in_zip=True, compiled_sdk=False),
    "zip-pyc": Variant(title="the same, all compiled", sdk_in_zip=True, compiled_code=True),
}


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the table; the exit code."""
    options = _options(arguments)
    with scratch_folder() as folder, _aws() as endpoint:
        variants = [_VARIANTS[name] for name in options.variants]
        tasks = [_install(variant, folder / str(number)) for number, variant in enumerate(variants)]
        rounds = []
        try:
            for number in range(options.starts):  # turn by turn, so that a busy moment meets all of them
                print(f"round {number + 1} of {options.starts}", file=sys.stderr)
                rounds.append([_start(variant, task, endpoint) for variant, task in zip(variants, tasks, strict=True)])
        except BenchmarkError as error:
            print(f"benchmarks.coldstart: {error}", file=sys.stderr)
            return 1
        lines = [
            _line(variant, task, runs)
            for variant, task, runs in zip(variants, tasks, zip(*rounds, strict=True), strict=True)
        ]
    body = f"""\
Measured {facts()}. The function `{_FUNCTION}`, from the import of its handler to the
answer to an unknown key, which takes one call of DynamoDB. Median processor time
of {options.starts} fresh processes for each variant, in seconds:

{table(_HEAD, lines)}
"""
    publish("coldstart", body, write=options.write)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.coldstart", description=__doc__)
    parser.add_argument("--variants", nargs="+", choices=_VARIANTS, default=list(_VARIANTS), help="default: all")
    parser.add_argument("--starts", type=int, default=20, help="cold starts of each variant (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the results into docs/")
    return parser.parse_args(arguments)


@contextmanager
def _aws() -> Iterator[str]:
    """A DynamoDB in which nothing is found; its address."""
    with HTTPServer(("127.0.0.1", 0), _Nothing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Nothing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # pylint: disable=invalid-name  # http.server's name
        """Answer a Query."""
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"Count":0,"Items":[],"ScannedCount":0}'
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """Be quiet."""


def _install(variant: Variant, folder: Path) -> Path:
    """Lay out what Lambda has: `task` (the ZIP) and `runtime` (its own packages); the folder of both."""
    task, runtime = folder / "task", folder / "runtime"
    with zipfile.ZipFile(package_functions([_FUNCTION])[_FUNCTION]) as package:
        package.extractall(task)
    sdk = task if variant.sdk_in_zip else runtime
    for name in _SDK:
        _copy(name, sdk, trimmed=variant.sdk_in_zip)
    for part, compiled in ((sdk, variant.compiled_sdk), (task, variant.compiled_code)):
        if compiled:
            _compile(part)
    return folder


def _copy(name: str, target: Path, *, trimmed: bool) -> None:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise BenchmarkError(f"{name} is not installed")
    source = Path(spec.origin)
    target.mkdir(parents=True, exist_ok=True)
    if source.name != "__init__.py":
        shutil.copy(source, target)
        return

    def left_out(folder: str, names: list[str]) -> list[str]:
        data = trimmed and Path(folder).name == "data" and Path(folder).parent.name == "botocore"
        services = [each for each in names if data and (Path(folder) / each).is_dir() and each not in _SERVICES]
        return ["__pycache__", *services] if "__pycache__" in names else services

    shutil.copytree(source.parent, target / name, ignore=left_out)


def _compile(folder: Path) -> None:
    """As for a ZIP: Python does not compare the sources, whose times are not kept."""
    compileall.compile_dir(folder, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def _start(variant: Variant, folder: Path, endpoint: str) -> list[float]:
    """Seconds of processor time for init, first and second call of a fresh process."""
    environ = {
        "PYTHONPATH": f"{folder / 'task'}:{folder / 'runtime'}",
        "PYTHONDONTWRITEBYTECODE": "1",  # /var/task is read-only
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "REPORTS_BUCKET": "reports",
        "UPLOADS_TABLE": "uploads",
        "BANKS_TABLE": "banks",
        "ENVIRONMENT_SUFFIX": "bench",
        "LOG_LEVEL": "INFO",
        **({"AWS_LAMBDA_FUNCTION_NAME": "txn-status-bench"} if variant.clients_at_init else {}),
    }
    program = ROOT / "benchmarks" / "parts" / ("boto3_alone.py" if variant.alone else "cold_function.py")
    line = [sys.executable, "-s", "-S", str(program)]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"{variant.title} failed:\n{done.stderr[-2000:]}")
    return [float(each) for each in done.stdout.split()[-3:]]


def _line(variant: Variant, folder: Path, runs: Sequence[Sequence[float]]) -> list[str]:
    init, first, second = (median(each) for each in zip(*runs, strict=True))
    size = sum(path.stat().st_size for path in (folder / "task").rglob("*") if path.is_file())
    shares = [f"{(init + first) / share:.2f}" for share in _SHARES.values()]
    zip_mb = "" if variant.alone else f"{size / 1e6:.1f}"
    return [variant.title, f"{init:.3f}", f"{first:.3f}", f"{init + first:.3f}", *shares, zip_mb, f"{second:.4f}"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
