import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.infra.naming import MAX_LENGTH, Namer, NamingError, ResourceKind, SharedNamer, check_suffix

SUFFIX = st.from_regex(r"[a-z]([a-z0-9-]{0,14}[a-z0-9])?", fullmatch=True).filter(lambda each: each != "shared")
PURPOSE = st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,5}", fullmatch=True)
KIND = st.sampled_from(list(ResourceKind))


def namer(suffix: str = "dev") -> Namer:
    return Namer(suffix=suffix, account_id="123456789012", region="eu-central-1")


def test_a_name_is_project_purpose_suffix() -> None:
    assert namer().name("intake", ResourceKind.FUNCTION) == "txn-intake-dev"


def test_a_bucket_carries_account_and_region() -> None:
    assert namer("pr6616").bucket("reports") == "txn-reports-123456789012-eu-central-1-pr6616"


def test_a_name_that_is_too_long_is_cut_hashed_and_keeps_its_suffix() -> None:
    name = namer("pr6616").name("a-purpose-that-has-a-long-name", ResourceKind.XRAY_GROUP)
    assert re.fullmatch(r"txn-a-purpose-th-[0-9a-f]{8}-pr6616", name)
    assert len(name) == 32


@given(SUFFIX, PURPOSE, KIND)
def test_every_name_fits_and_keeps_its_suffix(suffix: str, purpose: str, kind: ResourceKind) -> None:
    name = namer(suffix).name(purpose, kind)
    assert len(name) <= MAX_LENGTH[kind]
    assert name.startswith("txn-")
    assert name.endswith(f"-{suffix}")
    assert re.fullmatch(r"[a-z0-9-]+", name)


@given(SUFFIX, PURPOSE)
def test_every_bucket_has_a_name_that_s3_accepts(suffix: str, purpose: str) -> None:
    name = namer(suffix).bucket(purpose)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name)
    assert name.endswith(f"-123456789012-eu-central-1-{suffix}")


@given(SUFFIX, KIND, st.lists(PURPOSE, min_size=2, max_size=2, unique=True))
def test_two_purposes_never_share_a_name(suffix: str, kind: ResourceKind, purposes: list[str]) -> None:
    one, other = (namer(suffix).name(each, kind) for each in purposes)
    assert one != other


@given(st.lists(st.tuples(SUFFIX, PURPOSE, st.sampled_from("ab")), min_size=2, max_size=2, unique=True), PURPOSE)
def test_a_key_beside_the_first_shares_its_name_with_nothing(keys: list[tuple[str, str, str]], purpose: str) -> None:
    one, other = (namer(suffix).api_key(bank_id, key) for suffix, bank_id, key in keys)
    assert one != other or "." not in one + other  # the first keys of two banks: a setting's rule
    assert namer("dev").api_key(purpose, "a") == namer("dev").name(purpose, ResourceKind.API_KEY)
    assert namer("dev").api_key("nord", "b") == "txn-nord.b-dev"


@given(st.lists(SUFFIX, min_size=2, max_size=2, unique=True), PURPOSE, KIND)
def test_two_environments_never_share_the_name_of_a_purpose(
    suffixes: list[str], purpose: str, kind: ResourceKind
) -> None:
    one, other = (namer(each).name(purpose, kind) for each in suffixes)
    assert one != other


@pytest.mark.parametrize(
    "suffix",
    ["", "Dev", "dev_1", "1dev", "-dev", "dev-", "a" * 17, "dév", "dev\n", "pr 1", "${token}"],
)
def test_an_invalid_suffix_is_refused_with_what_is_expected(suffix: str) -> None:
    with pytest.raises(NamingError, match=r"expected 1 to 16 lower-case letters, digits and hyphens"):
        namer(suffix)


@pytest.mark.parametrize("suffix", ["d", "dev", "pr6616", "a-b", "a" * 16])
def test_a_valid_suffix_is_accepted(suffix: str) -> None:
    assert check_suffix(suffix) == suffix


@pytest.mark.parametrize("suffix", ["pr0", "pr012", "pr1x", "pr1-a"])
def test_what_ci_would_take_for_a_preview_and_no_command_would_is_no_suffix(suffix: str) -> None:
    with pytest.raises(NamingError, match="begin the name of a preview"):
        check_suffix(suffix)


def test_the_word_for_what_all_share_is_no_suffix() -> None:
    with pytest.raises(NamingError, match="reserved"):
        check_suffix("shared")


@pytest.mark.parametrize("purpose", ["", "In", "a_b", "a--b", "-a", "a-", "a b", "${TfToken[TOKEN.1]}"])
def test_an_invalid_purpose_is_refused_and_never_fixed(purpose: str) -> None:
    with pytest.raises(NamingError, match="purpose"):
        namer().name(purpose, ResourceKind.QUEUE)


def test_a_region_that_leaves_no_room_is_refused() -> None:
    long = Namer(suffix="a" * 16, account_id="123456789012", region="r" * 40)
    with pytest.raises(NamingError, match="leave no room"):
        long.bucket("reports")


def test_what_belongs_to_the_account_carries_no_environment() -> None:
    shared = SharedNamer(account_id="123456789012", region="eu-central-1")
    assert shared.state_bucket == "txn-state-123456789012-eu-central-1"
    assert shared.lock_table == "txn-state-lock"
    assert shared.api_logging_role == "txn-api-logging-eu-central-1"
