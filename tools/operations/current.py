"""Ends a workflow's deploy with a message if its commit is out of date: an approval may come days after the push.

For `.github/workflows/environment.yml`, with GitHub's CLI; needs nothing but the standard library.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Final

from tools.errors import ToolError

_DEPLOYED: Final = """
query($owner: String!, $name: String!, $environment: String!) {
  repository(owner: $owner, name: $name) {
    deployments(environments: [$environment], first: 50, orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes { commitOid state }
    }
  }
}
"""


def main() -> int:
    """Check the run that the variables describe; the exit code.

    `COMMIT` is what it deploys, `TARGET` the GitHub environment, `PULL_REQUEST` the number, which is empty for main.
    """
    try:
        number = os.environ["PULL_REQUEST"]
        if number:
            _require_head_of_pull_request(number, os.environ)
        else:
            _require_head_of_main(os.environ)
    except ToolError as error:
        print(f"::error title=Nothing was deployed::{error}")
        return 1
    return 0


def _require_head_of_pull_request(number: str, environ: Mapping[str, str]) -> None:
    found = _ask(f"repos/{environ['GITHUB_REPOSITORY']}/pulls/{number}")
    if found["state"] != "open":
        raise ToolError(f"Pull request {number} is {found['state']}.")
    _require_same(environ["COMMIT"], found["head"]["sha"], f"pull request {number}")


def _require_head_of_main(environ: Mapping[str, str]) -> None:
    repository, commit, environment = (environ[name] for name in ("GITHUB_REPOSITORY", "COMMIT", "TARGET"))
    _require_same(commit, _ask(f"repos/{repository}/commits/main")["sha"], "main")
    owner, name = repository.split("/")
    fields = {"query": _DEPLOYED, "owner": owner, "name": name, "environment": environment}
    answer = _ask("graphql", *(part for key, text in fields.items() for part in ("--raw-field", f"{key}={text}")))
    deployments = answer["data"]["repository"]["deployments"]["nodes"]
    deployed = next((each["commitOid"] for each in deployments if each["state"] == "ACTIVE"), commit)
    # Only after main was moved back, which `git revert` does not.
    if _ask(f"repos/{repository}/compare/{deployed}...{commit}")["status"] == "behind":
        raise ToolError(
            f"{environment} runs {deployed}, which is newer than {commit}. To go back, revert on main what is newer."
        )


def _require_same(commit: str, head: str, what: str) -> None:
    if commit != head:
        raise ToolError(f"This run is for {commit}, but the head of {what} is {head}, whose own run deploys it.")


def _ask(*arguments: str) -> Any:
    """GitHub's answer, of any structure."""
    done = subprocess.run(["gh", "api", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(f"GitHub did not say what is current ({done.stderr.strip()}). Run the job again.")
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
