"""What the driver asks of cdktf and Terraform, and how it reports their failures; shell scripts stand in for both."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.tools.operations.cdktf.test_events import complete, diagnostic, event, summary
from tests.unit.tools.operations.fake_stacks import stack
from tests.unit.tools.operations.state.test_lock import DETAIL
from tools.errors import ToolError
from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.driver import Driver

Write = Callable[..., Driver]


@pytest.fixture
def data(tmp_path: Path) -> Stack:
    (tmp_path / "data-stack").mkdir()
    return stack("data-stack", folder=tmp_path / "data-stack")


@pytest.fixture
def driver(tmp_path: Path) -> Write:
    """Makes a driver whose programs do what the given commands, such as `plan="exit 2"`, are in shell."""

    def write(**commands: str) -> Driver:
        cases = " ".join(f"{name}) {body} ;;" for name, body in commands.items())
        for program in ("terraform", "cdktf", "node"):
            script = tmp_path / program
            script.write_text(f'#!/bin/sh\necho "{program} $*" >> {tmp_path}/asked\ncase $1 in {cases} esac\n')
            script.chmod(0o755)
        return Driver(
            environ={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            output=tmp_path / "cdktf.out",
            log=tmp_path / "logs" / "deploy.log",
            root=tmp_path,
            now=lambda: datetime(2026, 11, 23, 17, 35, 3, tzinfo=UTC),
        )

    return write


def prints(*lines: str, code: int = 0) -> str:
    return f"cat <<'END'\n{chr(10).join(lines)}\nEND\nexit {code}"


def asked(driver: Driver) -> list[str]:
    return (driver.root / "asked").read_text().splitlines()


def test_a_stack_is_planned_and_then_changed_as_planned(driver: Write, data: Stack) -> None:
    shown = list[str]()
    tool = driver(plan=prints(summary("plan", add=2), code=2), apply=prints(complete("aws_x.a", "create")))
    tool.apply(tool.plan(data, shown.append), shown.append)
    assert shown == ["0 of 2 resources", "1 of 2 resources"]
    assert asked(tool) == [
        "terraform init -no-color -reconfigure -upgrade",
        "terraform plan -json -detailed-exitcode -out=plan",
        "terraform apply -json plan",
    ]
    assert "aws_x.a: complete" in tool.log.read_text()


def test_a_stack_whose_plan_is_not_shown_is_deployed_by_one_run_of_terraform(driver: Write, data: Stack) -> None:
    shown = list[str]()
    tool = driver(apply=prints(summary("plan", add=2), complete("aws_x.a", "create")))
    tool.deploy(data, shown.append)
    assert shown == ["0 of 2 resources", "1 of 2 resources"]
    assert asked(tool) == ["terraform init -no-color -reconfigure -upgrade", "terraform apply -json -auto-approve"]


def test_a_plan_that_is_not_applied_needs_no_lock(driver: Write, data: Stack) -> None:
    tool = driver()
    tool.plan(data, lock=False)
    assert asked(tool)[-1] == "terraform plan -json -detailed-exitcode -out=plan -lock=false"


def test_a_plan_without_changes_has_none(driver: Write, data: Stack) -> None:
    assert not driver(plan=prints(summary("plan"))).plan(data).changes


def replaces(type_: str) -> str:
    change = {"resource": {"addr": f"{type_}.a", "resource_type": type_}, "action": "replace"}
    return event("planned_change", f"{type_}.a: Plan to replace", change=change)


@pytest.mark.parametrize(("type_", "applied"), [("aws_api_gateway_integration", 2), ("aws_api_gateway_deployment", 1)])
def test_what_a_replacement_takes_away_is_put_back(driver: Write, data: Stack, type_: str, applied: int) -> None:
    planned = (replaces(type_), summary("plan", add=1, remove=1))
    tool = driver(plan=prints(*planned, code=2), apply=prints(*planned), show=prints("{}"))
    tool.apply(tool.plan(data))
    assert asked(tool).count("terraform apply -json plan") == applied
    tool.deploy(data)
    assert asked(tool).count("terraform apply -json -auto-approve") == applied


SUBSCRIPTION = {
    "address": "aws_sns_topic_subscription.a",
    "type": "aws_sns_topic_subscription",
    "change": {"actions": ["create"], "before": None, "after": {"endpoint": "ops@nordbank.example"}},
}


def test_a_plan_is_described_in_terraforms_words_without_contacts_which_are_not_in_the_log_either(
    driver: Write, data: Stack
) -> None:
    text = prints("  # aws_x.a will be created", '  + endpoint = "ops@nordbank.example"')
    document = prints(json.dumps({"resource_changes": [SUBSCRIPTION]}))
    tool = driver(plan="exit 2", show=f"case $2 in -json) {document} ;; *) {text} ;; esac")
    plan = tool.plan(data)
    assert plan.changes
    changes = tool.changes(plan)
    assert tool.describe(plan, changes) == ["  # aws_x.a will be created", '  + endpoint = "(masked)"']
    assert "nordbank" not in tool.log.read_text()


def test_a_destroy_does_not_ask(driver: Write, data: Stack) -> None:
    tool = driver()
    tool.destroy(data)
    assert asked(tool)[-1] == "terraform destroy -json -auto-approve"


def test_terraform_is_the_program_that_the_environment_names(driver: Write, data: Stack) -> None:
    tool = driver()
    (tool.root / "terraform").rename(tool.root / "tofu")
    Driver(environ={**tool.environ, "TERRAFORM_BINARY_NAME": "tofu"}, output=tool.output, log=tool.log).destroy(data)
    assert "$ tofu destroy" in tool.log.read_text()


def test_all_stacks_share_one_download_of_the_provider(driver: Write, data: Stack) -> None:
    tool = driver(init="ls -d $TF_PLUGIN_CACHE_DIR")
    tool.plan(data)
    assert str(tool.root / ".local" / "terraform-plugins") in tool.log.read_text()


def test_synth_writes_the_stacks_with_the_python_at_work(driver: Write) -> None:
    tool = driver(synth="mkdir cdktf.out; echo '{\"stacks\": {}}' > cdktf.out/manifest.json")
    assert tool.synth() == []
    assert asked(tool)[0].startswith(f"cdktf synth --app env -u NODE_COMPILE_CACHE {sys.executable} ")
    assert asked(tool)[0].endswith(f"main.py --output {tool.output}")


def test_synth_shows_what_the_app_is_doing_while_it_does_it(driver: Write) -> None:
    progress = 'echo "progress: building data-stack ($TXN_PROGRESS)"'
    tool, shown = driver(synth=f"{progress}; exit 1"), list[str]()
    with pytest.raises(ToolError) as failed:
        tool.synth(shown.append)
    assert shown == ["starting cdktf", "building data-stack (1)"]
    assert "building" not in str(failed.value)
    assert "building data-stack" in tool.log.read_text()


def test_node_keeps_what_it_has_compiled_where_the_user_says_or_in_the_clone(driver: Write, data: Stack) -> None:
    tool = driver(init="echo $NODE_COMPILE_CACHE")
    tool.plan(data)
    assert f"{tool.root}/.cache/node\n" in tool.log.read_text()
    replace(tool, environ={**tool.environ, "NODE_COMPILE_CACHE": "/elsewhere"}).plan(data)
    assert "/elsewhere\n" in tool.log.read_text()


@pytest.mark.parametrize("program", ["cdktf", "node"])
def test_a_program_that_is_missing_is_named_with_the_set_up(driver: Write, program: str) -> None:
    tool = driver()
    (tool.root / program).unlink()
    bare = Driver(environ={"PATH": str(tool.root)}, output=tool.output, log=tool.log)
    with pytest.raises(ToolError, match=rf"^{program} is not installed\. Run `\./dev setup` once"):
        bare.synth()


def failure(tool: Driver, data: Stack) -> str:
    with pytest.raises(ToolError) as failed:
        tool.plan(data)
    return str(failed.value)


def test_the_holder_of_a_lock_is_named_with_the_way_out(driver: Write, data: Stack) -> None:
    tool = driver(plan=prints(diagnostic("Error acquiring the state lock", DETAIL), code=1))
    message = failure(tool, data)
    assert message.startswith("data-stack is locked by runner@ci-7 since 2026-11-23 17:01:02 UTC (34 min), for apply ")
    assert "`./dev unlock`" in message
    assert sum("terraform plan" in line for line in asked(tool)) == 1


def test_the_first_errors_are_shown_and_all_are_in_the_log(driver: Write, data: Stack) -> None:
    tool = driver(plan=prints(*[diagnostic(f"number {number}") for number in range(5)], code=1))
    assert failure(tool, data).split("\n\n") == [
        "terraform plan in data-stack failed:",
        "Error: number 0",
        "Error: number 1",
        "Error: number 2",
        "... and 2 more.",
        f"The whole log: {tool.log}",
    ]
    assert "Error: number 4" in tool.log.read_text()


def test_a_failure_without_an_error_event_shows_the_last_lines(driver: Write, data: Stack) -> None:
    assert "terraform init in data-stack failed:\n\nSomething odd\n" in failure(
        driver(init="echo Something odd; exit 3"), data
    )


@pytest.mark.parametrize(
    ("printed", "hint"),
    [
        ("Error: state data in S3 does not have the expected content.", "Fix it: ./dev unlock"),
        ("Error: Failed to query available provider packages", "Check that this machine reaches Terraform's registry"),
        (
            "could not connect to registry.terraform.io: no such host",
            "Check that this machine reaches Terraform's registry",
        ),
    ],
)
def test_known_failures_come_with_what_to_do(driver: Write, data: Stack, printed: str, hint: str) -> None:
    assert hint in failure(driver(init=f"echo '{printed}'; exit 1"), data)
    assert hint in failure(driver(plan=prints(diagnostic(printed), code=1)), data)


def test_the_environment_in_which_a_program_runs_is_the_drivers(driver: Write, data: Stack) -> None:
    tool = driver(init='echo "home $HOME, input $TF_INPUT, in $(basename $PWD)"')
    tool.plan(data)
    assert "home , input 0, in data-stack" in tool.log.read_text()


def test_more_than_what_an_apply_has_taken_away_is_not_changed_unseen(driver: Write, data: Stack) -> None:
    planned = (replaces("aws_api_gateway_integration"), summary("plan", add=1, remove=1))
    change = {"address": "aws_sqs_queue.a", "type": "aws_sqs_queue", "change": {"actions": ["delete"]}}
    shown = json.dumps({"resource_changes": [change]})
    tool = driver(plan=prints(*planned, code=2), apply=prints(*planned), show=prints(shown))
    with pytest.raises(ToolError, match="now differs in aws_sqs_queue: plan and approve it again"):
        tool.apply(tool.plan(data))
    assert asked(tool).count("terraform apply -json plan") == 1
