"""`./dev dashboard`: deploy to a local cloud, submit reports of every sort, and draw the deployed dashboard."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from local.cloud.clients import SUFFIX
from local.cloud.paths import find_paths
from local.dashboard.gather import Run, api_metric
from local.dashboard.picture import picture
from local.dashboard.traffic import Sent, send_for
from local.dashboard.widgets import read_widgets
from local.demo.samples import BANKS
from local.deployment.command import run_command
from local.deployment.launch import launch
from local.deployment.outputs import Pipeline
from local.processes.parent import exit_with_parent
from shared.contracts.uploads import ENDED, UploadStatus
from shared.infra.naming import Namer, ResourceKind
from shared.repository import ROOT
from tools.errors import ToolError
from tools.terminal import Terminal

PICTURE: Final = ROOT / "docs" / "dashboard.svg"
_PERIOD_SECONDS: Final = 5
_LIMIT_SECONDS: Final = 180
"""For the uploads to end after the last report."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the picture.

    Returns:
        0; 1 if something failed; 130 or 143 when interrupted.
    """
    options = _options(sys.argv[1:] if arguments is None else arguments)
    return run_command(partial(_run, options))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev dashboard", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("--seconds", type=int, default=60, help="how long reports are submitted (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=PICTURE, help="the picture's file (default: docs/dashboard.svg)")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, out: Terminal, user: Mapping[str, str]) -> None:
    with launch(find_paths(user), out, user=user) as launched:
        pipeline = launched.pipeline
        widgets = read_widgets(_body(pipeline))
        run = Run(pipeline.cloud, widgets, period=_PERIOD_SECONDS)
        with out.step(f"Submitting reports for {options.seconds} s") as show:
            sent = send_for(options.seconds, pipeline.client, BANKS, run.look)
            show("waiting until all have ended")
            statuses = _wait(sent, pipeline, run)
        out.say(f"{len(sent.calls)} requests, {len(sent.uploads)} accepted reports: {_counts(statuses)}")
        with out.step("Reading what was measured"):
            seconds = run.end(sent.calls, api_metric(widgets))
            drawn = [(each, run.drawn(each) if each.queries else None) for each in widgets]
    note = (
        f"Drawn by `./dev dashboard` from {seconds:.0f} s on a local cloud, where one process is all of AWS: "
        f"figures show the shape, not AWS's speed. Periods are {_PERIOD_SECONDS} s here, five minutes on AWS."
    )
    options.out.write_text(picture(drawn, seconds=seconds, note=note), encoding="utf-8")
    out.say(f"written: {options.out}")


def _body(pipeline: Pipeline) -> str:
    # The name does not depend on account or region.
    namer = Namer(suffix=SUFFIX, account_id="", region="")
    name = namer.name("pipeline", ResourceKind.DASHBOARD)
    body: str = pipeline.cloud.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    return body


def _wait(sent: Sent, pipeline: Pipeline, run: Run) -> list[UploadStatus]:
    """Wait until all uploads have ended.

    Raises:
        ToolError: one has not ended in time.
    """
    end = time.monotonic() + _LIMIT_SECONDS
    while True:
        states = [pipeline.client(bank).upload_state(each) for each, bank in sent.uploads.items()]
        statuses = [UploadStatus(each.body["status"]) for each in states]
        if all(each in ENDED for each in statuses):
            return statuses
        if time.monotonic() > end:
            raise ToolError(f"uploads have not ended within {_LIMIT_SECONDS} s: {_counts(statuses)}")
        run.look()
        time.sleep(1)


def _counts(statuses: Sequence[UploadStatus]) -> str:
    return ", ".join(f"{statuses.count(each)} {each}" for each in sorted(set(statuses)))


if __name__ == "__main__":
    exit_with_parent()
    sys.exit(main())
