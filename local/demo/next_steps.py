"""What can be done with the local cloud while it is up: lines to copy into a shell."""

import shlex
from pathlib import Path

from local.cloud.clients import ACCESS_KEY_ID, SECRET_ACCESS_KEY, SUFFIX
from local.cloud.run_folder import RunFolder
from local.deployment.outputs import Pipeline
from shared.contracts.api import API_KEY_HEADER, REPORT_FIELD, UPLOAD_PATH

_BANK = "bayside"
_REPORT = "tests/reports/bayside-2026-11-20-no-final-newline.csv"


def how_to_submit(pipeline: Pipeline, *, root: Path) -> list[str]:
    """The API's URL, each bank's key, and a curl command that works as printed."""
    curl = shlex.join([
        "curl", "-H", f"{API_KEY_HEADER}: {pipeline.keys[_BANK]}",
        "-F", f"{REPORT_FIELD}=@{root / _REPORT};type=text/csv", f"{pipeline.api_url}/{UPLOAD_PATH}",
    ])  # fmt: skip
    return [
        "The local cloud is up until you press Ctrl-C. To submit a report, in a browser or with the API:",
        f"  Page {pipeline.api_url}/",
        f"  URL  {pipeline.api_url}",
        *(f"  Key  {key} ({bank_id})" for bank_id, key in sorted(pipeline.keys.items())),
        f"  Try  {curl}",
    ]


def how_to_operate(pipeline: Pipeline) -> list[str]:
    """The operators' commands for uploads, as they reach this local cloud."""
    environ = (
        f"AWS_ACCESS_KEY_ID={ACCESS_KEY_ID} AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY} "
        f"AWS_ENDPOINT_URL={pipeline.cloud.endpoint_url} ENVIRONMENT_SUFFIX={SUFFIX}"
    )
    return [
        "To submit a report of any size, to see what happened to an upload, and to run failed ones again:",
        f"  Submit   {environ} ./dev submit -- PATH.csv --bank {_BANK}",
        f"  Explain  {environ} ./dev explain UPLOAD",
        f"  Redrive  {environ} ./dev redrive",
    ]


def how_to_inspect(pipeline: Pipeline, run: RunFolder) -> list[str]:
    """Where uploads, transactions and logs can be seen."""
    return [
        "To try a change of a function: ./dev sync, or ./dev sync --watch, in another terminal.",
        "",
        "To look inside:",
        f"  Uploads, transactions  {pipeline.api_url}/",
        f"  Log files              {run.logs}",
    ]
