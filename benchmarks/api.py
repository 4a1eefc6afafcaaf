"""How long the deployed API takes to answer POST /upload and POST /validate, by the report's rows, warm and cold.

On the local cloud: API Gateway, DynamoDB and S3 are one process there, and each function may use a whole core.
Nothing is loaded meanwhile, so that only the answer is measured. Alone on the machine only.
"""

import argparse
import io
import os
import sys
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from statistics import median
from typing import Final

from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import facts, publish, table
from benchmarks.parts.reports import KINDS, lines
from benchmarks.parts.submission import BANK
from local.cloud.clients import SUFFIX, Cloud
from local.cloud.paths import find_paths
from local.deployment.environment import forget_aws
from local.deployment.launch import launch
from local.deployment.outputs import Pipeline
from local.processes.interrupts import InterruptedRunError, interruptible
from local.processes.parent import exit_with_parent
from shared.contracts.functions import FunctionName
from shared.infra.naming import PROJECT
from shared.infra.packaging import package_functions
from tools.client.api import Answer, ApiClient
from tools.errors import ToolError
from tools.terminal import Terminal

_ROWS: Final = (100, 10_000, 70_000)
_FILE_NAME: Final = "report.csv"
Send = Callable[[ApiClient, bytes], Answer]
_DOORS: Final[Mapping[str, tuple[FunctionName, Send, HTTPStatus]]] = {
    "upload": (FunctionName.INTAKE, lambda client, report: client.upload(_FILE_NAME, report), HTTPStatus.ACCEPTED),
    "validate": (FunctionName.PRECHECK, lambda client, report: client.validate(_FILE_NAME, report), HTTPStatus.OK),
}
"""Name of a door -> the function that answers, the request, and the status of its answer to a valid report."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Seconds from the request to the whole answer, for one door and number of rows."""

    door: str
    rows: int
    size: int
    cold: Sequence[float]
    warm: Sequence[float]


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the tables; the exit code: 130 or 143 when interrupted."""
    options = _options(arguments)
    out = Terminal.of_stdout()
    try:
        with interruptible():
            measured = _run(options, out)
    except InterruptedRunError as interrupt:
        out.say("", f"Stopped ({interrupt}); nothing is left running.")
        return interrupt.exit_code
    except (BenchmarkError, ToolError) as error:
        print(f"benchmarks.api: {error}", file=sys.stderr)
        return 1
    publish("api", _body(measured, options), write=options.write)
    print("\n".join(_ratios(measured)))
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.api", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--warm", type=int, default=10, help="warm requests of each kind (default: %(default)s)")
    parser.add_argument("--cold", type=int, default=3, help="cold requests of each kind (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the results into docs/")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, out: Terminal) -> list[Measured]:
    user = dict(os.environ)
    forget_aws(os.environ)
    measured = []
    with launch(find_paths(user), out, user=user) as launched:
        pipeline, numbers = launched.pipeline, count()
        _load_nothing(pipeline.cloud)
        for rows in _ROWS:
            for door in _DOORS:
                with out.step(f"Asking POST /{door} about {rows:,} rows"):
                    measured.append(_measure(pipeline, door, rows, numbers, options))
    return measured


def _load_nothing(cloud: Cloud) -> None:
    """Let stored reports start nothing."""
    events = cloud.client("events")
    for rule in events.list_rules()["Rules"]:
        events.disable_rule(Name=rule["Name"])


def _measure(pipeline: Pipeline, door: str, rows: int, numbers: "count[int]", options: argparse.Namespace) -> Measured:
    function, send, expected = _DOORS[door]
    client = pipeline.client(BANK)

    def seconds() -> float:
        report = _report(rows, next(numbers))
        begin = time.perf_counter()
        answer = send(client, report)
        taken = time.perf_counter() - begin
        if answer.status != expected:
            raise BenchmarkError(f"POST /{door}: {answer.described}")
        return taken

    cold = []
    for _ in range(options.cold):
        _restart(pipeline.cloud, function, next(numbers))
        cold.append(seconds())
    size = len(_report(rows, 0))
    return Measured(door=door, rows=rows, size=size, cold=cold, warm=[seconds() for _ in range(options.warm)])


def _report(rows: int, number: int) -> bytes:
    """A valid report that has not been submitted before."""
    header, *others = lines(KINDS["numbered"], rows)
    endings = (line.partition(",")[2] for line in others)
    return (header + "".join(f"{number:04}-{row:08},{ending}" for row, ending in enumerate(endings))).encode()


def _restart(cloud: Cloud, function: FunctionName, number: int) -> None:
    """Let the next call of a function start it again, by code that differs in a file that nothing reads."""
    (package,) = package_functions([function]).values()
    code = io.BytesIO(package.read_bytes())
    with zipfile.ZipFile(code, "a") as archive:
        archive.writestr("restarted", str(number))
    name = f"{PROJECT}-{function}-{SUFFIX}"
    cloud.lambda_.update_function_code(FunctionName=name, ZipFile=code.getvalue())


def _body(measured: Sequence[Measured], options: argparse.Namespace) -> str:
    head = ("", "rows", "bytes", "warm (median)", "warm (slowest)", "cold (median)", "warm, for each row")
    listed = [
        [
            f"`POST /{each.door}`",
            f"{each.rows:,}",
            f"{each.size:,}",
            f"{median(each.warm) * 1000:,.0f} ms",
            f"{max(each.warm) * 1000:,.0f} ms",
            f"{median(each.cold) * 1000:,.0f} ms",
            f"{median(each.warm) / each.rows * 1e6:,.1f} µs",
        ]
        for each in measured
    ]
    return f"""\
{options.warm} warm and {options.cold} cold requests of each kind, one after the other, each with a report that is new.
Measured {facts()}. Wall time, with MiniStack on these cores:

{table(head, listed)}
"""


def _ratios(measured: Sequence[Measured]) -> list[str]:
    """How the warm time grows by row (1.00 is linear, less is better), and what a cold start costs."""
    by_kind = {(each.door, each.rows): each for each in measured}
    small, middle, large = _ROWS
    lines_of_ratios = []
    for door in _DOORS:
        growth = median(by_kind[door, large].warm) / median(by_kind[door, middle].warm) / (large / middle)
        cold = median(by_kind[door, small].cold) / median(by_kind[door, small].warm)
        lines_of_ratios += [f"ratio {door}-growth {growth:.2f}", f"ratio {door}-cold {cold:.2f}"]
    return lines_of_ratios


if __name__ == "__main__":
    exit_with_parent()
    sys.exit(main(sys.argv[1:]))
