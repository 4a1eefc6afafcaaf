"""`unlock` shows every lock and frees the stale ones; with `--force` the one that was named, and no other."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.tools.operations.fake_stacks import Paper
from tools.operations.state.lock import Lock
from tools.operations.state.lock_holder import Machine
from tools.operations.state.lock_table import HeldLock, LockTable
from tools.operations.unlock import main, unlock

NOW = datetime(2026, 11, 23, 17, 35, 3, tzinfo=UTC)
HERE = Machine(host="laptop", now=NOW, processes=())


def held(id_: str, host: str) -> HeldLock:
    path = f"bucket/dev/{id_}-stack.tfstate"
    return HeldLock(lock=Lock(id=id_, path=path, who=f"me@{host}", operation="apply", created=NOW), info=id_)


@dataclass(frozen=True, kw_only=True)
class FakeTable(LockTable):
    """Holds locks in a list."""

    dynamodb: Any = None
    s3: Any = None
    table: str = "locks"
    bucket: str = "bucket"
    suffix: str = "dev"
    locks: list[HeldLock] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    def held(self) -> list[HeldLock]:
        return list(self.locks)

    def free(self, held: HeldLock) -> bool:
        self.locks.remove(held)
        return True

    def fix_checksums(self) -> list[str]:
        return self.torn


def run(table: FakeTable, *, force: str | None = None) -> tuple[int, str]:
    paper = Paper()
    return unlock(table, HERE, paper.screen, force=force), paper.text


def test_a_dead_holders_lock_is_freed_and_a_live_ones_kept() -> None:
    table = FakeTable(locks=[held("data", "laptop"), held("api", "ci-7")])
    code, text = run(table)
    assert (code, [each.lock.id for each in table.locks]) == (1, ["api"])
    assert "kept: its holder runs on ci-7" in text
    assert "./dev unlock --force ID" in text


def test_force_frees_the_named_lock_and_no_other() -> None:
    table = FakeTable(locks=[held("data", "laptop"), held("api", "ci-7")])
    code, _ = run(table, force="api")
    assert (code, [each.lock.id for each in table.locks]) == (0, ["data"])


def test_an_unknown_id_frees_nothing() -> None:
    table = FakeTable(locks=[held("data", "laptop")])
    code, text = run(table, force="dada")
    assert (code, len(table.locks)) == (1, 1)
    assert "No lock of dev has the id dada." in text


def test_without_locks_that_is_reported_and_a_half_written_state_is_fixed() -> None:
    code, text = run(FakeTable(torn=["bucket/dev/data-stack.tfstate"]))
    assert code == 0
    assert "No state of dev is locked." in text
    assert "The checksum of bucket/dev/data-stack.tfstate was not written" in text


def test_state_in_files_needs_no_unlock(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "local")
    assert main([]) == 0
    assert "locks end with their processes" in capsys.readouterr().err


def test_invalid_settings_are_reported_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "Not One")
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("ENVIRONMENT_SUFFIX: ")
