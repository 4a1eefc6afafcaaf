"""Paths, parameters and limits of the REST API.

The API stack routes them, the functions answer them, the client in tools calls them.
"""

from typing import Final

UPLOAD_PATH: Final = "upload"
"""POST: submit a report, multipart/form-data."""
UPLOADS_PATH: Final = "uploads"
"""GET: the bank's uploads, newest first; GET `/uploads/{upload_id}`: one of them; POST: declare a report."""
UPLOAD_ID_PARAMETER: Final = "upload_id"
LIMIT_PARAMETER: Final = "limit"
CURSOR_PARAMETER: Final = "cursor"
REPORT_FIELD: Final = "report"
"""Form field that holds the report's file."""
FILE_NAME_FIELD: Final = "file_name"
SIZE_FIELD: Final = "size"
SHA256_FIELD: Final = "sha256"
"""Fields of a declaration, all of them required: a text, a whole number of bytes, and 64 lower-case hex digits."""
MAX_FILE_NAME: Final = 255
"""Characters of a declared file's name."""
API_KEY_HEADER: Final = "x-api-key"

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100
"""Uploads on one page."""
MAX_REPORT_BYTES: Final = 4_500_000
"""The largest report that fits in one request: Lambda accepts 6 MB (invocation payload limit), base64 adds a third."""
MAX_DECLARED_BYTES: Final = 5_000_000_000
"""The largest report that a bank stores itself, with one PUT (S3 limit: 5 GB for a single upload). It is also the
largest number that EventBridge's rules compare (`numeric` matching: -5.0e9 to 5.0e9)."""
