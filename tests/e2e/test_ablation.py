"""A sample of `./dev rights`, which removes every permission of every function, every night."""

import pytest

from local.deployment.launch import Launched
from shared.contracts.functions import FunctionName
from tests.ablation.ablation import Role, ablate

pytestmark = pytest.mark.e2e


def test_a_check_fails_without_a_permission_and_what_was_never_granted_is_denied(launched: Launched) -> None:
    role = Role(launched=launched, function=FunctionName.STATUS)  # its checks leave no dead letter
    before = role.policy()
    *removed, denied = ablate(role, only=lambda each: each.why == "ShowErrors")
    assert [(each.action, each.shown) for each in removed] == [
        ("`s3:GetObject`", "fails: a rejected report is downloaded")
    ]
    assert [each.problem for each in (*removed, denied)] == ["", ""]
    assert "iam:PutRolePolicy" in denied.on
    assert role.policy() == before
