"""`./dev keys`: lists the banks' API keys, shows one, creates a second one, revokes one.

The settings name the keys. `create` and `revoke` edit the environment's file and deploy the api-stack, so that the two
never differ. The value of a key is printed by `show` alone, to a terminal alone.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import boto3
import tomlkit
from botocore.exceptions import BotoCoreError, ClientError

from shared.infra.settings.settings import DEFAULT_FILE, MAX_KEYS, Settings, SettingsError, read_settings, settings_file
from shared.infra.stack_names import StackName
from shared.repository import ROOT
from tools.errors import ToolError, no_answer
from tools.operations.api_keys import deployed_keys, keys_of, table, value_of
from tools.operations.cdktf.options import Options
from tools.operations.command import ask, exit_code, open_driver, require_terminal
from tools.operations.deploy import deploy
from tools.setup.steps import SetupError
from tools.terminal import Terminal

_NAMES: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What `create` and `revoke` need.

    Attributes:
        settings: of the environment, as they are.
        file: from which they were read.
        deploy: deploys the api-stack with the settings as they are then; False if the user said no to it.
        say: prints a line.
    """

    settings: Settings
    file: Path
    deploy: Callable[[], bool]
    say: Callable[[str], None]

    def create(self, bank_id: str) -> None:
        """Give a bank a second key.

        Raises:
            ToolError: there is no such bank, it has all the keys that it can have, or the deployment failed.
        """
        keys = keys_of(bank_id, self.settings)
        if len(keys) == MAX_KEYS:
            raise ToolError(
                f"{bank_id} has {MAX_KEYS} keys, {' and '.join(keys)}: revoke the one that it no longer uses."
            )
        # Not a name of before: who asks for key `a` should not get another one than last year.
        name = next(each for each in _after(max(keys)) if each not in keys)
        if self._set(bank_id, (*keys, name)):
            self.say(
                f"{bank_id} has the key {name!r}. In a minute API Gateway accepts it: ./dev keys show {bank_id} {name}"
            )

    def revoke(self, bank_id: str, name: str) -> None:
        """Make a key of a bank invalid.

        Raises:
            ToolError: there is no such bank or key, it is the bank's only one, or the deployment failed.
        """
        keys = keys_of(bank_id, self.settings)
        if name not in keys:
            raise ToolError(f"{bank_id} has no key {name!r}; its keys: {', '.join(keys)}")
        if len(keys) == 1:
            raise ToolError(f"{name!r} is the only key of {bank_id}: create another one first, and hand it over.")
        if self._set(bank_id, tuple(each for each in keys if each != name)):
            self.say(f"The key {name!r} of {bank_id} is revoked.")

    def _set(self, bank_id: str, keys: Sequence[str]) -> bool:
        """Write a bank's keys and deploy them; False if the user said no, then the file is as it was."""
        before, shown = self.file.read_text(encoding="utf-8"), _shown(self.file)
        self.file.write_text(with_keys(before, bank_id, keys), encoding="utf-8")
        try:
            deployed = self.deploy()
        except (ToolError, SetupError, KeyboardInterrupt) as error:
            cause = str(error) or "Interrupted."
            text = f"{cause}\n\n{shown} has the change, but it is not deployed: ./dev deploy {StackName.API}"
            raise ToolError(text) from error
        if not deployed:
            self.file.write_text(before, encoding="utf-8")
            self.say(f"{shown} is unchanged.")
            return False
        self.say(f"{shown} is changed. Commit it: the next deploy follows it.")
        return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Work on the keys of the environment that `ENVIRONMENT_SUFFIX` names; the exit code."""
    values = _parser().parse_args(arguments)
    return exit_code(lambda: _run(values, Terminal.of_stdout()))


def with_keys(text: str, bank_id: str, keys: Sequence[str]) -> str:
    """A settings file with other keys of a bank; comments, order and spacing stay as they are."""
    document = tomlkit.parse(text)
    banks = document["banks"]
    banks[bank_id]["keys"] = list(keys)
    return tomlkit.dumps(document)


def _run(values: argparse.Namespace, out: Terminal) -> None:
    try:
        settings = read_settings(os.environ)
        client = boto3.Session().client("apigateway", region_name=settings.region)
        match values.command:
            case "create":
                _change(settings, values, out).create(values.bank)
            case "revoke":
                _change(settings, values, out).revoke(values.bank, values.key)
            case "show":
                key = values.key or keys_of(values.bank, settings)[0]
                out.say(value_of(client, settings, values.bank, key, terminal=sys.stdout.isatty()))
            case _:
                out.show(table(settings, deployed_keys(client, settings.suffix)))
    except BotoCoreError as error:
        raise ToolError(no_answer(error)) from error
    except (SettingsError, ClientError) as error:
        raise ToolError(str(error)) from error


def _change(settings: Settings, values: argparse.Namespace, out: Terminal) -> Change:
    file = settings_file(os.environ)
    if file.stem == DEFAULT_FILE:
        raise ToolError(
            f"{_shown(file)} is for every environment without a file of its own, and each would have the change. "
            f"Copy it to environments/{settings.suffix}.toml, then try again."
        )
    if not values.auto_approve:
        require_terminal()  # before the file is changed
    answers = list[bool]()

    def confirm(question: str) -> bool:
        answers.append(ask(question))
        return answers[-1]

    def deploy_api() -> bool:
        options = Options(stacks=(StackName.API,), approved=values.auto_approve, output=values.output.absolute())
        deploy(options, open_driver("keys", options.output), out, confirm)
        return all(answers)

    return Change(settings=settings, file=file, deploy=deploy_api, say=out.say)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev keys", description="The API keys of the environment's banks.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", help="by default, all keys are listed")
    show = commands.add_parser("show", help="print the value of a key, to a terminal only")
    show.add_argument("bank", metavar="BANK")
    show.add_argument("key", metavar="KEY", nargs="?", help="name of the key (default: the bank's first)")
    create = commands.add_parser("create", help="give a bank a second key, and deploy it")
    create.add_argument("bank", metavar="BANK")
    revoke = commands.add_parser("revoke", help="make a key invalid: it is deleted")
    revoke.add_argument("bank", metavar="BANK")
    revoke.add_argument("key", metavar="KEY", help="name of the key")
    for each in (create, revoke):
        each.add_argument("--output", type=Path, default=ROOT / "cdktf.out", help="folder for what is synthesized")
        each.add_argument("--auto-approve", action="store_true", help="do not ask before anything is changed")
    return parser


def _after(name: str) -> Iterator[str]:
    """Names that may come next, in the order of the alphabet, from its beginning after its end."""
    begin = _NAMES.find(name) + 1
    return iter(_NAMES[begin:] + _NAMES[:begin])


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    sys.exit(main())
