"""cdktf's output, read as progress and as errors: pieces of what it really prints."""

from hypothesis import given
from hypothesis import strategies as st

from tools.operations.cdktf.output import Progress, StackProgress, errors

DEPLOY = """\
data-stack  Initializing the backend...
data-stack  Initializing provider plugins...
            - terraform.io/builtin/terraform is built in to Terraform
state-stack  Initializing the backend...
state-stack  Terraform will perform the following actions:

               # aws_sns_topic.t0 (t0) will be created
               + resource "aws_sns_topic" "t0" {
                   + arn                         = (known after apply)
                 }

             Plan: 2 to add, 0 to change, 0 to destroy.

state-stack  aws_sns_topic.t1 (t1): Creating...
             aws_sns_topic.t0 (t0): Creating...
             aws_sns_topic.t0 (t0): Creation complete after 1s [id=arn:aws:sns:eu-central-1:000000000000:t0]
state-stack  aws_sns_topic.t1 (t1): Creation complete after 1s [id=arn:aws:sns:eu-central-1:000000000000:t1]
state-stack  Apply complete! Resources: 2 added, 0 changed, 0 destroyed.
data-stack  No changes. Your infrastructure matches the configuration.
            Terraform has compared your real infrastructure against your configuration and
data-stack  Apply complete! Resources: 0 added, 0 changed, 0 destroyed.

  state-stack
  qarn = arn:aws:sqs:eu-central-1:000000000000:state-stack-q
"""
FAILURE = """\
state-stack  aws_sqs_queue.q (q): Creating...
state-stack  ╷
             │ Error: creating aws_sns_topic: Could not connect to the endpoint
             │
             │   with aws_sns_topic.t0 (t0),
             │   on cdk.tf.json line 45, in resource.aws_sns_topic.t0 (t0):
             ╵
state-stack  Error: second
Error: second
"""


def read(text: str) -> Progress:
    progress = Progress()
    for line in text.splitlines():
        progress.feed(line)
    return progress


def test_each_stacks_resources_are_counted_to_its_end() -> None:
    stacks = read(DEPLOY).stacks
    assert stacks["state-stack"] == StackProgress(stack="state-stack", done=2, total=2, ended=True)
    assert stacks["data-stack"] == StackProgress(stack="data-stack", unchanged=True, ended=True)
    assert list(stacks) == ["data-stack", "state-stack"]


def test_it_reads_as_a_person_wants_it() -> None:
    progress = Progress()
    shown = [str(changed) for line in DEPLOY.splitlines() if (changed := progress.feed(line))]
    assert shown[:2] == ["data-stack: planning", "state-stack: planning"]
    assert shown[2:5] == [f"state-stack: {done} of 2 resources" for done in (0, 1, 2)]
    assert shown[-1] == "data-stack: no changes"


def test_a_destroy_counts_down_the_same_way() -> None:
    text = """\
api-stack  Plan: 0 to add, 0 to change, 1 to destroy.
           aws_sqs_queue.q (q): Destruction complete after 0s
api-stack  Destroy complete! Resources: 1 destroyed.
"""
    assert read(text).stacks["api-stack"] == StackProgress(stack="api-stack", done=1, total=1, ended=True)


def test_imports_and_changes_count_too() -> None:
    text = "state-stack  Plan: 3 to import, 1 to add, 2 to change, 0 to destroy.\n"
    assert read(text).stacks["state-stack"].total == 3


def test_an_error_keeps_its_message_and_its_place_without_frames_and_is_told_once() -> None:
    found = errors(FAILURE.splitlines())
    assert found[0].splitlines() == [
        "Error: creating aws_sns_topic: Could not connect to the endpoint",
        "with aws_sns_topic.t0 (t0),",
        "on cdk.tf.json line 45, in resource.aws_sns_topic.t0 (t0):",
    ]
    assert found[1:] == ["Error: second"]


@given(st.text())
def test_no_output_is_too_odd_to_be_read(text: str) -> None:
    read(text)
    errors(text.splitlines())
