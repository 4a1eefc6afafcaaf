"""Each environment is synthesized once for all tests."""

from collections.abc import Mapping

import pytest

from shared.infra.settings.settings import Bank
from tests.synth.synthesis import DOMAIN, Synthesis, settings_of, synthesize

CONTACTS = {
    "alpenbank": "ops@alpenbank.example",
    "bayside": "https://hooks.bayside.example/outcomes",
    "nordbank": "arn:aws:sqs:eu-central-1:210987654321:outcomes",
}
OPERATORS = ("ops@bank.example", "https://hooks.bank.example/alarms", "arn:aws:sqs:eu-central-1:210987654321:alarms")
ON_CALL = ("https://paging.example/txn", OPERATORS[0])
SUFFIXES = ("dev", "pr6616", "prod")


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Synthesis]:
    """Three environments of one account, by suffix."""
    return {each: synthesize(settings_of(each), tmp_path_factory.mktemp(each)) for each in SUFFIXES}


@pytest.fixture(scope="session", params=SUFFIXES)
def environment(request: pytest.FixtureRequest, environments: Mapping[str, Synthesis]) -> Synthesis:
    """Each of the three in turn."""
    return environments[request.param]


@pytest.fixture(scope="session")
def dev(environments: Mapping[str, Synthesis]) -> Synthesis:
    """A short-lived environment."""
    return environments["dev"]


@pytest.fixture(scope="session")
def prod(environments: Mapping[str, Synthesis]) -> Synthesis:
    """The banks' production environment."""
    return environments["prod"]


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The laptop's environment."""
    return synthesize(settings_of("local"), tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="session")
def notified(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """An environment whose banks and operators have an endpoint of each protocol, and one bank without."""
    banks = {bank_id: Bank(name=bank_id, contact=contact) for bank_id, contact in CONTACTS.items()}
    settings = settings_of("dev", banks=banks | {"quiet": Bank(name="Quiet")}, operators=OPERATORS, on_call=ON_CALL)
    return synthesize(settings, tmp_path_factory.mktemp("notified"))


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """An environment with everything on."""
    banks = {
        "nordbank": Bank(name="Nordbank", allowed_ips=("192.0.2.0/24", "198.51.100.7/32")),
        "bayside": Bank(name="Bayside", keys=("a", "b"), allowed_ips=("192.0.2.0/24",)),
    }
    truststore = {"truststore_uri": "s3://trust/banks.pem", "truststore_version": "v2"}
    settings = settings_of("prod", banks=banks, waf_rate_limit=1_000, xray_sampling_rate=0.5, **DOMAIN, **truststore)
    return synthesize(settings, tmp_path_factory.mktemp("closed"))
