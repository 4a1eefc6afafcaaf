"""Drives a deployment: `cdktf synth` writes the stacks, and Terraform plans, applies and destroys them one by one.

Terraform and not `cdktf deploy`, because Terraform reports plans, progress and errors as JSON (`-json`), and because
cdktf keeps no order of stacks when it is told to leave out dependencies.
"""

import json
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shared.infra.progress import PROGRESS_VARIABLE
from shared.infra.settings.settings import DEFAULT_SUFFIX, SUFFIX_VARIABLE
from shared.repository import ROOT
from tools.errors import ToolError
from tools.operations.cdktf.assembly import Stack, read_stacks
from tools.operations.cdktf.changes import Changes, read_changes
from tools.operations.cdktf.events import Output, ignore
from tools.operations.state.lock import explain_lock

Show = Callable[[str], None]
"""Shows the progress of a command."""
Run = Callable[[Sequence[str], Mapping[str, str], Path, Callable[[str], object]], int]
"""Runs a program with an environment in a folder, passes on each line that it prints; returns its exit code."""

_PLAN_FILE: Final = "plan"
_NO_CHANGES, _CHANGES = 0, 2
"""Exit codes of `terraform plan -detailed-exitcode`."""
_OVERWRITTEN: Final = frozenset({"aws_api_gateway_integration"})
"""Types whose new resource has the old one's identity in AWS.

The API's deployment is created before the old one is destroyed, and Terraform spreads this order to all that it depends
on. So the new integration overwrites the old one in API Gateway, and the destruction of the old one then deletes it.
Another plan creates it again.
"""
_CREATED_AGAIN: Final = _OVERWRITTEN | {"aws_api_gateway_deployment", "aws_api_gateway_stage"}
"""What that plan may change: it is applied without being shown."""
_SHOWN_ERRORS: Final = 3
"""One mistake makes many errors: the rest is in the log."""
_TAIL_LINES: Final = 15
_SETTINGS: Final = {
    "CI": "1",  # cdktf draws no spinners
    PROGRESS_VARIABLE: "1",  # the app tells what it does
    "TF_IN_AUTOMATION": "1",
    "TF_INPUT": "0",
    # One download of the provider serves all stacks; their lock files are as short-lived as all that is synthesized.
    "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
}
_CACHE: Final = "TF_PLUGIN_CACHE_DIR"
_NODE_CACHE: Final = "NODE_COMPILE_CACHE"
_NO_REGISTRY: Final = (
    "Terraform could not download the provider hashicorp/aws. Check that this machine reaches Terraform's registry "
    "(`./dev local` without `--provider registry` does not need it), then try again."
)
_HINTS: Final = {
    "does not have the expected content": (
        "A Terraform process was killed before it wrote its state's checksum. Fix it: ./dev unlock"
    ),
    "Failed to query available provider packages": _NO_REGISTRY,
    "Failed to install provider": _NO_REGISTRY,
    "could not connect to registry.": _NO_REGISTRY,
}
"""Terraform's words -> what to do."""


