"""Every taggable resource has the five tags of owner and cost."""

from typing import Any

from tests.synth.synthesis import Synthesis

TAGS = {"Application", "CostCenter", "Environment", "ManagedBy", "Repository"}


def tags_of_provider(stack: dict[str, Any]) -> dict[str, str]:
    ((provider,),) = stack["provider"].values()
    ((default,),) = [provider["default_tags"]]
    tags: dict[str, str] = default["tags"]
    return tags


def test_the_provider_of_every_stack_puts_the_tags_on_everything(environment: Synthesis) -> None:
    for name, stack in environment.stacks.items():
        tags = tags_of_provider(stack)
        assert tags.keys() == TAGS, name
        assert all(tags.values()), name


def test_the_tag_environment_is_the_suffix_except_for_what_all_environments_share(environment: Synthesis) -> None:
    by_stack = {name: tags_of_provider(stack)["Environment"] for name, stack in environment.stacks.items()}
    suffix = environment.suffix
    assert by_stack == {
        "state-stack": "shared",
        "data-stack": suffix,
        "compute-stack": suffix,
        "api-stack": suffix,
    }


def test_no_resource_takes_another_provider_or_overrides_a_default_tag(environment: Synthesis) -> None:
    for resource in environment.all():
        assert "provider" not in resource.body, resource.address
        assert not resource.body.get("tags", {}).keys() & TAGS, resource.address


def test_each_stack_is_for_one_account_and_region(environment: Synthesis) -> None:
    for name, stack in environment.stacks.items():
        ((provider,),) = stack["provider"].values()
        assert provider["allowed_account_ids"] == ["123456789012"], name
        assert provider["region"] == "eu-central-1", name


def test_the_provider_of_a_real_environment_has_no_keys(environment: Synthesis) -> None:
    for stack in environment.stacks.values():
        ((provider,),) = stack["provider"].values()
        assert not provider.keys() & {"access_key", "secret_key", "token", "profile"}


def test_the_local_cloud_has_made_up_keys_and_path_style(local: Synthesis) -> None:
    for stack in local.stacks.values():
        ((provider,),) = stack["provider"].values()
        assert (provider["access_key"], provider["secret_key"]) == ("test", "test")
        assert provider["s3_use_path_style"] is True
        assert provider["allowed_account_ids"] == ["000000000000"]
