"""What was looked at and left alone, told by kind: how many lines there are of each, the nearest first.

- Lines are kept whole in a proposal; this only sorts and shortens them for people.
- The kinds that somebody may have to act on come first: what is lost, held back, or said by a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

FEW = 3
"""So many lines of a kind are shown before the rest is folded."""

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("Not taken over from an older proposal", r"^Not taken over from P-\d+: "),
        ("Documents that still say it", r" still says? “"),
        ("Waits for the answer to its question", r"^Held back until its question is answered: "),
        ("Open in the last edition, too", r"^Open in the last edition, too: "),
        ("Says the same, but of another matter", r" of another matter\.$"),
        ("Stays, because a weightier document still says it", r" goes first and still says it\.$"),
        ("Not tested, with the reason", r"^Not tested: "),
        (
            "Not clearly a rule; if one is, ask for it",
            r"^Not clearly a rule, so not proposed; if it is one, ask",
        ),
        (
            "Not about what this agent does; if one is, ask for it",
            r"^By its words not about what this agent ",
        ),
        (
            "In the agent already",
            r"^(?:Rule R-\d+ (?:“.*”: the document says the same|says so)|The agent does so )",
        ),
        ("Said elsewhere or in the last edition", r"^(?:Says again what is said|The last edition said so)"),
        ("Steps of a procedure", r"^(?:A step of |Opens a procedure)"),
        ("Only explains", r"^Explains what a word means"),
        ("Tests", r"^(?:These scenarios take|.*\btests?\b.*(?:already|before))"),
    )
)
_OTHER = "Looked at besides"
_HEAD = re.compile(
    r"^(?:Not taken over from P-\d+|Held back until its question is answered|Open in the last edition, too|"
    r"Not tested|Not clearly a rule, so not proposed; if it is one, ask for it|By its words not about what "
    r"this agent does; if it is, ask for it|The agent does so already|Says again what is said elsewhere|The "
    r"last edition said so already|Explains what a word means, asks nothing): "
)


@dataclass(frozen=True, slots=True)
class LeftGroup:
    """The lines of one kind, in the order in which they were told."""

    name: str
    lines: tuple[str, ...]

    @property
    def heading(self) -> str:
        """Return the kind with its count."""
        return f"{self.name} ({len(self.lines)})"


def left_groups(lines: Sequence[str]) -> tuple[LeftGroup, ...]:
    """Return lines by kind, what may need somebody first."""
    found: dict[str, list[str]] = {name: [] for name in (*(name for name, _ in _KINDS), _OTHER)}
    for line in dict.fromkeys(lines):
        name = next((name for name, pattern in _KINDS if pattern.search(line)), _OTHER)
        # The kind's name says what the line begins with, unless it names where something comes from.
        found[name].append(line if line.startswith("Not taken over") else _HEAD.sub("", line))
    return tuple(LeftGroup(name, tuple(told)) for name, told in found.items() if told)


def left_text(lines: Sequence[str], *, everything: bool = False, indent: str = "  ") -> list[str]:
    """Return lines by kind as text: the first few of each, then how many more there are."""
    told = []
    for group in left_groups(lines):
        shown = group.lines if everything or len(group.lines) <= FEW + 1 else group.lines[:FEW]
        told += [group.heading, *(f"{indent}{line}" for line in shown)]
        if len(shown) < len(group.lines):
            told.append(f"{indent}… and {len(group.lines) - len(shown)} more")
    return told
