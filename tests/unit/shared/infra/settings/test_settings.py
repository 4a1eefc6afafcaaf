import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.infra.settings.settings import Bank, Ci, SettingsError, read_settings
from shared.repository import ROOT
from tests.effort import examples
from tests.unit.shared.infra.settings.files import message, repository

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b"


def test_defaults_are_those_of_a_short_lived_environment(tmp_path: Path) -> None:
    settings = read_settings({}, root=repository(tmp_path))
    assert (settings.suffix, settings.log_retention_days, settings.xray) == ("dev", 7, True)
    assert (settings.account_id, settings.local_cloud, settings.banks) == ("", False, {})


def test_an_environment_with_a_file_of_its_own_uses_that_alone(tmp_path: Path) -> None:
    root = repository(tmp_path, cost_center='"shared"')
    repository(tmp_path, name="prod", cost_center='"banks"')
    assert read_settings({"ENVIRONMENT_SUFFIX": "prod"}, root=root).cost_center == "banks"
    assert read_settings({"ENVIRONMENT_SUFFIX": "pr1"}, root=root).cost_center == "shared"


def test_a_bank_is_one_table_with_usual_limits(tmp_path: Path) -> None:
    root = repository(tmp_path, extra='[banks.nordbank]\nname = "Nordbank"')
    assert read_settings({}, root=root).banks == {
        "nordbank": Bank(name="Nordbank", keys=("a",), quota_per_day=1000, rate_limit=50, burst_limit=100)
    }


def test_an_origin_is_a_scheme_a_host_and_a_port_that_is_not_the_schemes_own(tmp_path: Path) -> None:
    origins = ("https://bank.example", "https://a-1.bank.example:8443", "http://localhost", "http://localhost:3000")
    root = repository(tmp_path, allowed_origins=str([*origins]))
    assert read_settings({}, root=root).allowed_origins == origins


