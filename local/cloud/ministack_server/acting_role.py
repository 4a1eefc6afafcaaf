"""Lets the local cloud's key act with the rights of a role, so that a whole deployment can be tried under it.

Everything on the local cloud uses one made-up key, which is the account's root. While the file that
`TXN_ACTING_ROLE_FILE` names exists, its content is the name of the role whose policies and boundary that key has. Other
keys of the account stay root.
"""

# pylint: disable=import-error,protected-access  # see api_fixes.py
# ruff: noqa: SLF001
import dataclasses
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ministack.core import iam_evaluator  # type: ignore[import-not-found]  # see above
from ministack.services import iam  # type: ignore[import-not-found]  # see above

_MADE_UP_KEY: Final = "test"


def let_key_act() -> None:
    """Take the role from the file, if the environment names one."""
    if file := os.environ.get("TXN_ACTING_ROLE_FILE"):
        iam_evaluator.resolve_principal = acting(iam_evaluator.resolve_principal, Path(file))


def acting(resolve: Callable[..., Any], file: Path) -> Callable[..., Any]:
    """The principal of the made-up key is the role's session while the file exists."""

    def resolved(key: str, account_id: str, *credential: Any) -> Any:
        principal = resolve(key, account_id, *credential)
        if key != _MADE_UP_KEY or not file.exists():
            return principal
        role = file.read_text(encoding="utf-8")
        return dataclasses.replace(
            principal,
            arn=f"arn:aws:sts::{account_id}:assumed-role/{role}/local",
            type="AssumedRole",
            policies=iam_evaluator._gather_role_policies(role, account_id),
            limits=iam_evaluator._permissions_boundary(iam._roles, role, account_id),
        )

    return resolved
