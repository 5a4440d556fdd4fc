"""Three columns for a proposal whose draft moved on: live, theirs, mine, and a choice for each field.

- The choice is made by click, by the arrow keys within a field, or for all fields at once by T and M.
- The words that a side does not share with the first column are bold and underlined, in any colour.
- Nothing is chosen beforehand: a person says for each field what shall stand, then it is kept in one step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S2
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label, restyle, set_tone
from studio.desktop.widgets.paragraph import Paragraph
from studio.desktop.widgets.text import Stretch
from studio.desktop.widgets.wrap import WrapLayout
from studio.diff.pieces import segments

Side = Literal["theirs", "mine"]
MOVED_ON = "The draft moved on: choose what shall stand"
MINE_STANDS = "The draft's side stands, since this is rejected; you can still choose otherwise"
NOTHING, GONE = "(nothing)", "(taken out)"
MOST_LINES, FEWEST_FOLDED = 6, 3
"""So many lines are shown whole; and so many that all sides share are worth folding away."""


class _Marked(Paragraph):
    """A text in which the words that another text does not have at their place are marked."""

    def __init__(self, before: str, after: str) -> None:
        self._marks: list[Stretch] = []
        at = 0
        for each in segments(before, after):
            if each.changed and each.after.strip():
                self._marks.append(Stretch(at, at + len(each.after), bold=True, under=True))
            at += len(each.after)
        super().__init__(after)

    def stretches(self) -> tuple[Stretch, ...]:
        """Return the words that only this text has."""
        return tuple(self._marks)


def shared_lines(texts: Sequence[str]) -> frozenset[str]:
    """Return the lines that may be left out: those of a long thing that all sides share which have it."""
    sides = [set(text.splitlines()) for text in texts if text]
    if len(sides) < 2 or max(map(len, sides)) <= MOST_LINES:
        return frozenset()
    shared = frozenset.intersection(*map(frozenset, sides))
    return shared if len(shared) >= FEWEST_FOLDED else frozenset()


class ClashLike(Protocol):
    """One place to choose for, as it is read."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def live(self) -> str: ...  # noqa: D102
    @property
    def theirs(self) -> str: ...  # noqa: D102
    @property
    def mine(self) -> str: ...  # noqa: D102
    @property
    def may_be_theirs(self) -> bool: ...  # noqa: D102
    @property
    def along(self) -> Sequence[str]: ...  # noqa: D102


