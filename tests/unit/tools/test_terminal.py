"""What a run prints: live in a terminal, plain lines in a file; and how long its parts took."""

import io

import pytest
from rich.console import Console

from tools.terminal import Terminal


def plain() -> tuple[Terminal, io.StringIO]:
    file = io.StringIO()
    return Terminal(Console(file=file, width=140)), file


def test_a_step_in_a_file_has_a_line_when_it_begins_and_one_when_it_has_ended() -> None:
    out, file = plain()
    with out.step("Deploying") as show:
        show("1 of 2 resources")
    assert file.getvalue() == "Deploying ...\nDeploying: done (0.0 s)\n"


def test_a_step_in_a_terminal_shows_its_progress_while_it_lasts() -> None:
    file = io.StringIO()
    out = Terminal(Console(file=file, width=140, force_terminal=True, force_interactive=True))
    with out.step("Deploying") as show:
        show("1 of 2 resources")
    assert "Deploying: 1 of 2 resources" in file.getvalue()


def test_the_parts_that_have_succeeded_have_times_in_their_order() -> None:
    out, _ = plain()
    with out.step("first"):
        pass
    with out.timed("second"):
        pass
    with pytest.raises(ValueError, match="no"), out.step("third"):
        raise ValueError("no")
    assert [title for title, _ in out.times] == ["first", "second"]
    assert all(seconds >= 0 for _, seconds in out.times)
