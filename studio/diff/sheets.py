"""Sheets: a thing written down as labelled lines, and two of them held against each other line by line.

- Lines are matched by section and label, so that a line that came, went or says something else is seen at
  once; lines with one label twice are matched in their order.
- A figure says by how much it moved ("+5 points"), because that is what people ask next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Status = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line: what it is about and what it says; `figure` and `unit` where it is a number."""

    label: str
    text: str
    section: str = ""
    figure: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line in both versions; None where it is not there. `note` says how far a figure moved."""

    section: str
    label: str
    before: str | None
    after: str | None
    note: str = ""

    @property
    def status(self) -> Status:
        """Return whether the line is the same, came, went or says something else."""
        if self.before == self.after:
            return "same"
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def diff_sheet(before: Sequence[SheetLine], after: Sequence[SheetLine]) -> tuple[SheetRow, ...]:
    """Return the lines of both versions in the order of the new one; what went stands where it stood."""
    old, new = _keyed(before), _keyed(after)
    order = list(new)
    front: tuple[str, str, int] | None = None
    for key in old:
        if key not in new:
            order.insert(order.index(front) + 1 if front is not None else 0, key)
        front = key
    sections = list(dict.fromkeys(key[0] for key in order))
    order.sort(key=lambda key: sections.index(key[0]))
    return tuple(_row(key, old.get(key), new.get(key)) for key in order)


def _keyed(lines: Sequence[SheetLine]) -> dict[tuple[str, str, int], SheetLine]:
    met: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str, int], SheetLine] = {}
    for line in lines:
        name = line.section, line.label
        found[(*name, met[name])] = line
        met[name] += 1
    return found


def _row(key: tuple[str, str, int], was: SheetLine | None, now: SheetLine | None) -> SheetRow:
    section, label, _ = key
    return SheetRow(section, label, was.text if was else None, now.text if now else None, _moved_by(was, now))


def _moved_by(was: SheetLine | None, now: SheetLine | None) -> str:
    if was is None or now is None or was.figure is None or now.figure is None or was.figure == now.figure:
        return ""
    by = round(now.figure - was.figure, 6)
    return f"{'+' if by > 0 else '−'}{abs(by):,.10g} {now.unit}".rstrip()
