"""A `cdktf` whose `synth` runs the app at once.

The CLI itself takes a third of the time of a synth. The demo, plain `cdktf deploy` and the shared pipeline prove the
real one; tests of what follows a synth need not wait for it each time.
"""

from pathlib import Path
from string import Template
from typing import Final

_SCRIPT: Final = Template("""\
#!/bin/sh
[ "$$1 $$2 $$4" = "synth --app --output" ] || exec "$real" "$$@"
CDKTF_OUTDIR=$$5 exec sh -c "$$3"
""")


def write_quick_cdktf(path: Path, real: Path) -> None:
    """Write the program.

    Args:
        path: of the program.
        real: the CLI, which runs everything but `synth`.
    """
    path.write_text(_SCRIPT.substitute(real=real), encoding="utf-8")
    path.chmod(0o755)
