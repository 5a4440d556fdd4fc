"""Documents with the kind of each binding sentence marked in the text: what the weights are learnt from.

- A mark stands right behind its sentence, item or table row: `{m}`, or `{an}` where a second is fair.
- `a` allow, `n` never, `m` must, `d` disclose, `e` escalate; `o` neither a rule nor none; `*` a written step.
- What bears no mark binds nobody.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "marked"
KINDS = {"a": "allow", "n": "never", "m": "must", "d": "disclose", "e": "escalate"}
_MARK = re.compile(r"\s*\{(?P<kinds>[anmdeo]{1,3})(?P<step>\*)?\}")


class Mark(NamedTuple):
    """A mark: the place right behind its sentence in the text without marks, and what it says."""

    place: int
    kinds: tuple[str, ...]
    optional: bool
    step: bool


def unmarked(text: str) -> tuple[str, tuple[Mark, ...]]:
    """Return a text without its marks, and the marks with their places."""
    kept, marks, last, length = [], [], 0, 0
    for match in _MARK.finditer(text):
        kept.append(text[last : match.start()])
        length += match.start() - last
        last = match.end()
        kinds = tuple(KINDS[letter] for letter in match["kinds"] if letter != "o")
        marks.append(Mark(length, kinds, "o" in match["kinds"], match["step"] is not None))
    return "".join([*kept, text[last:]]), tuple(marks)


def names() -> list[str]:
    """Return the names of the marked documents, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))
