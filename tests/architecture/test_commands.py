"""The commands that the documents show exist: sessions of `./dev` and operations of AWS, each with its options."""

import re
import shlex
from pathlib import Path
from typing import Final

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

from shared.repository import ROOT

PAGES: Final = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
SERVICES: Final = {"s3api": "s3"}
"""Where the AWS CLI has another name than botocore."""
OF_THE_CLI: Final = {("logs", "tail"): {"--since", "--follow", "--filter-pattern"}}
"""Commands that the AWS CLI adds to the operations of a service (AWS CLI reference), and the options that we use."""
OF_EVERY_COMMAND: Final = {"--query", "--output", "--max-items", "--region"}


def commands(page: Path) -> list[str]:
    """The lines of a page that begin with a prompt, with the commands inside `$(...)` as lines of their own."""
    text = page.read_text().replace("\\\n", " ")
    lines = [line.strip()[2:] for line in text.splitlines() if line.strip().startswith(("$ ./dev", "$ aws"))]
    inner = [found for line in lines for found in re.findall(r"\$\(([^()]*)\)", line)]
    return [re.sub(r"\"?\$\([^()]*\)\"?", "VALUE", line) for line in lines] + inner


def sessions() -> set[str]:
    return set(re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text(), re.MULTILINE))


def wrong_with_dev(words: list[str]) -> str:
    """What is wrong with the arguments of `./dev`; nothing: "". Options are looked for in the session's module."""
    name, *arguments = [each for each in words if each != "--"]
    if name not in sessions() | {"setup"}:
        return f"there is no session {name}"
    module = ROOT / "tools" / "operations" / f"{name}.py"
    if not module.exists():
        return ""
    text = module.read_text() + (ROOT / "tools" / "operations" / "cdktf" / "options.py").read_text()
    missing = [each for each in arguments if each.startswith("--") and f'"{each}"' not in text]
    return f"no option {', '.join(missing)}" if missing else ""


def wrong_with_aws(words: list[str]) -> str:
    """What is wrong with the arguments of `aws`; nothing: ""."""
    service, operation, *rest = words
    options = {each for each in rest if each.startswith("--")} - OF_EVERY_COMMAND
    if (service, operation) in OF_THE_CLI:
        return f"options {options}" if options - OF_THE_CLI[service, operation] else ""
    session = botocore.session.get_session()
    try:
        model = session.get_service_model(SERVICES.get(service, service))
    except UnknownServiceError:
        return f"there is no service {service}"
    if operation == "wait":
        waiters = session.get_waiter_model(SERVICES.get(service, service)).waiter_names
        return "" if rest[0] in {xform_name(each, "-") for each in waiters} else f"no waiter {rest[0]}"
    operations = {xform_name(each, "-"): each for each in tuple(model.operation_names)}
    if operation not in operations:
        return f"{service} has no operation {operation}"
    shape = model.operation_model(operations[operation]).input_shape
    members = {f"--{xform_name(each, '-')}" for each in shape.members} if shape else set()
    unknown = {each for each in options if each not in members and each.replace("--no-", "--") not in members}
    required = {f"--{xform_name(each, '-')}" for each in shape.required_members} if shape else set()
    return f"unknown {unknown}, missing {required - options}" if unknown or required - options else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_exist(page: Path) -> None:
    wrong: dict[str, str] = {}
    for line in commands(page):
        words = shlex.split(line, comments=True)
        check = wrong_with_aws if words[0] == "aws" else wrong_with_dev
        wrong[line] = check(words[1:]) if words[1:] else ""
    assert not {line: why for line, why in wrong.items() if why}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("aws dynamodb delete-tables", "no operation"),
        ("aws dynamodb delete-table", "missing"),
        ("aws dynamodb delete-table --table-name a --force", "unknown"),
        ("aws dynamodb wait table-there --table-name a", "no waiter"),
        ("aws logs tail a --verbose", "options"),
        ("aws nothing list-things", "no service"),
    ],
)
def test_a_wrong_command_of_aws_is_found(line: str, why: str) -> None:
    assert why in wrong_with_aws(shlex.split(line)[1:])


@pytest.mark.parametrize(("line", "why"), [("redriv", "no session"), ("redrive --every", "no option --every")])
def test_a_wrong_command_of_ours_is_found(line: str, why: str) -> None:
    assert why in wrong_with_dev(shlex.split(line))
