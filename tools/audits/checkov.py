"""`./dev checkov`: examines the synthesized stacks of `default` and `prod` with checkov's policies for AWS."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from shared.infra.settings.settings import SUFFIX_VARIABLE
from shared.repository import ROOT
from tools.audits.findings import Audit, Finding, Outcome, finish, parser
from tools.operations.cdktf.driver import Driver
from tools.operations.command import exit_code

_SETTINGS: Final = {"default": "audit", "prod": "prod"}
"""File in environments/ -> suffix of an environment that has these settings."""
_HASH: Final = re.compile(r"_[0-9A-F]{8}$")
"""What cdktf adds to the path of a construct."""
_OUTPUT: Final = ROOT / ".local" / "audits" / "checkov"


def main(arguments: Sequence[str] | None = None) -> int:
    """Synthesize, examine and report; the exit code."""
    options = parser(Audit.CHECKOV, "Examine the stacks of default.toml and prod.toml with checkov.")
    options.add_argument("--program", default="checkov", help="path of checkov")
    values = options.parse_args(arguments)
    found = set[Finding]()
    for settings, suffix in _SETTINGS.items():
        folder = _OUTPUT / settings
        if failed := exit_code(partial(_synthesize, suffix, folder)):
            return failed
        found |= set(findings(settings, _examine(values.program, folder)))
    return finish(Audit.CHECKOV, Outcome(findings=sorted(found)), require_all=values.require_all)


def findings(settings: str, document: Mapping[str, Any]) -> Iterator[Finding]:
    """What checkov's JSON document lists as failed, by settings, stack and construct."""
    for each in document["results"]["failed_checks"]:
        stack = Path(each["file_path"]).parent.name
        construct = _HASH.sub("", each["resource"].rpartition(".")[2])
        yield Finding(id=each["check_id"], where=f"{settings}/{stack}/{construct}", text=each["check_name"])


def _synthesize(suffix: str, folder: Path) -> None:
    environ = {**os.environ, SUFFIX_VARIABLE: suffix}
    Driver(environ=environ, output=folder, log=folder.with_suffix(".log")).synth()


def _examine(program: str, folder: Path) -> Any:
    options = ["--framework", "terraform_json", "--output", "json", "--compact", "--quiet", "--skip-download"]
    done = subprocess.run(
        [program, *options, "--directory", str(folder)], stdout=subprocess.PIPE, text=True, check=False
    )
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
