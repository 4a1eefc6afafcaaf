"""`./dev keys`: the settings' file is the truth, and what is deployed follows it."""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.infra.settings.settings import Settings, read_settings
from shared.repository import ROOT
from tests.unit.shared.infra.settings.files import repository
from tests.unit.tools.operations.fake_stacks import Paper
from tools.errors import ToolError
from tools.operations.api_keys import DeployedKey, deployed_keys, table, value_of
from tools.operations.keys import Change, main, with_keys
from tools.setup.steps import SetupError

BANKS = """
# Partner banks, by id.
[banks.nordbank]
name = "Nordbank" # since 2020
quota_per_day = 10

[banks.bayside]
keys = ["b", "c"] # being replaced
name = "Bayside"
"""


@dataclass
class Deployment:
    """Deploys by noting the file; may be declined or fail."""

    folder: Path
    answer: bool = True
    failure: BaseException | None = None
    deployed: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "environments" / "default.toml"

    def settings(self) -> Settings:
        return read_settings({}, root=self.folder)

    def deploy(self) -> bool:
        if self.failure:
            raise self.failure
        if self.answer:
            self.deployed.append({bank_id: each.keys for bank_id, each in self.settings().banks.items()})
        return self.answer

    def change(self) -> Change:
        return Change(settings=self.settings(), file=self.file, deploy=self.deploy, say=self.said.append)


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return Deployment(folder=repository(tmp_path, extra=BANKS))


def test_a_second_key_is_written_into_the_settings_and_deployed(deployment: Deployment) -> None:
    before = deployment.file.read_text(encoding="utf-8")

    deployment.change().create("nordbank")

    assert deployment.deployed == [{"bayside": ("b", "c"), "nordbank": ("a", "b")}]
    after = deployment.file.read_text(encoding="utf-8")
    assert after == before.replace("quota_per_day = 10\n", 'quota_per_day = 10\nkeys = ["a", "b"]\n')
    assert any("Commit it" in line for line in deployment.said)
    assert any("./dev keys show nordbank b" in line for line in deployment.said)


def test_a_key_is_revoked_by_removing_its_name(deployment: Deployment) -> None:
    deployment.change().revoke("bayside", "b")

    assert deployment.deployed == [{"bayside": ("c",), "nordbank": ("a",)}]


def test_the_name_of_a_revoked_key_does_not_return_at_once(deployment: Deployment) -> None:
    deployment.change().revoke("bayside", "b")
    deployment.change().create("bayside")

    assert deployment.settings().banks["bayside"].keys == ("c", "d")


@pytest.mark.parametrize(
    ("bank_id", "key", "error"),
    [
        ("nobank", "a", "dev has no bank 'nobank'; its banks: bayside, nordbank"),
        ("nordbank", "b", "nordbank has no key 'b'; its keys: a"),
        ("nordbank", "a", "'a' is the only key of nordbank: create another one first"),
    ],
)
def test_what_cannot_be_revoked_changes_nothing(deployment: Deployment, bank_id: str, key: str, error: str) -> None:
    before = deployment.file.read_bytes()
    with pytest.raises(ToolError, match=error):
        deployment.change().revoke(bank_id, key)
    assert (deployment.file.read_bytes(), deployment.deployed) == (before, [])


def test_a_bank_has_no_third_key(deployment: Deployment) -> None:
    with pytest.raises(ToolError, match="bayside has 2 keys, b and c: revoke the one that it no longer uses"):
        deployment.change().create("bayside")


