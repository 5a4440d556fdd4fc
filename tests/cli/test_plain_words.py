"""What a bundle, a comment or a file says cannot steer the terminal on which somebody reads it."""

from __future__ import annotations

import io

import pytest

from studio.cli import output


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("Keep\x1b[2K\x1b[1A short", r"Keep\x1b[2K\x1b[1A short"),
        ("Approve\rReject", r"Approve\rReject"),
        ("ten \u202ethgie\u202c", r"ten \u202ethgie\u202c"),
        ("\x9b31mred\x07\x00", r"\x9b31mred\x07\x00"),
        ("a\tb\r\nc – “d” é שלום", "a\tb\r\nc – “d” é שלום"),
    ],
)
def test_what_steers_a_terminal_is_spelled_out(
    monkeypatch: pytest.MonkeyPatch, hostile: str, shown: str
) -> None:
    """Escapes, lone returns and turned letters are seen as such; ordinary text of any language stays."""
    terminal, errors = _Terminal(newline=""), _Terminal(newline="")
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setattr("sys.stderr", errors)
    output.say(hostile)
    output.note(hostile)
    output.table(("what",), [(hostile,)])
    assert terminal.getvalue() == f"{shown}\nWHAT\n{shown}\n" and errors.getvalue() == f"{shown}\n"
