"""What is left of a failed test's local clouds."""

from pathlib import Path

from tests.e2e.failure_logs import keep_logs


def test_the_logs_of_every_run_of_the_worker_are_kept_under_the_tests_name(tmp_path: Path) -> None:
    runs, failed = tmp_path / "runs", tmp_path / "failed"
    for run in ("one", "two"):
        (runs / run / "logs").mkdir(parents=True)
        (runs / run / "logs" / "ministack.log").write_text(run)
    (runs / "one" / "data").mkdir()

    copies = keep_logs("tests/e2e/test_a.py::test_b[a c]", runs=runs, failed=failed)

    assert [copy.read_text() for copy in copies] == ["one", "two"]
    assert {copy.parents[1] for copy in copies} == {failed / "tests-e2e-test_a.py-test_b-a-c"}
    (runs / "two" / "logs" / "ministack.log").unlink()
    assert len(keep_logs("tests/e2e/test_a.py::test_b[a c]", runs=runs, failed=failed)) == 1
    assert not copies[1].exists()
