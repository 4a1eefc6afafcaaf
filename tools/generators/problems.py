"""Writes docs/problems.md from the table of problems, so that the page cannot lag behind it.

python -m tools.generators.problems
"""

import sys
from collections.abc import Iterator
from typing import Final

from shared.contracts.problems import PROBLEMS, ProblemKind, ProblemType
from shared.repository import ROOT

PAGE: Final = ROOT / "docs" / "problems.md"
_HEAD: Final = """\
<!-- Written by `./dev docs` from shared/contracts/problems.py; a test holds the two equal. -->
# Problems

What the API answers when it cannot do what a request asks is a problem document (RFC 9457, `application/problem+json`):

```json
{example}
```

- `type` says what kind of problem it is, and does not change; the kinds are below.
- `title` and `detail` are for people: what is wrong, where, and what to do. Their texts may change.
- `request_id` names the request in the operators' logs. Quote it when you ask them.
- Some kinds have further fields, such as `errors` of a rejected report; the [OpenAPI document](openapi.yaml) has them.
- With `Retry-After`, the same request may be sent again after that many seconds.

| Type | Status | Title | Retry-After |
| --- | --- | --- | --- |
{rows}
"""
_EXAMPLE: Final = """\
{
  "type": "urn:transaction-pipeline:problem:not-found",
  "title": "Not found",
  "status": 404,
  "detail": "You have no upload with this id. GET /uploads lists yours.",
  "request_id": "JKJaXmPLvHcESHA="
}"""


def page() -> str:
    """The page as it has to be."""
    rows = "\n".join(_row(kind, known) for kind, known in PROBLEMS.items())
    head = _HEAD.format(example=_EXAMPLE, rows=rows)
    return "\n".join([head, *_sections()])


def main() -> int:
    """Write the page; the exit code."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _row(kind: ProblemType, known: ProblemKind) -> str:
    wait = "" if known.retry_after is None else f"{known.retry_after:,} s"
    return f"| [`{kind}`](#{kind}) | {known.status.value} | {known.title} | {wait} |"


def _sections() -> Iterator[str]:
    for kind, known in PROBLEMS.items():
        yield f"## {kind}\n\n`{kind.uri}`, status {known.status.value}. {known.meaning}\n\n*What to do:* {known.fix}\n"


if __name__ == "__main__":
    sys.exit(main())
