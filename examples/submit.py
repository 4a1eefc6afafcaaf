"""Submits a report of any size and waits for its outcome.

    pip install requests
    TXN_URL=https://.../v1 TXN_KEY=... python submit.py report.csv

Exit code: 0 if the report is COMPLETED, 1 if it is not, 2 if it could not be submitted.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import requests

SMALL = 4_500_000
"""Bytes that fit in one request; a larger report is stored by a link."""
ENDED = ("COMPLETED", "REJECTED", "FAILED")
BUSY = (409, 429, 503)
"""Statuses after which the same request may be sent again."""
LONGEST_WAIT = 60
"""Seconds that a busy API may ask to wait for."""
CONNECT_AND_READ = (10, 60)
"""Seconds."""

Upload = dict[str, Any]


class NotSubmittedError(Exception):
    """The API did not accept the report; the text says why."""


def submit(api: requests.Session, url: str, path: Path) -> Upload:
    """Submit a report; the upload as the API answers it, or the problem document of a rejected report."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()  # the report is read in parts: it may be large
    if path.stat().st_size > SMALL:
        return store(api, url, path, digest)

    def request() -> requests.Response:
        with path.open("rb") as file:
            form = {"report": (path.name, file, "text/csv")}
            # The digest lets the API notice a report that was damaged on its way.
            return api.post(f"{url}/upload", files=form, data={"sha256": digest}, timeout=CONNECT_AND_READ)

    return answer_of(request, also=(422,))


def store(api: requests.Session, url: str, path: Path, digest: str) -> Upload:
    """Declare a large report, and store it with one PUT by the link in the answer."""
    declaration: dict[str, Any] = {"file_name": path.name, "size": path.stat().st_size, "sha256": digest}
    upload = answer_of(lambda: api.post(f"{url}/uploads", json=declaration, timeout=CONNECT_AND_READ))
    if "put" in upload:  # without it, the report is stored already
        link = upload["put"]
        with path.open("rb") as file:
            # Not by the session: the link is not the API's, and must not get the key.
            stored = requests.request(
                link["method"], link["url"], headers=link["headers"], data=file, timeout=(10, 300)
            )
        if stored.status_code not in (200, 412):  # 412: it was stored before
            raise NotSubmittedError(f"S3 answered {stored.status_code}: {stored.text}")
    return upload


def follow(api: requests.Session, url: str, upload: Upload) -> Upload:
    """Wait until an upload has ended."""
    address = f"{url}/uploads/{upload['upload_id']}"
    wait = 1.0
    while upload["status"] not in ENDED:
        time.sleep(wait)
        wait = min(wait * 1.5, 30)  # each request counts toward the daily quota
        upload = answer_of(lambda: api.get(address, timeout=CONNECT_AND_READ))
    return upload


def answer_of(request: Callable[[], requests.Response], also: Collection[int] = (), tries: int = 5) -> Upload:
    """The JSON of an answer; a busy API is asked again when it says."""
    for left in reversed(range(tries)):
        response = request()
        if response.ok or response.status_code in also:
            upload: Upload = response.json()
            return upload
        # A used-up quota asks for an hour, and what no repetition helps for nothing.
        wait = float(response.headers.get("retry-after", "inf"))
        if response.status_code not in BUSY or not left or wait > LONGEST_WAIT:
            break
        time.sleep(wait)
    detail = response.json().get("detail", response.text)
    raise NotSubmittedError(f"the API answered {response.status_code}: {detail}")


def main() -> int:
    """Submit the report that the command line names."""
    if len(sys.argv) != 2:
        print("usage: python submit.py REPORT.csv", file=sys.stderr)
        return 2
    url = os.environ["TXN_URL"].rstrip("/")
    with requests.Session() as api:
        api.headers["x-api-key"] = os.environ["TXN_KEY"]
        try:
            upload = submit(api, url, Path(sys.argv[1]))
            if "status" in upload and upload["status"] != 422:
                upload = follow(api, url, upload)
        except (NotSubmittedError, requests.RequestException, OSError) as error:
            print(f"not submitted: {error}", file=sys.stderr)
            return 2
    for each in upload.get("errors", []):
        print(f"line {each['line']}, {each.get('column', 'row')}: {each['message']} [{each['code']}]")
    status = "REJECTED" if upload["status"] == 422 else upload["status"]
    print(f"upload {upload['upload_id']}: {status}")
    print(json.dumps(upload, indent=2))
    return 0 if status == "COMPLETED" else 1


if __name__ == "__main__":
    sys.exit(main())
