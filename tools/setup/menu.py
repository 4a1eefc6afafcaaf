"""The sessions of noxfile.py as a menu, read without importing it: nox may not be installed yet."""

import ast
import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

_NAMED: Final = "bench"
"""The session whose first option is a name, which may be a session's as well: `./dev bench synth`."""


def read_sessions(noxfile: Path) -> dict[str, str]:
    """The first line of each session's docstring, by the session's name."""
    functions = [each for each in _parse(noxfile).body if isinstance(each, ast.FunctionDef)]
    return {each.name: _summary(each) for each in functions if each.decorator_list}


def summary(program: Path) -> str:
    """The first line of a program's docstring."""
    return _summary(_parse(program))


def _parse(program: Path) -> ast.Module:
    return ast.parse(program.read_text(encoding="utf-8"))


def _summary(node: ast.FunctionDef | ast.Module) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]


def split(arguments: Sequence[str], sessions: Iterable[str]) -> tuple[list[str], list[str]]:
    """Split a command line into the sessions to run and the options that go to them, with or without `--` between."""
    known = set(sessions)
    count = next((number for number, each in enumerate(arguments) if each not in known), len(arguments))
    if _NAMED in arguments[:count]:
        count = arguments.index(_NAMED) + 1
    options = list(arguments[count:])
    return list(arguments[:count]), options[1:] if options[:1] == ["--"] else options


def usage(sessions: Mapping[str, str]) -> str:
    """The menu: how to call `./dev`, and a line for each session."""
    width = max(map(len, sessions))
    return "\n".join([
        "Usage: ./dev SESSION [OPTIONS]",
        "",
        *(f"  {name:{width}}  {description}" for name, description in sessions.items()),
        "",
        "Options go to the session: ./dev local --keep. Some sessions list theirs: ./dev local --help.",
    ])  # fmt: skip


def unknown(name: str, sessions: Mapping[str, str]) -> str:
    """The message for a session that does not exist, with the most similar one and the menu."""
    similar = difflib.get_close_matches(name, sessions, n=1)
    hint = f" Did you mean `./dev {similar[0]}`?" if similar else ""
    return f"./dev: there is no session {name!r}.{hint}\n\n{usage(sessions)}"
