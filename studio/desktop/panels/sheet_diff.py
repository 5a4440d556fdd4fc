"""The sheet panel: a thing as labelled lines in both versions, what differs marked, what stays folded.

- Every line that differs carries a sign; its words are struck out before and bold after.
- What stays is behind one line that counts it. A thing that is new or gone shows all its lines plainly: its
  sign stands once, at the head, because a wall of green says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.desktop.panels.worded import Worded, marked_words
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import Sign, label
from studio.desktop.widgets.pane import group
from studio.diff.sheets import SheetRow

SIGNS: dict[str, tuple[Tone, str]] = {
    "added": ("add", "Added"), "removed": ("del", "Removed"),
    "changed": ("chg", "Changed"), "moved": ("mov", "Moved"),
}  # fmt: skip
MOST = 400
"""Lines that are drawn at once."""


class SheetPanel(QFrame):
    """Shows the lines of a thing before and after."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "box")
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 8)
        column.setSpacing(6)
        self._bar = QFrame()
        self._bar.setProperty("role", "box-head")
        self._head = QGridLayout(self._bar)
        self._head.setContentsMargins(14, 6, 14, 6)
        self._head.setHorizontalSpacing(12)
        column.addWidget(self._bar)
        self._holder = QWidget()
        self._lines = QVBoxLayout(self._holder)
        self._lines.setContentsMargins(14, 0, 14, 0)
        column.addWidget(self._holder)
        self.rest = Button("", self._turn, kind="link")
        self.rest.setCheckable(True)
        self.rest.setContentsMargins(14, 0, 14, 0)
        column.addWidget(self.rest)
        self._rows: Sequence[SheetRow] = ()
        self._names = ("", "")
        self._inline = self._besides = False

    def show_sheet(self, rows: Sequence[SheetRow], names: tuple[str, str], *, besides: bool = False) -> None:
        """Show the lines of both versions under these names; without lines there is no panel.

        - `besides`: the text of the thing changes and is shown elsewhere; these lines are all else about it.
        """
        self._rows, self._names, self._besides = rows, names, besides
        self.rest.setChecked(False)
        self.setVisible(bool(rows))
        self._draw()

    def set_inline(self, inline: bool) -> None:
        """Show both versions in one column, or side by side."""
        self._inline = inline
        self._draw()

    @property
    def shown(self) -> list[SheetRow]:
        """Return the lines that are drawn."""
        if self.rest.isChecked():
            return list(self._rows[:MOST])
        return [row for row in self._rows if row.status != "same"][:MOST]

    def _whole(self) -> str:
        """Return "added" or "removed" where all of the thing is new or gone."""
        if not self._rows:
            return ""
        kinds = {row.status for row in self._rows}
        return kinds.pop() if len(kinds) == 1 and kinds <= {"added", "removed"} else ""

    def _turn(self) -> None:
        self._draw()

    def _draw(self) -> None:
        clear(self._lines)
        whole = self._whole()
        one_sided = self._inline or bool(whole)
        for name, rows in _by_section(self.shown):
            if name:
                self._lines.addWidget(group(name))
            self._lines.addWidget(_grid(rows, one_sided, plain=bool(whole)))
        if self._rows and not self.shown:
            stays = "All else about it stays as it is." if self._besides else "Nothing that it says changes."
            self._lines.addWidget(label(stays, "muted", wrap=True))
        while (item := self._head.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._head.addWidget(_whole_sign(whole) if whole else label("", "pane-title"), 0, 0)
        heads = (
            [f"{self._names[0]} (struck out), {self._names[1].lower()} (bold)"]
            if self._inline
            else list(self._names)
        )
        if whole:
            heads = [self._names[int(whole == "added")]]
        for place, words in enumerate(heads):
            self._head.addWidget(label(words, "pane-title"), 0, place + 1)
        _share(self._head, len(heads))
        same = sum(row.status == "same" for row in self._rows)
        self.rest.setVisible(same > 0)
        verb = "Hide" if self.rest.isChecked() else "Show"
        self.rest.setText(f"   {verb} {same} {'line that stays' if same == 1 else 'lines that stay'}")


def clear(layout: QVBoxLayout) -> None:
    """Take every widget out of a column."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def _by_section(rows: Sequence[SheetRow]) -> list[tuple[str, list[SheetRow]]]:
    found: dict[str, list[SheetRow]] = {}
    for row in rows:
        found.setdefault(row.section, []).append(row)
    return list(found.items())


def _share(grid: QGridLayout, sides: int) -> None:
    """Share the width out: labels a little less than each version."""
    grid.setColumnMinimumWidth(0, 150)
    grid.setColumnStretch(0, 3)
    for place in (1, 2):
        grid.setColumnStretch(place, 4 if place <= sides else 0)


def _whole_sign(status: str) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(Sign(*SIGNS[status]))
    line.addWidget(
        label("All of it is new" if status == "added" else "All of it is taken away", "pane-title"), 1
    )
    return holder


def _grid(rows: Sequence[SheetRow], one_sided: bool, plain: bool = False) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    _share(grid, 1 if one_sided else 2)
    for place, row in enumerate(rows):
        grid.addWidget(_label(row, plain), place, 0)
        if plain:
            text = row.after if row.after is not None else row.before
            grid.addWidget(label(text or "", wrap=True), place, 1, Qt.AlignmentFlag.AlignTop)
            continue
        before, after = marked_words(row.before, row.after)
        sides = [
            _side(row.before, before, "before", row.status),
            _side(row.after, after, "after", row.status, row.note),
        ]
        if one_sided:
            both = QWidget()
            column = QVBoxLayout(both)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            if row.status == "same":
                sides = sides[1:]
            for side in sides:
                if side is not None:
                    column.addWidget(side)
            grid.addWidget(both, place, 1)
            continue
        for number, side in enumerate(sides, 1):  # an empty place is one, too, so that columns stay wide
            grid.addWidget(side or QWidget(), place, number, Qt.AlignmentFlag.AlignTop)
    return holder


def _label(row: SheetRow, plain: bool) -> QWidget:
    holder = QWidget()
    line = QGridLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setHorizontalSpacing(8)
    line.setColumnMinimumWidth(0, 0 if plain else 18)
    line.setColumnStretch(1, 1)
    if row.status in SIGNS and not plain:
        line.addWidget(Sign(*SIGNS[row.status]), 0, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(label(row.label, "muted", wrap=True), 0, 1, Qt.AlignmentFlag.AlignTop)
    holder.setAccessibleName(_aloud(row))
    return holder


def _side(
    text: str | None, marked: list[tuple[int, int]], side: str, status: str, note: str = ""
) -> QWidget | None:
    if text is None:
        return None
    whole = status in ("added", "removed")
    said = f"{text} ({note})" if note else text
    return Worded(said, [(0, len(text))] if whole else marked, "before" if side == "before" else "after")


def _aloud(row: SheetRow) -> str:
    match row.status:
        case "same":
            return f"{row.label}: {row.after}"
        case "added":
            return f"Added. {row.label}: {row.after}"
        case "removed":
            return f"Removed. {row.label}: {row.before}"
        case _:
            return f"Changed. {row.label}: from {row.before} to {row.after} {row.note}".rstrip()
