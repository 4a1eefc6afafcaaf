"""A change of a function lets the invocations that are running finish, with the code that they began with, as on AWS.

MiniStack ends their processes, and the invocations fail: `./dev sync` would fail the uploads that are being loaded.
"""

from collections.abc import Callable
from typing import Any

# pylint: disable=import-error,protected-access  # there is no other place; in MiniStack's environment, not in ours
# ruff: noqa: SLF001
from ministack.core import lambda_runtime  # type: ignore[import-not-found]  # see above
from ministack.services import lambda_svc  # type: ignore[import-not-found]  # see above

_Update = Callable[[str, Any], Any]


def let_invocations_finish() -> None:
    """Take busy workers out of MiniStack's reach before it ends a function's workers."""
    for name in ("_update_code", "_update_config"):
        setattr(lambda_svc, name, _retire_first(getattr(lambda_svc, name)))
    lambda_svc.release_worker = _release


def _retire_first(update: _Update) -> _Update:
    def fixed(name: str, data: Any) -> Any:
        key = f"{lambda_svc.get_account_id()}:{lambda_svc.get_region()}:{name}:$LATEST"
        with lambda_runtime._lock:
            workers = lambda_runtime._workers.get(key, [])
            for worker in [each for each in workers if each.in_use]:
                workers.remove(worker)  # so it gets no other invocation, whatever comes of the update
                worker.retired = True
        return update(name, data)

    return fixed


def _release(worker: Any) -> None:
    lambda_runtime.release_worker(worker)
    if getattr(worker, "retired", False):
        worker.kill()
