"""What to do next with the local cloud: lines that can be copied into a shell."""

import shlex
from pathlib import Path

from local.cloud.clients import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.cloud.run_folder import RunFolder
from local.deployment.outputs import Pipeline
from shared.contracts.api import API_KEY_HEADER, REPORT_FIELD, UPLOAD_PATH

_BANK = "bayside"
_REPORT = "tests/reports/bayside-2026-11-20-no-final-newline.csv"


def how_to_go_on(pipeline: Pipeline, *, root: Path, keep: bool) -> list[str]:
    """URL, a key, and a curl command that works as printed while the local cloud is up."""
    key = pipeline.keys[_BANK]
    curl = shlex.join([
        "curl", "-H", f"{API_KEY_HEADER}: {key}", "-F", f"{REPORT_FIELD}=@{root / _REPORT};type=text/csv",
        f"{pipeline.api_url}/{UPLOAD_PATH}",
    ])  # fmt: skip
    until = "until you press Ctrl-C" if keep else "only with `./dev local -- --keep`; this one stops now"
    return [
        f"To go on (the local cloud stays up {until}):",
        f"  URL  {pipeline.api_url}",
        f"  Key  {key} ({_BANK})",
        f"  Try  {curl}",
    ]


def where_to_look(pipeline: Pipeline, run: RunFolder) -> list[str]:
    """Where logs and tables can be looked at."""
    aws = (
        f"AWS_ACCESS_KEY_ID={ACCESS_KEY_ID} AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY} AWS_DEFAULT_REGION={REGION} "
        f"aws --endpoint-url {pipeline.cloud.endpoint_url}"
    )
    return [
        "To look inside:",
        f"  Uploads       {aws} dynamodb scan --table-name {pipeline.uploads_table}",
        f"  Transactions  {aws} dynamodb scan --table-name {pipeline.transactions_table} --max-items 5",
        f"  Reports       {aws} s3 ls --recursive s3://{pipeline.reports_bucket}/",
        f"  Function log  {aws} logs tail /aws/lambda/txn-intake-local",
        f"  Log files     {run.log('ministack').parent}",
    ]
