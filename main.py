"""The app on one page: which stacks there are, and what each passes to the next."""

import gc
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shared.contracts.functions import FunctionName
from shared.infra.account import load_settings
from shared.infra.adoption.access import open_aws
from shared.infra.adoption.adopt import AdoptionError, adopt_existing
from shared.infra.app import App
from shared.infra.packaging import PackagingError, package_functions
from shared.infra.progress import report_progress
from shared.infra.settings.settings import Settings, SettingsError
from shared.infra.settings.warnings import deploy_warnings
from stacks.api.stack import ApiStack
from stacks.compute.stack import ComputeStack
from stacks.data.stack import DataStack
from stacks.state.stack import StateStack


def main() -> int:
    """Synthesize all stacks of the environment that `ENVIRONMENT_SUFFIX` names.

    Returns:
        Exit code: 0, or 2 if the settings, the functions' packages or what exists in AWS prevent it.
    """
    try:
        settings = load_settings(os.environ, notice=_report)
        for warning in deploy_warnings(settings):
            _report(warning)
        with ThreadPoolExecutor(1) as meanwhile:  # building mostly waits for jsii
            aws = meanwhile.submit(open_aws, settings, os.environ, notice=_report)
            report_progress("packaging the functions")
            packages = package_functions()
            app = App()
            build(app, settings=settings, packages=packages)
        report_progress("looking for what exists in AWS")
        adopt_existing(app, settings=settings, aws=aws.result(), notice=_report)
    except (SettingsError, PackagingError, AdoptionError) as error:
        _report(str(error))
        return 2

    report_progress("writing the stacks")
    app.synth()
    return 0


def build(app: App, *, settings: Settings, packages: Mapping[FunctionName, Path]) -> None:
    """Put the four stacks of one environment into the app.

    Args:
        app: has no stacks yet.
        settings: of the environment.
        packages: ZIP of each function.
    """
    state = StateStack(app, settings=settings)
    data = DataStack(app, settings=settings)
    compute = ComputeStack(app, settings=settings, data=data.outputs, packages=packages)
    api = ApiStack(app, settings=settings, data=data.outputs, compute=compute.outputs)
    # Not by reference: the others' states are stored in its bucket, and API Gateway logs with its role.
    for stack in (data, compute, api):
        stack.add_dependency(state)


def _report(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201  a program speaks to its user


if __name__ == "__main__":
    gc.disable()  # the process is short: collecting takes a quarter of a second, and frees nothing that is needed
    sys.exit(main())
