"""What can be done with the local cloud while it is up: lines to copy into a shell."""

import shlex
import shutil
from pathlib import Path

from local.cloud.clients import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, SUFFIX
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
        "The local cloud is up until you press Ctrl-C. To submit a report:",
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
    """The logs, and commands that show tables, bucket and function log where the aws CLI is installed."""
    lines = [
        "To try a change of a function: ./dev sync, or ./dev sync --watch, in another terminal.",
        "",
        "To look inside:",
        f"  Log files     {run.logs}",
    ]
    if not shutil.which("aws"):
        return lines
    aws = (
        f"AWS_ACCESS_KEY_ID={ACCESS_KEY_ID} AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY} AWS_DEFAULT_REGION={REGION} "
        f"aws --endpoint-url {pipeline.cloud.endpoint_url}"
    )
    return [
        *lines,
        f"  Uploads       {aws} dynamodb scan --table-name {pipeline.uploads_table}",
        f"  Transactions  {aws} dynamodb scan --table-name {pipeline.transactions_table} --max-items 5",
        f"  Reports       {aws} s3 ls --recursive s3://{pipeline.reports_bucket}/",
        f"  Function log  {aws} logs tail /aws/lambda/txn-intake-local",
    ]
