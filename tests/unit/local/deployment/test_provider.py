"""The local Terraform provider: started at once, waited for when it is needed."""

from pathlib import Path

import pytest

from local.cloud.errors import LocalError
from local.cloud.run_folder import run_folder
from local.deployment.provider import provider_daemon


def test_what_failed_is_shown_when_the_provider_is_needed(tmp_path: Path) -> None:
    broken = {"PYTHONHOME": "/nonexistent"}
    with run_folder(tmp_path) as run, provider_daemon(broken, run=run) as address:
        with pytest.raises(LocalError, match=r"^The local Terraform provider did not start\.\n  \| ") as failure:
            address()
        assert str(failure.value).endswith(f"The whole log: {run.log('provider')}")


def test_the_address_is_that_of_the_process(tmp_path: Path) -> None:
    with run_folder(tmp_path) as run, provider_daemon({}, run=run) as address:
        assert '"registry.terraform.io/hashicorp/aws"' in address()