class ThreeColumns(QFrame):
    """Shows the places of a change; `settled` tells a side for each path, `edit_asked` a third text.

    `whole_asked` wants nothing of the item: where other parts of it come along whatever is chosen.
    """

    settled = Signal(object)
    edit_asked = Signal()
    whole_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setProperty("tone", "warn")
        self.setAccessibleName("Choose what shall stand")
        self._sides: dict[str, tuple[QRadioButton, QRadioButton]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(S2)
        self.heading = label("", "heading", "warn", wrap=True)
        column.addWidget(self.heading)
        self.fields = QVBoxLayout()
        self.fields.setSpacing(12)
        column.addLayout(self.fields)
        self.note = label("", "muted", wrap=True)
        column.addWidget(self.note)
        self.keep = Button("Let this stand", self._settle, kind="primary")
        self.theirs = Button("All theirs", lambda: self.choose_all("theirs"), key="T")
        self.mine = Button("All mine", lambda: self.choose_all("mine"), key="M")
        self.whole = Button("Mine for the whole item", self.whole_asked.emit)
        self.whole.setToolTip("The draft keeps the item as it is: the change is rejected, and can be undone")
        self.other = Button("Write something else", self.edit_asked.emit, kind="quiet", key="E")
        line = QWidget()
        wrap = WrapLayout(S2)
        for button in (self.keep, self.theirs, self.mine, self.whole, self.other):
            wrap.addWidget(button)
        line.setLayout(wrap)
        column.addWidget(line)
        column.addWidget(
            label("Arrow keys choose within a field, Enter lets the choice stand.", "note", wrap=True)
        )
        self.hide()

    def show_rows(
        self, rows: Sequence[ClashLike], live_is: str = "Live version", rejected: bool = False
    ) -> None:
        """Show the places to choose for; without any there is no panel. Of a rejected change, mine stands."""
        self.heading.setText(MINE_STANDS if rejected else MOVED_ON)
        set_tone(self.heading, "none" if rejected else "warn")
        self.setProperty("tone", "" if rejected else "warn")
        restyle(self)
        while self.fields.count():
            taken = self.fields.takeAt(0)
            if taken is not None and (widget := taken.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._sides = {}
        for row in rows:
            self.fields.addWidget(self._field(row, live_is))
        along = [name for row in rows for name in row.along]
        self.note.setText(
            f"From the proposal, whatever you choose: {', '.join(dict.fromkeys(along))}. "
            "Choose mine for the whole item to take nothing of it."
            if along
            else ""
        )
        self.note.setVisible(bool(along))
        self.whole.setVisible(bool(along))
        self._tab_through()
        self.theirs.setEnabled(all(row.may_be_theirs for row in rows))
        self.setVisible(bool(rows))
        self._show_ready()

    def follow(self, before: QWidget) -> None:
        """Come after a widget when somebody goes through the page with the tab key."""
        for each in (self.keep, self.theirs, self.mine, self.whole, self.other):
            QWidget.setTabOrder(before, each)
            before = each

    def _tab_through(self) -> None:
        """Let the tab key reach the choices, which are made anew each time, before the buttons below them."""
        before = self.keep.previousInFocusChain()
        for each in (button for pair in self._sides.values() for button in pair):
            if before is not None:
                QWidget.setTabOrder(before, each)
            before = each

    def choose_all(self, side: Side) -> None:
        """Choose one side for all fields."""
        for theirs, mine in self._sides.values():
            (theirs if side == "theirs" else mine).setChecked(True)

    def chosen(self) -> tuple[tuple[str, Side], ...]:
        """Return the side chosen for each path."""
        found: list[tuple[str, Side]] = []
        for path, (theirs, mine) in self._sides.items():
            if theirs.isChecked() or mine.isChecked():
                found.append((path, "theirs" if theirs.isChecked() else "mine"))
        return tuple(found)

    def begin(self) -> None:
        """Bring the keyboard to the first choice."""
        first = next(iter(self._sides.values()), None)
        if first is not None:
            (first[0] if first[0].isEnabled() else first[1]).setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose for all with T and M, and keep the choice with Enter."""
        deeds: dict[int, Callable[[], object]] = {
            Qt.Key.Key_T: lambda: self.choose_all("theirs"),
            Qt.Key.Key_M: lambda: self.choose_all("mine"),
            Qt.Key.Key_Return: self._settle,
            Qt.Key.Key_Enter: self._settle,
        }
        deed = deeds.get(event.key())
        if deed is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            deed()

    def _field(self, row: ClashLike, live_is: str) -> QWidget:
        holder = QWidget()
        holder.setAccessibleName(row.name)
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.addWidget(label(row.name, "group", wrap=True), 0, 0, 1, 3)
        theirs, mine = QRadioButton("Theirs · the proposal"), QRadioButton("Mine · the draft")
        theirs.setEnabled(row.may_be_theirs)
        group = QButtonGroup(holder)
        heads = (label(live_is, "muted"), theirs, mine)
        texts = (
            row.live,
            row.theirs if row.may_be_theirs else "There is no place for it any more.",
            row.mine,
        )
        shared = shared_lines((row.live, row.theirs, row.mine))
        whole: list[QWidget] = []
        few: list[QWidget] = []
        for at, (head, text) in enumerate(zip(heads, texts, strict=True)):
            for line, kept in ((2, few), (3, whole)) if shared else ((2, few),):
                said = _said(row.live, text, shared if kept is few else frozenset(), head)
                kept.append(said)
                grid.addWidget(said, line, at, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(head, 1, at)
            grid.setColumnStretch(at, 1)
            grid.setColumnMinimumWidth(at, 60)
            if isinstance(head, QRadioButton):
                head.setAccessibleName(f"{head.text()}, for {row.name}: {text or _absent(row.live)}")
                group.addButton(head)
                head.toggled.connect(self._show_ready)
        if shared:
            grid.addWidget(_unfold(len(shared), few, whole), 4, 0, 1, 3)
        self._sides[row.path] = (theirs, mine)
        return holder

    def _show_ready(self, _on: bool = False) -> None:
        missing = len(self._sides) - len(self.chosen())
        self.keep.setEnabled(not missing and bool(self._sides))
        self.keep.setToolTip(f"{missing} to choose" if missing else "Keep these choices (Enter)")

    def _settle(self) -> None:
        if self.keep.isEnabled():
            self.settled.emit(self.chosen())


def _absent(live: str) -> str:
    return GONE if live else NOTHING


def _said(live: str, text: str, without: frozenset[str], head: QWidget) -> QWidget:
    """Return one side in words, without some lines; what it does not share with the first is marked."""
    before, shown = (_left(each, without) for each in (live, text))
    said: QLabel = label(shown or ("" if text else _absent(live)), "" if text else "muted", wrap=True)
    if shown and before and isinstance(head, QRadioButton) and head.isEnabled():
        said = _Marked(before, shown)
    said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return said


def _left(text: str, without: frozenset[str]) -> str:
    return "\n".join(line for line in text.splitlines() if line not in without) if without else text


def _unfold(count: int, few: Sequence[QWidget], whole: Sequence[QWidget]) -> Button:
    """Return the button that shows the lines which are the same on all sides, and hides them again."""
    button = Button("", kind="link")
    button.setCheckable(True)

    def turn(on: bool) -> None:
        for widget in (*few, *whole):
            widget.setVisible(on == (widget in whole))
        button.setText(f"{'Hide' if on else 'Show'} {count} lines that stay")
        button.setAccessibleName(button.text())

    button.toggled.connect(turn)
    turn(False)
    return button
