"""The menu: `nox -l` or `./dev`. Every session takes more arguments after `--`."""

import ast
import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent))
from tools.setup import toolchain as private_environment  # pylint: disable=wrong-import-position  # the line above finds it
from tools.setup.steps import SetupError  # pylint: disable=wrong-import-position  # and this one

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["test"]

SOURCES = (
    "functions",
    "shared",
    "stacks",
    "terraform_provider",
    "local",
    "tools",
    "benchmarks",
    "tests",
    "main.py",
    "noxfile.py",
)
COVERAGE = ("--cov", "--cov-report=term", "--cov-fail-under=95")
LOCKS = {
    "uv": ["uv"],
    "app": ["uv", "app", "local"],
    "dev": ["uv", "app", "local", "lint", "test", "generate", "function-intake"],
    "fuzz": ["uv", "fuzz"],
    "bench": ["bench"],
    "ministack": ["ministack"],
    "functions/intake": ["function-intake"],
}
"""Lock file in requirements/ -> the dependency groups of pyproject.toml that it holds."""


@nox.session(python=False)
def setup(session: nox.Session) -> None:
    """Set up the private environment (.venv) for the plain cdktf commands."""
    _prepare(session)


@nox.session(python=False)
def local(session: nox.Session) -> None:
    """Send the sample reports, or your own, through the whole pipeline on this machine."""
    _private(session, "python", "-m", "local.demo", *session.posargs)


@nox.session
def test(session: nox.Session) -> None:
    """Do all that CI does: lint, types, and every test with coverage."""
    _install(session)
    _lint(session)
    _types(session)
    _pytest(session, *COVERAGE, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style: ruff, its formatter, pylint; the workflows with jactionlint, shell scripts with shellcheck."""
    _install(session)
    _lint(session)


@nox.session
def types(session: nox.Session) -> None:
    """Check types: mypy, strict."""
    _install(session)
    _types(session)


@nox.session
def unit(session: nox.Session) -> None:
    """Run the tests that need nothing but Python."""
    _install(session)
    _pytest(session, "tests/unit", "tests/architecture", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz the validator against its reference, guided by coverage, for a minute; `-- -max_total_time=600` for longer."""
    _prepare(session)
    session.run_install("uv", "pip", "sync", "--quiet", "--require-hashes", "requirements/fuzz.txt", external=True)
    session.run("python", "-m", "tests.fuzz", "-max_total_time=60", *session.posargs)


@nox.session
def synth(session: nox.Session) -> None:
    """Test what the app synthesizes: names, tags, policies, cross-stack references."""
    _install(session)
    _pytest(session, "tests/synth", *session.posargs)


@nox.session
def e2e(session: nox.Session) -> None:
    """Deploy to the local cloud with the real CLI and Terraform, and test through the API."""
    _install(session)
    _pytest(session, "tests/e2e", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the validator beside its peers: `-- NAME` runs benchmarks/NAME.py; without a name, says what there is."""
    benchmarks = {path.stem: path for path in sorted(Path("benchmarks").glob("[!_]*.py"))}
    if not session.posargs:
        for name, path in benchmarks.items():
            described = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            print(f"{name}: {described.partition(chr(10))[0]}")
        return
    name, *arguments = session.posargs
    if name not in benchmarks:
        session.error(f"there is no benchmark {name!r}: choose one of {', '.join(benchmarks)}")
    _install(session, "bench")
    session.run("python", "-m", f"benchmarks.{name}", *arguments)


@nox.session(python=False)
def deploy(session: nox.Session) -> None:
    """Deploy to AWS: all stacks of the environment ENVIRONMENT_SUFFIX, or those named."""
    _private(session, "python", "-m", "tools.operations.deploy", *session.posargs)


@nox.session(python=False)
def diff(session: nox.Session) -> None:
    """Show what a deploy would change, stack by stack."""
    _private(session, "python", "-m", "tools.operations.diff", *session.posargs)


@nox.session(python=False)
def destroy(session: nox.Session) -> None:
    """Destroy in AWS what is deployed of the environment; neither protected data nor the account's state."""
    _private(session, "python", "-m", "tools.operations.destroy", *session.posargs)


@nox.session(python=False)
def unlock(session: nox.Session) -> None:
    """Free the state locks of deploys that were killed, and of no others."""
    _private(session, "python", "-m", "tools.operations.unlock", *session.posargs)


@nox.session(python=False)
def smoke(session: nox.Session) -> None:
    """Hand one small report in to the environment ENVIRONMENT_SUFFIX in AWS, and wait until it is COMPLETED."""
    _private(session, "python", "-m", "tools.operations.smoke", *session.posargs)


@nox.session(python=False)
def leftovers(session: nox.Session) -> None:
    """Find environments in AWS whose pull request is closed; `-- --open 12,15` names those that are open."""
    _private(session, "python", "-m", "tools.operations.leftovers", *session.posargs)


@nox.session(python=False)
def doctor(session: nox.Session) -> None:
    """Show what a deploy of the environment ENVIRONMENT_SUFFIX would create, adopt or refuse; touches nothing."""
    _private(session, "python", "-m", "tools.operations.doctor", *session.posargs)


@nox.session
def generate(session: nox.Session) -> None:
    """Write generated code anew: the local provider's schema and protocol, the report format's currencies."""
    _install(session)
    session.run("python", "-m", "tools.generators.currencies")
    session.run("python", "-m", "terraform_provider.generate", *session.posargs)


@nox.session(python=False)
def docs(session: nox.Session) -> None:
    """Write the generated pages anew: docs/environments.md, docs/report-format.md."""
    for page in ("environments", "report_format"):
        _private(session, "python", "-m", f"tools.generators.{page}")


@nox.session(python=False)
def lock(session: nox.Session) -> None:
    """Compile pyproject.toml's versions, with hashes, into requirements/; `-- --upgrade` for newer ones."""
    for name, groups in LOCKS.items():
        chosen = [part for group in groups for part in ("--group", group)]
        compile_ = ("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11")
        plain = ("--generate-hashes", "--no-emit-index-url", "--no-header", "--output-file", f"requirements/{name}.txt")
        _private(session, *compile_, *plain, "pyproject.toml", *chosen, *session.posargs)


def _prepare(session: nox.Session) -> None:
    try:
        private_environment.prepare()
    except SetupError as error:
        session.error(str(error))


def _private(session: nox.Session, *command: str) -> None:
    """Run a command in the private environment, with time to end what it started when it is interrupted."""
    _prepare(session)
    session.run(
        *command, external=True, env=private_environment.environment(), interrupt_timeout=60, terminate_timeout=30
    )


def _install(session: nox.Session, lock: str = "dev") -> None:
    _prepare(session)
    session.run_install("uv", "pip", "sync", "--quiet", "--require-hashes", f"requirements/{lock}.txt", external=True)


def _lint(session: nox.Session) -> None:
    session.run("ruff", "check", *SOURCES)
    session.run("ruff", "format", "--check", *SOURCES)
    session.run("pylint", *SOURCES)
    session.run("jactionlint", "--strict-exit")
    session.run("shellcheck", "dev", ".ci/run")


def _types(session: nox.Session) -> None:
    session.run("mypy", *session.posargs if session.name == "types" else ())


def _pytest(session: nox.Session, *arguments: str) -> None:
    session.run("pytest", *arguments, interrupt_timeout=60, terminate_timeout=30)
