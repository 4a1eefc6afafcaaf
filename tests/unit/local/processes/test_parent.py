"""A run ends when whoever started it is gone."""

import subprocess
import sys
import time

CHILD = "import time; from local.processes.parent import end_with_parent; end_with_parent(); print('up', flush=True); time.sleep(60)"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline(), flush=True)
child.wait()
"""
WAIT_SECONDS = 20


def is_running(process_id: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False)
    return listed.stdout.strip() not in ("", "Z")


def test_a_killed_parent_is_followed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline().split()[0])
        assert is_running(child)
        parent.kill()
        parent.stdout.close()
    end = time.monotonic() + WAIT_SECONDS
    while is_running(child) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_running(child)
