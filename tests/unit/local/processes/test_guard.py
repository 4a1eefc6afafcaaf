"""However the owner ends, the command and its children end, too: with real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE

from local.processes.guarded import GuardedProcess
from shared.repository import ROOT
from tests.unit.local.processes.waiting import alive, wait_until

# A command with a worker, like MiniStack: each writes its process id, then waits.
COMMAND = """
import os, pathlib, subprocess, sys, time
folder = pathlib.Path(sys.argv[1])
if len(sys.argv) == 2:
    subprocess.Popen([sys.executable, "-c", sys.orig_argv[2], str(folder), "worker"])
name = sys.argv[2] if len(sys.argv) > 2 else "command"
(folder / f"{name}.tmp").write_text(str(os.getpid()))
(folder / f"{name}.tmp").rename(folder / name)
time.sleep(600)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
OWNER = """
import sys, time
from pathlib import Path
from subprocess import DEVNULL
from local.processes.guarded import GuardedProcess
process = GuardedProcess(sys.argv[1:], env={}, cwd=Path.cwd(), stdout=DEVNULL, stderr=DEVNULL)
time.sleep(600)
"""


def command(folder: Path, program: str = COMMAND) -> list[str]:
    return [sys.executable, "-c", program, str(folder)]


def start(folder: Path, program: str = COMMAND) -> GuardedProcess:
    return GuardedProcess(command(folder, program), env={}, cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL)


def pids(folder: Path) -> list[int]:
    for name in ("command", "worker"):
        wait_until((folder / name).exists)
    return [int((folder / name).read_text()) for name in ("command", "worker")]


def all_gone(processes: list[int]) -> bool:
    return not any(map(alive, processes))


def test_kill_9_of_the_owner_ends_the_command_and_its_workers(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, *command(tmp_path)], cwd=ROOT, stdout=DEVNULL) as owner:
        processes = pids(tmp_path)
        owner.send_signal(signal.SIGKILL)
    wait_until(lambda: all_gone(processes))


def test_stop_ends_the_command_and_its_workers_before_it_returns(tmp_path: Path) -> None:
    process = start(tmp_path)
    processes = pids(tmp_path)
    process.stop()
    assert not process.running
    assert not alive(processes[0])
    wait_until(lambda: all_gone(processes))
    process.stop()  # does nothing


def test_a_command_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    process = start(tmp_path, STUBBORN + COMMAND)
    processes = pids(tmp_path)
    process.stop()
    wait_until(lambda: all_gone(processes))


def test_workers_do_not_outlive_a_command_that_is_killed(tmp_path: Path) -> None:
    with start(tmp_path) as process:
        processes = pids(tmp_path)
        os.kill(processes[0], signal.SIGKILL)
        assert process.wait() == 128 + signal.SIGKILL
        wait_until(lambda: all_gone(processes))


def test_the_terminals_ctrl_c_does_not_reach_the_command(tmp_path: Path) -> None:
    with start(tmp_path):
        processes = pids(tmp_path)
        assert {os.getpgid(pid) for pid in processes} == {processes[0]}
        assert os.getpgid(processes[0]) != os.getpgid(0)


def test_the_exit_code_is_the_commands() -> None:
    failing = [sys.executable, "-c", "raise SystemExit(7)"]
    with GuardedProcess(failing, env={}, cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL) as process:
        assert process.wait() == 7


def test_output_arrives_as_it_is_written() -> None:
    printing = [sys.executable, "-c", "print('one'); print('two')"]
    with GuardedProcess(printing, env={}, cwd=ROOT, stdout=PIPE, stderr=DEVNULL) as process:
        assert process.stdout.read() == b"one\ntwo\n"