def test_a_plan_that_is_declined_leaves_the_settings_as_they_were(deployment: Deployment) -> None:
    before, deployment.answer = deployment.file.read_bytes(), False

    deployment.change().create("nordbank")

    assert deployment.file.read_bytes() == before
    assert not any("accepts" in line for line in deployment.said)


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (ToolError("Terraform failed"), "Terraform failed"),
        (SetupError("no Terraform"), "no Terraform"),
        (KeyboardInterrupt(), "Interrupted"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_failed_deployment_keeps_the_change_and_says_how_to_go_on(
    deployment: Deployment, failure: BaseException, cause: str
) -> None:
    deployment.failure = failure
    with pytest.raises(ToolError, match=rf"{cause}(.|\n)*has the change.*\./dev deploy api-stack"):
        deployment.change().create("nordbank")
    assert deployment.settings().banks["nordbank"].keys == ("a", "b")


IN_FILES = [
    (path, bank_id)
    for path in sorted((ROOT / "environments").glob("*.toml"))
    for bank_id in tomllib.loads(path.read_text(encoding="utf-8"))["banks"]
]


@pytest.mark.parametrize(("path", "bank_id"), IN_FILES)
def test_nothing_but_the_banks_keys_changes_in_a_settings_file(path: Path, bank_id: str) -> None:
    text = path.read_text(encoding="utf-8")

    changed = with_keys(text, bank_id, ["a", "b"])

    assert set(text.splitlines()) <= set(changed.splitlines())
    assert set(changed.splitlines()) - set(text.splitlines()) == {'keys = ["a", "b"]'}
    expected = tomllib.loads(text)
    expected["banks"][bank_id]["keys"] = ["a", "b"]
    assert tomllib.loads(changed) == expected


class FakeApiGateway:
    """An account with some keys, on two pages."""

    def __init__(self, *names: str, suffix: str = "dev") -> None:
        created = datetime(2026, 11, 20, tzinfo=UTC)
        tags = {"Environment": suffix}
        self._keys = [{"name": name, "id": f"id-{name}", "createdDate": created, "tags": tags} for name in names]

    def get_paginator(self, _operation: str) -> "FakeApiGateway":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"items": self._keys[:1]}, {"items": self._keys[1:]}]

    def get_api_key(self, *, apiKey: str, includeValue: bool) -> dict[str, str]:  # noqa: N803  as boto3 has it
        assert includeValue
        return {"value": f"value of {apiKey}"}


def test_all_keys_are_listed_with_what_the_next_deploy_does(deployment: Deployment) -> None:
    client: Any = FakeApiGateway("txn-nordbank-dev", "txn-bayside.b-dev", "txn-old-dev")
    paper = Paper()

    paper.screen.show(table(deployment.settings(), deployed_keys(client, "dev")))

    rows = [" ".join(line.replace("\u2502", " ").split()) for line in paper.text.splitlines()]
    assert "nordbank a id-txn-nordbank-dev 2026-11-20 valid" in rows
    assert "bayside b id-txn-bayside.b-dev 2026-11-20 valid" in rows
    assert "bayside c not deployed: ./dev deploy api-stack" in rows
    assert "txn-old-dev id-txn-old-dev 2026-11-20 the next deploy revokes it" in rows
    assert "value" not in paper.text


def test_another_environments_keys_are_not_listed() -> None:
    client: Any = FakeApiGateway("txn-nordbank-prod", suffix="prod")
    assert not deployed_keys(client, "dev")
    (found,) = deployed_keys(client, "prod")
    assert found == DeployedKey(
        name="txn-nordbank-prod", id="id-txn-nordbank-prod", created_at=datetime(2026, 11, 20, tzinfo=UTC)
    )


def test_a_value_is_given_to_a_terminal_only(deployment: Deployment) -> None:
    client: Any = FakeApiGateway("txn-nordbank-dev", "txn-bayside.b-dev")
    settings = deployment.settings()

    assert value_of(client, settings, "bayside", "b", terminal=True) == "value of id-txn-bayside.b-dev"
    with pytest.raises(ToolError, match="to a terminal only"):
        value_of(client, settings, "bayside", "b", terminal=False)
    with pytest.raises(ToolError, match=r"Expected one API key 'txn-bayside.c-dev', found 0"):
        value_of(client, settings, "bayside", "c", terminal=True)
    with pytest.raises(ToolError, match="nordbank has no key 'z'; its keys: a"):
        value_of(client, settings, "nordbank", "z", terminal=True)


def test_settings_that_cannot_be_read_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "Odd")
    assert main([]) == 1
    assert "environment suffix 'Odd'" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["create", "nordbank"], ["revoke", "nordbank", "a"]])
def test_the_file_of_all_short_lived_environments_is_not_changed_for_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "dev")
    file = ROOT / "environments" / "default.toml"
    before = file.read_bytes()

    assert main([*command, "--auto-approve"]) == 1

    assert "environments/default.toml is for every environment without a file" in capsys.readouterr().err
    assert file.read_bytes() == before
