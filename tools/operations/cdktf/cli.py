"""The cdktf CLI, one stack at a time, with its output in a log and its failures explained.

One stack at a time because cdktf, told to leave out dependencies, no longer keeps any order.
"""

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shared.repository import ROOT
from tools.errors import ToolError
from tools.operations.cdktf.assembly import Stack, read_stacks
from tools.operations.cdktf.output import Progress, errors
from tools.operations.state.lock import Lock, lock_of_output

_SHOWN_ERRORS: Final = 3
"""One mistake makes many errors: the rest is in the log."""
_TAIL_LINES: Final = 15
TORN: Final = "does not have the expected content"
"""Terraform's words for a state that is not the one of its checksum."""
_ALONE: Final = ("--ignore-missing-stack-dependencies", "--skip-synth", "--no-color")
_QUIET: Final = {
    "CI": "1",  # cdktf draws no spinners
    "TF_IN_AUTOMATION": "1",
    "TF_INPUT": "0",
}
_PLAN_BEGINS: Final = (
    "No changes.",
    "Terraform used the selected",
    "OpenTofu used the selected",
    "Terraform will perform",
    "Changes to Outputs:",
)
_PLAN_ENDS: Final = ("Warning: ", "Saved the plan to", "─────")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Cdktf:
    """Commands of cdktf; each raises `ToolError` when it fails."""

    environ: Mapping[str, str]
    output: Path
    """Folder for what is synthesized."""
    log: Path
    root: Path = ROOT
    now: Callable[[], datetime] = field(default=_now)
    free_own: Callable[[Lock, datetime], bool] = field(default=lambda _lock, _began: False)
    """Frees a lock if it is of a command that began then and has ended; see `tools.operations.own_lock`."""

    def synth(self) -> list[Stack]:
        """Package the functions and write the stacks; all of them, each after those that it depends on."""
        self._run("synth", [])
        return read_stacks(self.output)

    def deploy(self, stack: str, tell: Callable[[str], None]) -> None:
        """Deploy one stack as it was synthesized last."""
        self._run("deploy", [stack, *_ALONE, "--auto-approve"], tell)

    def destroy(self, stack: str, tell: Callable[[str], None]) -> None:
        """Destroy one stack as it was synthesized last."""
        self._run("destroy", [stack, *_ALONE, "--auto-approve"], tell)

    def diff(self, stack: str) -> list[str]:
        """Plan one stack as it was synthesized last; the plan's lines."""
        return plan_of(stack, self._run("diff", [stack, "--skip-synth", "--no-color"]))

    def _run(self, command: str, options: Sequence[str], tell: Callable[[str], None] = lambda _: None) -> list[str]:
        began = self.now()
        code, lines = self._try(command, options, tell)
        lock = lock_of_output(lines) if code else None
        if lock and self.free_own(lock, began):
            code, lines = self._try(command, options, tell)
        if code:
            raise ToolError(self._explain(command, lines))
        return lines

    def _try(self, command: str, options: Sequence[str], tell: Callable[[str], None]) -> tuple[int, list[str]]:
        """Run cdktf once; its exit code, and what it printed."""
        line = [self._program(), command, *options, *self._options()]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        progress, lines = Progress(), list[str]()
        with (
            _interrupts_left_to_children(tell),
            self.log.open("a", encoding="utf-8") as log,
            subprocess.Popen(
                line,
                cwd=self.root,
                env=dict(self.environ) | _QUIET,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            ) as process,
        ):
            log.write(f"$ cdktf {shlex.join(line[1:])}\n")
            for text in process.stdout or ():
                log.write(text)
                log.flush()
                lines.append(text.rstrip("\n"))
                if changed := progress.feed(lines[-1]):
                    tell(str(changed))
        return process.returncode, lines

    def _program(self) -> str:
        found = shutil.which("cdktf", path=self.environ.get("PATH"))
        if found is None:
            raise ToolError("cdktf is not in the private environment. Run `./dev setup` once, then try again.")
        return found

    def _options(self) -> list[str]:
        # This Python has all that the app needs; cdktf.json's way leads to the private environment, maybe another.
        app = shlex.join([sys.executable, str(self.root / "main.py")])
        return ["--app", app, "--output", str(self.output)]

    def _explain(self, command: str, lines: Sequence[str]) -> str:
        if lock := lock_of_output(lines):
            return explain_lock(lock, self.now())
        found = errors(lines) or ["\n".join([line for line in lines if line.strip()][-_TAIL_LINES:])]
        more = [f"... and {len(found) - _SHOWN_ERRORS} more."] if len(found) > _SHOWN_ERRORS else []
        checksum = any(TORN in line for line in lines)
        hint = ["A Terraform was killed before it had written its state's checksum. Fix it: ./dev unlock"]
        shown = [f"cdktf {command} failed:", *found[:_SHOWN_ERRORS], *more, *(hint if checksum else [])]
        return "\n\n".join([*shown, f"The whole log: {self.log}"])


@contextmanager
def _interrupts_left_to_children(tell: Callable[[str], None]) -> Iterator[None]:
    """Wait on Ctrl-C until Terraform, which gets it as well, has ended what is under way and saved its state."""
    before = signal.signal(signal.SIGINT, lambda *_: tell("ending what is under way"))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def plan_of(stack: str, lines: Sequence[str]) -> list[str]:
    """The plan alone, out of what `cdktf diff` of a stack printed: without its margin, and without what was read."""
    margin = len(stack) + 2
    texts, begun = list[str](), False
    for line in lines:
        text = line[margin:]
        begun = begun or text.startswith(_PLAN_BEGINS)
        if begun and text.startswith(_PLAN_ENDS):
            break
        if begun:
            texts.append(text)
    return texts


def explain_lock(lock: Lock, now: datetime) -> str:
    """What a user needs to know when another one's lock stands in the way."""
    return (
        f"{lock.stack} is locked by {lock.who} since {lock.since(now)}, for {lock.operation} (lock {lock.id}).\n"
        "Nothing was changed here. Wait until that one has ended, then try again.\n"
        "If it was killed, its lock has stayed behind: `./dev unlock` shows it, and frees it if its holder is gone."
    )
