"""Paths, parameters and limits of the REST API.

The API stack routes them, the functions answer them, the client in tools calls them.
"""

from typing import Final

UPLOAD_PATH: Final = "upload"
"""POST: submit a report, multipart/form-data."""
UPLOADS_PATH: Final = "uploads"
"""GET: the bank's uploads, newest first; GET `/uploads/{upload_id}`: one of them; POST: declare a report."""
ERRORS_PATH: Final = "errors"
"""GET `/uploads/{upload_id}/errors`: the validation errors of a rejected report, in pages."""
VALIDATE_PATH: Final = "validate"
"""POST: validate a report without submitting it; the form is that of `UPLOAD_PATH`."""
TRANSACTIONS_PATH: Final = "transactions"
"""GET: the bank's loaded rows of a day, in order of time."""
HEALTH_PATH: Final = "health"
"""GET, without a key: whether the API answers."""
UPLOAD_ID_PARAMETER: Final = "upload_id"
LIMIT_PARAMETER: Final = "limit"
CURSOR_PARAMETER: Final = "cursor"
STATUS_PARAMETER: Final = "status"
FROM_PARAMETER: Final = "from"
TO_PARAMETER: Final = "to"
DATE_PARAMETER: Final = "date"
CURRENCY_PARAMETER: Final = "currency"
REPORT_FIELD: Final = "report"
"""Form field that holds the report's file."""
ROWS_FIELD: Final = "rows"
TOTAL_FIELD_PREFIX: Final = "total_"
"""Form fields of the control totals: the number of rows, and `total_EUR` the total of EUR; all of them optional."""
FILE_NAME_FIELD: Final = "file_name"
SIZE_FIELD: Final = "size"
SHA256_FIELD: Final = "sha256"
"""Fields of a declaration, all of them required: a text, a whole number of bytes, and 64 lower-case hex digits."""
MAX_FILE_NAME: Final = 255
"""Characters of a declared file's name."""
API_KEY_HEADER: Final = "x-api-key"
READABLE_HEADERS: Final = ("retry-after", "x-amz-apigw-id")
"""Headers of an answer that a web page of an allowed origin may read beside those that every page may."""

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100
"""Uploads on one page."""
DEFAULT_ROWS_LIMIT: Final = 100
MAX_ROWS_LIMIT: Final = 1_000
"""Validation errors or transactions on one page."""
MAX_EXAMINED: Final = 1_000
"""How many uploads or transactions are looked at for one page of those that a parameter selects."""
MAX_REPORT_BYTES: Final = 4_500_000
"""The largest report that fits in one request: Lambda accepts 6 MB (invocation payload limit), base64 adds a third."""
MAX_FORM_BYTES: Final = 4_600_000
"""The largest form with such a report, its headers and other fields: in base64 and with the headers of the request, of
at most 10,240 bytes (API Gateway quota), it fits in Lambda's 6 MB."""
MAX_DECLARED_BYTES: Final = 5_000_000_000
"""The largest report that a bank stores itself, with one PUT (S3 limit: 5 GB for a single upload). It is also the
largest number that EventBridge's rules compare (`numeric` matching: -5.0e9 to 5.0e9)."""
