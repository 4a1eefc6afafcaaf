"""A run exits when its parent process has exited."""

import subprocess
import sys

from tests.unit.local.processes.waiting import alive, wait_until

CHILD = """
import time
from local.processes.parent import exit_with_parent
exit_with_parent()
print("up", flush=True)
time.sleep(60)
"""
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline(), flush=True)
child.wait()
"""


def test_a_child_exits_after_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline().split()[0])
        assert alive(child)
        parent.kill()
    wait_until(lambda: not alive(child))
