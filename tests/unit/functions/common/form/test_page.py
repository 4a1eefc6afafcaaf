"""docs/submitting.md names the limits of the code."""

from functions.common.form.parts import MAX_PARTS
from shared.contracts.api import MAX_FORM_BYTES, MAX_REPORT_BYTES
from shared.repository import ROOT


def test_the_page_has_the_limits_of_the_code() -> None:
    page = (ROOT / "docs" / "submitting.md").read_text(encoding="utf-8")

    for limit in (f"{MAX_REPORT_BYTES:,} bytes", f"{MAX_FORM_BYTES:,} bytes", f"{MAX_PARTS} fields"):
        assert limit in page
