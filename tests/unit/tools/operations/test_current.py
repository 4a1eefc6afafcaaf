"""A run that is out of date ends before it deploys; a shell script stands in for GitHub's CLI."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.operations.current import main

RUN, OTHER = "a" * 40, "b" * 40
MAIN = {"PULL_REQUEST": "", "COMMIT": RUN, "GITHUB_REPOSITORY": "bank/pipeline", "TARGET": "prod"}
PREVIEW = {**MAIN, "PULL_REQUEST": "12", "TARGET": "preview"}
Check = Callable[..., int]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the check with GitHub's answers by path; what has no answer fails."""

    def run(environ: dict[str, str], answers: dict[str, object]) -> int:
        cases = "".join(f"{path}) cat <<'END'\n{json.dumps(answer)}\nEND\n;;\n" for path, answer in answers.items())
        (tmp_path / "gh").write_text(f'#!/bin/sh\ncase "$2" in\n{cases}*) echo "HTTP 404" >&2; exit 1;;\nesac\n')
        (tmp_path / "gh").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        return main()

    return run


def of_main(head: str = RUN, deployed: str | None = None, status: str = "ahead") -> dict[str, object]:
    nodes = [{"commitOid": RUN, "state": "IN_PROGRESS"}, {"commitOid": deployed, "state": "ACTIVE"}]
    return {
        "repos/bank/pipeline/commits/main": {"sha": head},
        "graphql": {"data": {"repository": {"deployments": {"nodes": nodes if deployed else nodes[:1]}}}},
        f"repos/bank/pipeline/compare/{deployed or RUN}...{RUN}": {"status": status},
    }


def of_pull_request(head: str = RUN, state: str = "open") -> dict[str, object]:
    return {"repos/bank/pipeline/pulls/12": {"head": {"sha": head}, "state": state}}


@pytest.mark.parametrize(
    ("environ", "answers"),
    [
        (MAIN, of_main(deployed=OTHER)),
        (MAIN, of_main(deployed=RUN, status="identical")),
        (MAIN, of_main(deployed=OTHER, status="diverged")),  # main was moved to another history
        (MAIN, of_main(status="identical")),  # the first deploy
        (PREVIEW, of_pull_request()),
    ],
)
def test_the_head_is_deployed(check: Check, environ: dict[str, str], answers: dict[str, object]) -> None:
    assert check(environ, answers) == 0


@pytest.mark.parametrize(
    ("environ", "answers", "message"),
    [
        (MAIN, of_main(head=OTHER), f"for {RUN}, but the head of main is {OTHER}, whose own run deploys it."),
        (MAIN, of_main(deployed=OTHER, status="behind"), f"prod runs {OTHER}, which is newer than {RUN}. To go back"),
        (MAIN, {}, "GitHub did not say what is current (HTTP 404). Run the job again."),
        (PREVIEW, of_pull_request(head=OTHER), f"the head of pull request 12 is {OTHER}"),
        (PREVIEW, of_pull_request(state="closed"), "Pull request 12 is closed."),
    ],
)
def test_a_run_that_is_out_of_date_ends_with_a_message(
    check: Check,
    capsys: pytest.CaptureFixture[str],
    environ: dict[str, str],
    answers: dict[str, object],
    message: str,
) -> None:
    assert check(environ, answers) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("::error title=Nothing was deployed::")
    assert message in printed
