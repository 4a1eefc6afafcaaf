"""Fast imports of the AWS provider's bindings.

The package's own `__init__` imports all of its 2,216 submodules, which takes 13 to 18 seconds. An app uses some forty
of them. So a bare module with the package's `__path__` replaces the package before anything imports it:
`from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue` then imports that one submodule, and what it needs.
"""

import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Final

PACKAGE: Final = "cdktf_cdktf_provider_aws"


def install(package: str = PACKAGE) -> None:
    """Let submodules of `package` be imported without its `__init__`.

    Does nothing if the package has been imported already, or is not installed: the import that needs it reports that.

    Args:
        package: name of a top-level package.
    """
    spec = PathFinder.find_spec(package)
    if package in sys.modules or spec is None or spec.submodule_search_locations is None:
        return
    bare = ModuleType(package, "Replaces the package; its submodules are imported one by one.")
    bare.__path__ = list(spec.submodule_search_locations)
    bare.__spec__ = spec
    sys.modules[package] = bare
