import pytest

from tools.generators.environments import PAGE, page


def test_the_committed_page_is_what_the_models_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `./dev docs` and commit docs/environments.md"


@pytest.mark.parametrize(
    "row",
    [
        "| `region` | string | required | AWS region, such as `eu-central-1`. |",
        '| `backend` | one of "s3", "local" | required | Where Terraform\'s state is stored: ',
        "| `xray` | true or false | `true` | Whether there is ",
        "| `xray_sampling_rate` | number from 0 to 1 | `0.1` | Fraction of the requests, ",
        "| `operators` | list of strings | `[]` | Who is notified of alarms: ",
        '| `contact` | string | `""` | Notification endpoint, ',
        "| `rate_limit` | whole number from 1 to 10,000 | `50` | Sustained requests a second with each key.",
        '| `keys` | list of strings | `["a"]` | Names of the bank\'s valid API keys: ',
    ],
)
def test_a_key_is_a_row_with_its_type_bounds_default_and_meaning(row: str) -> None:
    assert row in page()
