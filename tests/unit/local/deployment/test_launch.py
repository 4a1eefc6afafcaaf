"""What is reported when one of the parts that run side by side fails. Scripts stand in for MiniStack and cdktf."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from local.cloud.paths import Paths
from local.deployment.launch import launch
from tests.unit.local.cloud.test_ministack import SERVES, fake_python
from tools.errors import ToolError
from tools.terminal import Terminal

ENDS_WHEN_TOLD = SERVES.replace("server.serve_forever()", "server.handle_request(); server.handle_request()")
"""The first request is the health check, the second one cdktf's."""
ASKS_AND_FAILS = """\
#!/bin/sh
exec python3 -c 'import os, time, urllib.request
urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"]).read()
time.sleep(1)
raise SystemExit("synthesis is broken")'
"""


def run(folder: Path, ministack: str) -> str:
    """Launch, which has to fail; the message."""
    scripts = {
        "terraform": '#!/bin/sh\necho \'{"terraform_version": "1.11.4"}\'\n',
        "node": "#!/bin/sh\n",
        "cdktf": ASKS_AND_FAILS,
    }
    for name, text in scripts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    paths = Paths(
        root=folder, ministack_python=fake_python(folder, ministack), cdktf=folder / "cdktf", runs=folder / "runs"
    )
    user = {"PATH": f"{folder}:/usr/bin:/bin"}
    with pytest.raises(ToolError) as failed, launch(paths, Terminal(Console(file=io.StringIO())), user=user):
        pass
    return str(failed.value)


def test_a_failed_synthesis_is_reported_as_such_although_everything_ends(tmp_path: Path) -> None:
    message = run(tmp_path, SERVES)
    assert message.startswith("cdktf synth failed:")
    assert "synthesis is broken" in message


def test_a_local_cloud_that_has_ended_is_the_reason_for_what_fails_later(tmp_path: Path) -> None:
    message = run(tmp_path, ENDS_WHEN_TOLD)
    assert message.startswith("MiniStack ended while it was in use.")
    assert "ministack.log" in message