def run_in_foreground(
    line: Sequence[str], environ: Mapping[str, str], folder: Path, on_line: Callable[[str], object]
) -> int:
    """Run a program at the user's terminal, see `Run`."""
    with (
        _interrupts_left_to_children(),
        subprocess.Popen(
            line,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for text in process.stdout or ():
            on_line(text.rstrip("\n"))
    return process.returncode


@contextmanager
def _interrupts_left_to_children() -> Iterator[None]:
    """On Ctrl-C, wait until Terraform, which gets it as well, has finished what it is doing and saved its state."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan that Terraform has saved beside a stack."""

    stack: Stack
    changes: bool
    """Whether it changes anything: a resource, its import, or an output."""
    total: int
    """How many resources it creates, changes or destroys."""
    loses: bool = False
    """Whether it deletes what it has just created, see `_OVERWRITTEN`."""


def _loses(planned: Output) -> bool:
    return not _OVERWRITTEN.isdisjoint(planned.replaced)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Driver:
    """Commands for the stacks of one environment; each raises `ToolError` when it fails."""

    environ: Mapping[str, str]
    output: Path
    """Folder for what is synthesized."""
    log: Path
    cdktf: str = "cdktf"
    run: Run = field(default=run_in_foreground)
    root: Path = ROOT
    now: Callable[[], datetime] = field(default=_now)

    @property
    def suffix(self) -> str:
        """The environment's."""
        return self.environ.get(SUFFIX_VARIABLE) or DEFAULT_SUFFIX

    def synth(self, show: Show = ignore) -> list[Stack]:
        """Package the functions and write all stacks, each after those that it depends on."""
        for program in ("node", self.cdktf):
            if shutil.which(program, path=self.environ.get("PATH")) is None:
                raise ToolError(f"{program} is not installed. Run `./dev setup` once, then try again.")
        # Without the CLI, the app alone would be 1.3 s faster; but what we deploy is to be what `cdktf synth` writes.
        # This Python has all that the app needs; cdktf.json would start the one in .venv, which may be another.
        # Without Node's cache: jsii unpacks its modules into a new folder in each run, so the cache would only grow.
        app = shlex.join(["env", "-u", _NODE_CACHE, sys.executable, str(self.root / "main.py")])
        line = [self.cdktf, "synth", "--app", app, "--output", str(self.output)]
        show("starting cdktf")
        self._do("cdktf synth", line, self.root, Output(show=show))
        return read_stacks(self.output)

    def plan(self, stack: Stack, show: Show = ignore, *, lock: bool = True) -> Plan:
        """Plan a stack, and save the plan.

        Args:
            stack: to plan.
            show: shows the progress.
            lock: whether the state is locked meanwhile, which needs the right to write to the table of locks.
        """
        self._init(stack)
        options = ["-detailed-exitcode", f"-out={_PLAN_FILE}", *([] if lock else ["-lock=false"])]
        code, output = self._terraform(stack, ["plan", "-json", *options], show, expected=(_NO_CHANGES, _CHANGES))
        return Plan(stack=stack, changes=code == _CHANGES, total=output.total or 0, loses=_loses(output))

    def changes(self, plan: Plan) -> Changes:
        """What a plan changes."""
        _, output = self._terraform(plan.stack, ["show", "-json", _PLAN_FILE], logged=False)
        return read_changes(json.loads("".join(output.lines)))

    def describe(self, plan: Plan, changes: Changes) -> list[str]:
        """A plan in Terraform's own words, with keys, contacts and other confidential values masked."""
        _, output = self._terraform(plan.stack, ["show", "-no-color", _PLAN_FILE], logged=False)
        return changes.mask(output.lines)

    def apply(self, plan: Plan, show: Show = ignore) -> None:
        """Change exactly what was planned, and create again what this loses.

        Raises:
            ToolError: Terraform failed, the state has changed since the plan, or more than what was lost would change.
        """
        self._terraform(plan.stack, ["apply", "-json", _PLAN_FILE], show, total=plan.total)
        if plan.loses:
            again = self.plan(plan.stack, show)
            unseen = self.changes(again).types - _CREATED_AGAIN
            if unseen:
                kinds = ", ".join(sorted(unseen))
                raise ToolError(
                    f"{plan.stack.id} has been applied, and now differs in {kinds}: plan and approve it again."
                )
            self._terraform(plan.stack, ["apply", "-json", _PLAN_FILE], show, total=again.total)

    def deploy(self, stack: Stack, show: Show = ignore) -> None:
        """Plan a stack and apply the plan without showing it before, in one run of Terraform."""
        self._init(stack)
        apply = ["apply", "-json", "-auto-approve"]
        _, output = self._terraform(stack, apply, show)
        if _loses(output):
            self._terraform(stack, apply, show)

    def destroy(self, stack: Stack, show: Show = ignore) -> None:
        """Destroy all that a stack's state knows."""
        self._init(stack)
        self._terraform(stack, ["destroy", "-json", "-auto-approve"], show)

    def _init(self, stack: Stack) -> None:
        # What an earlier synth has left in the folder does not count: its backend may be another environment's
        # (-reconfigure), and its provider an older one (-upgrade). Before Terraform 1.9, init has no -json.
        self._terraform(stack, ["init", "-no-color", "-reconfigure", "-upgrade"])

    def _terraform(
        self,
        stack: Stack,
        arguments: Sequence[str],
        show: Show = ignore,
        *,
        total: int | None = None,
        expected: Collection[int] = (0,),
        logged: bool = True,
    ) -> tuple[int, Output]:
        program = self.environ.get("TERRAFORM_BINARY_NAME") or "terraform"
        title = f"{program} {arguments[0]} in {stack.id}"
        output = Output(show=show, total=total)
        return self._do(title, [program, *arguments], stack.folder, output, expected, logged=logged)

    def _do(
        self,
        title: str,
        line: Sequence[str],
        folder: Path,
        output: Output,
        expected: Collection[int] = (0,),
        *,
        logged: bool = True,
    ) -> tuple[int, Output]:
        """Run a program, with all that it prints in the log, unless it may print what is confidential.

        Returns:
            Its exit code, and what it printed.

        Raises:
            ToolError: the exit code is none of the expected ones.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {shlex.join(line)}  # in {folder}\n")

            def read(text: str) -> None:
                line = output.read(text)
                if logged:
                    log.write(f"{line}\n")
                    log.flush()

            code = self.run(line, self._settings(), folder, read)
        if code not in expected:
            raise ToolError(self._explain(title, output))
        return code, output

    def _settings(self) -> dict[str, str]:
        cache = Path(self.environ.get(_CACHE) or self.root / ".local" / "terraform-plugins")
        cache.mkdir(parents=True, exist_ok=True)
        # Node keeps the compiled CLI there; without it, the CLI needs a third of a second more to start.
        compiled = {_NODE_CACHE: str(self.root / ".cache" / "node"), **self.environ}
        return {**compiled, **_SETTINGS, _CACHE: str(cache)}

    def _explain(self, title: str, output: Output) -> str:
        if output.lock:
            return explain_lock(output.lock, self.now())
        errors = output.errors or ["\n".join([line for line in output.lines if line.strip()][-_TAIL_LINES:])]
        more = [f"... and {len(errors) - _SHOWN_ERRORS} more."] if len(errors) > _SHOWN_ERRORS else []
        text = "\n".join(output.lines)
        hints = dict.fromkeys(hint for words, hint in _HINTS.items() if words in text)
        return "\n\n".join([f"{title} failed:", *errors[:_SHOWN_ERRORS], *more, *hints, f"The whole log: {self.log}"])
