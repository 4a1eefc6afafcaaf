"""A user's settings neither reach a local run nor lead it to a real account."""

import json
from pathlib import Path

from local.deployment.environment import deployment_environment, with_config, with_daemon, with_registry

USER = {
    "AWS_ACCESS_KEY_ID": "real",
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "TF_CLI_ARGS": "-destroy",
    "TF_WORKSPACE": "other",
    "TF_CLI_CONFIG_FILE": "/home/user/.terraformrc",
    "CDKTF_LOG_LEVEL": "debug",
    "TXN_STATE_DIR": "/elsewhere",
    "ENVIRONMENT_SUFFIX": "prod",
    "PYTHONPATH": "/elsewhere",
    "NO_PROXY": "intranet.example.com",
    "LANG": "de_DE.UTF-8",
}
REATTACH = '{"registry.terraform.io/hashicorp/aws": {"Pid": 1}}'


def made(user: dict[str, str]) -> dict[str, str]:
    return deployment_environment(user, terraform="tofu", endpoint_url="http://127.0.0.1:1", state=Path("/run/state"))


def test_only_the_local_cloud_can_be_reached() -> None:
    environ = made(USER)
    assert "real" not in environ.values()
    assert "AWS_PROFILE" not in environ
    assert "AWS_ENDPOINT_URL_S3" not in environ
    assert environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environ["AWS_ACCOUNT_ID"] == "000000000000"
    assert environ["AWS_CONFIG_FILE"] == environ["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_settings_for_other_work_do_not_change_the_run() -> None:
    environ = made(USER)
    assert not {"TF_CLI_ARGS", "TF_WORKSPACE", "TF_CLI_CONFIG_FILE", "CDKTF_LOG_LEVEL", "PYTHONPATH"} & environ.keys()
    assert environ["ENVIRONMENT_SUFFIX"] == "local"
    assert environ["TXN_STATE_DIR"] == "/run/state"
    assert environ["LANG"] == "de_DE.UTF-8"


def test_loopback_never_goes_through_a_proxy() -> None:
    environ = made(USER)
    assert environ["NO_PROXY"] == "intranet.example.com,127.0.0.1,localhost"
    assert environ["no_proxy"] == "127.0.0.1,localhost"


def test_the_running_provider_serves_terraform_and_opentofu() -> None:
    environ = with_daemon(with_config({"PATH": "/bin"}, Path("/run/terraform.rc")), reattach=REATTACH)
    assert json.loads(environ["TF_REATTACH_PROVIDERS"]) == {
        "registry.terraform.io/hashicorp/aws": {"Pid": 1},
        "registry.opentofu.org/hashicorp/aws": {"Pid": 1},
    }
    assert environ["TF_CLI_CONFIG_FILE"] == "/run/terraform.rc"


def test_the_registry_is_reached_as_the_user_has_set_it_up() -> None:
    assert with_registry({}, USER) == {"TF_CLI_CONFIG_FILE": "/home/user/.terraformrc"}


def test_cdktf_never_asks_the_registry_for_a_lock_file() -> None:
    for environ in (with_daemon(made(USER), reattach=REATTACH), with_registry(made(USER), USER)):
        assert environ["CDKTF_SKIP_PROVIDER_LOCK"] == "true"