def test_everything_that_is_wrong_is_reported_at_once_a_line_each(tmp_path: Path) -> None:
    extra = 'regoin = "x"\n[banks.nordbank]\nquota_per_day = "many"\ncolour = 1'
    root = repository(tmp_path, region=None, protect_data='"no"', extra=extra)
    rules = [line.partition(". ")[0].removeprefix("environments/default.toml: ") for line in message(root).split("\n")]
    assert rules == [
        "region is missing",
        "protect_data = 'no' is not true or false",
        "regoin is not a setting: remove it, or correct its name",
        "banks.nordbank.name is missing",
        "banks.nordbank.quota_per_day = 'many' is not a whole number",
        "banks.nordbank.colour is not a setting: remove it, or correct its name",
    ]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"region": '"Frankfurt"'}, "region = 'Frankfurt' is malformed. AWS region, such as `eu-central-1`."),
        ({"backend": '"ftp"'}, "backend = 'ftp' is not 's3' or 'local'. "),
        ({"log_retention_days": "8"}, "log_retention_days = 8 is not one of [1, 3, 5, 7, 14,"),
        ({"log_retention_days": "true"}, "log_retention_days = True is not a whole number"),
        ({"account_id": '"123"'}, "account_id = '123' is malformed. AWS account, twelve digits."),
        ({"cost_center": f'"{"a" * 257}"'}, "is longer than 256 characters. Tag CostCenter"),
        ({"protect_data": "1"}, "protect_data = 1 is not true or false"),
        ({"region": "3"}, "region = 3 is not a string"),
        ({"committed_daily_uploads": "true"}, "committed_daily_uploads = True is not a whole number"),
        ({"cost_center": '"a;b"'}, "cost_center = 'a;b' is malformed. Tag CostCenter, who pays: 1 to 256 letters"),
        ({"banks": "3"}, "banks = 3 is not a table of tables"),
        ({"banks": "{nordbank = 3}"}, "banks.nordbank = 3 is not a table"),
        ({"extra": '[banks.Nord_Bank]\nname = "N"'}, "banks.'Nord_Bank': a bank's id is lower-case letters"),
        ({"extra": '[banks.nord]\nname = "N"\nrate_limit = 0'}, "banks.nord.rate_limit = 0 is less than 1"),
        ({"domain": '"Reports.example"'}, "domain = 'Reports.example' is malformed. Domain name of the API"),
        ({"domain": '"reports.example"'}, "domain and certificate_arn: an API has both or neither"),
        (
            {"certificate_arn": f'"{CERTIFICATE}"'},
            "certificate_arn is of the region eu-west-1: API Gateway needs one of",
        ),
        ({"truststore_uri": '"s3://bucket/ca.pem"'}, "truststore_uri: mutual TLS needs a domain"),
        ({"truststore_uri": '"s3://bucket/ca.pem"', "keep_default_endpoint": "true"}, "would be a way around"),
        *(
            ({"allowed_origins": f'["{origin}"]'}, f"] has '{origin}': expected an origin like https://")
            for origin in (
                *("*", "null", "bank.example", "ftp://bank.example", "http://bank.example", "http://127.0.0.1:3000"),
                *(
                    "https://*.bank.example",
                    "https://Bank.example",
                    "https://bank.example/",
                    "https://bank.example/app",
                ),
                *("https://bank.example:443", "http://localhost:80", "https://bank.example:65536", "https://a:0"),
                *("https://user@bank.example", "https://bank.example?", "https://bank.example https://other.example"),
                *("https://-bank.example", "https://bank..example", "https://${bank}.example", "http://localhost.evil"),
            )
        ),
        ({"allowed_origins": '["https://a.example", "https://a.example"]'}, "] has a name twice"),
        ({"execution_data_days": "2"}, "execution_data_days = 2 is not one of [1, 3, 5, 7, 14,"),
        ({"waf_rate_limit": "9"}, "waf_rate_limit = 9 is less than 10, AWS WAF's minimum"),
        ({"extra": '[banks.nord]\nname = "N"\nallowed_ips = ["192.0.2.1/24"]'}, "192.0.2.1/24 has host bits set"),
        ({"extra": '[banks.nord]\nname = "N"\nallowed_ips = ["here"]'}, "has an invalid IP range: 'here'"),
        ({"extra": '[banks.nord]\nname = "N"\nkeys = "a"'}, "banks.nord.keys = 'a' is not a list. Names of"),
        ({"extra": '[banks.nord]\nname = "N"\nkeys = []'}, "banks.nord.keys = [] has fewer than 1 items"),
        ({"extra": '[banks.nord]\nname = "N"\nkeys = ["a", "b", "c"]'}, "has more than 2 items"),
        ({"extra": '[banks.nord]\nname = "N"\nkeys = ["a", "a"]'}, "banks.nord.keys = ['a', 'a'] has a name twice"),
        ({"extra": '[banks.nord]\nname = "N"\nkeys = ["a.b"]'}, "banks.nord.keys.0 = 'a.b' is malformed"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_a_value_that_no_environment_can_have_is_refused(tmp_path: Path, changes: dict[str, str], error: str) -> None:
    assert error in message(repository(tmp_path, **changes))


def test_addresses_are_ranges(tmp_path: Path) -> None:
    extra = '[banks.nord]\nname = "N"\nallowed_ips = ["198.51.100.7", "2001:db8::/32"]'
    assert read_settings({}, root=repository(tmp_path, extra=extra)).banks["nord"].allowed_ips == (
        *("198.51.100.7/32", "2001:db8::/32"),
    )


def test_all_addresses_fit_one_resource_policy(tmp_path: Path) -> None:
    ranges = [[f"10.{bank}.{each}.0/24" for each in range(20)] for bank in range(8)]
    extra = "\n".join(f'[banks.b{n}]\nname = "N"\nallowed_ips = {each}' for n, each in enumerate(ranges))
    assert "the banks have 160 allowed_ips together, more than 150" in message(repository(tmp_path, extra=extra))


def test_a_file_that_is_not_toml_is_reported(tmp_path: Path) -> None:
    assert message(repository(tmp_path, extra="= 3")).startswith("environments/default.toml is not TOML: ")


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    assert message(tmp_path) == "environments/default.toml is missing"


def test_an_invalid_suffix_is_refused(tmp_path: Path) -> None:
    assert message(repository(tmp_path), ENVIRONMENT_SUFFIX="a/../b").startswith("ENVIRONMENT_SUFFIX: ")


def test_state_files_are_in_the_repository_unless_a_variable_names_another_folder(tmp_path: Path) -> None:
    root = repository(tmp_path)
    assert read_settings({}, root=root).state_directory == tmp_path / ".local" / "state"
    assert read_settings({"TXN_STATE_DIR": "/elsewhere"}, root=root).state_directory == Path("/elsewhere")


@examples(25)
@given(st.text(max_size=200))
def test_any_text_that_is_no_settings_file_is_an_error_that_names_the_file(text: str) -> None:
    # Not a fixture's folder: that would be one for all of hypothesis's examples.
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "environments").mkdir()
        (Path(folder) / "environments" / "default.toml").write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError, match=r"environments/default\.toml"):
            read_settings({}, root=Path(folder))


