"""A command that takes a moment says on the terminal what it does, and nothing where a program listens."""

from __future__ import annotations

import io
import sys
from threading import Event

import pytest

from studio.cli.output import working


class _Terminal(io.StringIO):
    """A terminal that tells when something was written on it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        count = super().write(text)
        self.written.set()
        return count


def test_what_takes_a_moment_is_told_and_wiped_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the words stand there while it works, and the line is empty afterwards."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with working("Reading desk.md", after=0.0):
        assert terminal.written.wait(30)
    assert "Reading desk.md …" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")


def test_what_is_quick_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Done before the moment has passed: not a character."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with working("Reading desk.md", after=600):
        pass
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(("quiet", "stream"), [(True, _Terminal()), (False, io.StringIO())])
def test_programs_hear_nothing(monkeypatch: pytest.MonkeyPatch, quiet: bool, stream: io.StringIO) -> None:
    """With --json, or where stderr is no terminal, nothing is written."""
    monkeypatch.setattr(sys, "stderr", stream)
    with working("Reading desk.md", quiet, after=0.0):
        pass
    assert stream.getvalue() == ""