@pytest.mark.parametrize("path", sorted((ROOT / "environments").glob("*.toml")), ids=lambda path: path.stem)
def test_the_files_of_this_repository_are_valid(path: Path) -> None:
    settings = read_settings({"ENVIRONMENT_SUFFIX": path.stem, "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})
    assert "nordbank" in settings.banks
    assert settings.local_cloud is path.stem.startswith("local")
    assert settings.protect_data is (path.stem == "prod")


def test_an_environment_can_use_the_file_of_another(tmp_path: Path) -> None:
    root = repository(tmp_path, name="staging", cost_center='"banks"')
    settings = read_settings({"ENVIRONMENT_SUFFIX": "pr1", "TXN_SETTINGS": "staging"}, root=root)
    assert (settings.suffix, settings.cost_center) == ("pr1", "banks")
    assert message(root, TXN_SETTINGS="stagign").startswith("environments/stagign.toml is missing")


def test_a_settings_file_elsewhere_is_named_with_its_path(tmp_path: Path) -> None:
    elsewhere = repository(tmp_path, name="mine", cost_center='"banks"') / "environments" / "mine"
    assert read_settings({"TXN_SETTINGS": str(elsewhere)}, root=Path("/nowhere")).cost_center == "banks"
    assert message(Path("/nowhere"), TXN_SETTINGS="/gone") == "/gone.toml is missing"


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = read_settings({}, root=repository(tmp_path))
    with pytest.raises(ValidationError, match="frozen"):
        settings.region = "eu-west-1"  # type: ignore[misc]


def test_only_the_local_cloud_has_an_endpoint(tmp_path: Path) -> None:
    root = repository(tmp_path)
    assert read_settings({"AWS_ENDPOINT_URL": "http://stray"}, root=root).endpoint_url == ""
    repository(tmp_path, name="local-s3", local_cloud="true")
    found = read_settings({"TXN_SETTINGS": "local-s3", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, root=root)
    assert found.endpoint_url == "http://127.0.0.1:1"


def test_state_in_the_local_clouds_s3_needs_its_endpoint(tmp_path: Path) -> None:
    root = repository(tmp_path, name="local-s3", local_cloud="true")
    assert message(root, TXN_SETTINGS="local-s3") == (
        "AWS_ENDPOINT_URL is not set: it is required when backend = s3 on the local cloud"
    )


def test_a_preview_has_one_bank() -> None:
    assert read_settings({"ENVIRONMENT_SUFFIX": "pr6616"}).banks.keys() == {"nordbank"}


PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def account_file(root: Path, text: str) -> Path:
    (root / "environments" / "shared.toml").write_text(text, encoding="utf-8")
    return root


def test_without_a_file_of_the_account_nothing_is_made_for_ci(tmp_path: Path) -> None:
    assert read_settings({}, root=repository(tmp_path)).ci == Ci(repository="", oidc_provider_arn="")


def test_what_belongs_to_the_account_is_the_same_in_all_environments(tmp_path: Path) -> None:
    root = account_file(repository(tmp_path), '[ci]\nrepository = "example/pipeline"')
    repository(tmp_path, name="prod")
    read = [read_settings({"ENVIRONMENT_SUFFIX": suffix}, root=root).ci for suffix in ("prod", "pr1")]
    assert read == [Ci(repository="example/pipeline")] * 2


def test_a_settings_file_elsewhere_has_its_own_file_of_the_account(tmp_path: Path) -> None:
    root = repository(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    other = account_file(repository(tmp_path / "elsewhere"), '[ci]\nrepository = "example/other"')
    settings = read_settings({"TXN_SETTINGS": str(other / "environments" / "default")}, root=root)
    assert settings.ci.repository == "example/other"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[ci]\nrepository = "pipeline"', "ci.repository = 'pipeline' is malformed. GitHub repository as `owner/name`"),
        ('[ci]\nrepository = "example/*"', "ci.repository = 'example/*' is malformed"),
        ('[ci]\nrepo = "a/b"', "ci.repo is not a setting"),
        ('[cj]\nrepository = "a/b"', "cj is not a setting of an account"),
        ('[ci]\noidc_provider_arn = "github"', "ci.oidc_provider_arn = 'github' is malformed"),
        (f'[ci]\noidc_provider_arn = "{PROVIDER}"', "ci.oidc_provider_arn has no effect without ci.repository"),
    ],
)
def test_what_is_wrong_with_the_account_is_reported_with_its_file(tmp_path: Path, text: str, error: str) -> None:
    assert f"environments/shared.toml: {error}" in message(account_file(repository(tmp_path), text))
