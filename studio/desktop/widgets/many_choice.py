"""Several of many: a field that says what is chosen, and opens a list with ticks, a filter and groups.

- Nothing ticked means what the field says for nothing (“All tests”, “As each test says”).
- The list stays open while one ticks; Escape or a click elsewhere closes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout

from studio.desktop.theme.current import tokens
from studio.desktop.theme.icons import renderer
from studio.desktop.theme.tips import tip
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.pane import row

Group = tuple[str, tuple[str, ...]]
_ID = int(Qt.ItemDataRole.UserRole)
_SEARCHED = 9
"""From so many on, the list can be filtered."""


class ManyChoice(QPushButton):
    """Holds the chosen ids; `changed` tells that they are others now."""

    changed = Signal()

    def __init__(self, name: str, nothing: str) -> None:
        super().__init__()
        self._name, self._nothing = name, nothing
        self._items: tuple[tuple[str, str], ...] = ()
        self._groups: tuple[Group, ...] = ()
        self._chosen: tuple[str, ...] = ()
        self.setProperty("kind", "choice")
        self.setAutoDefault(False)
        self.list = _TickList(self)
        self.clicked.connect(self.open)
        self._tell()

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the ids that are ticked, in the order of the list."""
        return self._chosen

    def show_items(self, items: Sequence[tuple[str, str]], groups: Sequence[Group] = ()) -> None:
        """Offer ids with their words, and groups that tick several; what was ticked stays where it can."""
        self._items, self._groups = tuple(items), tuple(groups)
        known = {name for name, _ in items}
        self._chosen = tuple(name for name in self._chosen if name in known)
        self._tell()

    def choose(self, ids: Sequence[str]) -> None:
        """Tick exactly these."""
        wanted = set(ids)
        chosen = tuple(name for name, _ in self._items if name in wanted)
        if chosen != self._chosen:
            self._chosen = chosen
            self._tell()
            self.changed.emit()

    def open(self) -> None:
        """Show the list below the field."""
        self.list.show_items(self._items, self._groups, self._chosen)
        self.list.setFixedWidth(max(320, self.width()))
        self.list.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self.list.show()

    def _tell(self) -> None:
        words = dict(self._items)
        count = len(self._chosen)
        said = ", ".join(words[name] for name in self._chosen) if count < 3 else f"{count} chosen"
        letters = self.fontMetrics()
        self.setText(letters.elidedText(said or self._nothing, Qt.TextElideMode.ElideRight, self._room()))
        self.setToolTip(tip("\n".join(words[name] for name in self._chosen)))
        self.setAccessibleName(f"{self._name}: {said or self._nothing}")

    def _room(self) -> int:
        return max(80, self.width() - 40)

    def resizeEvent(self, event: object) -> None:
        """Shorten the words again."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list with the arrow down, as other choices do."""
        if event.key() == Qt.Key.Key_Down:
            self.open()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, then the arrow."""
        super().paintEvent(event)
        box = QRectF(self.width() - 21, (self.height() - 11) / 2, 11, 11)
        renderer("chevron-down", tokens().muted).render(QPainter(self), box)


class _TickList(QFrame):
    """The list that opens."""

    def __init__(self, field: ManyChoice) -> None:
        super().__init__(field, Qt.WindowType.Popup)
        self._field = field
        self.setProperty("role", "palette")
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter")
        self.filter.setAccessibleName("Filter the list")
        self.filter.textChanged.connect(self._filter)
        self.rows = QListWidget()
        self.rows.setAccessibleName(field._name)
        self.rows.setSpacing(2)
        self.rows.itemChanged.connect(lambda _item: self._tell())
        self._line = row()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.filter)
        column.addWidget(self.rows)
        column.addLayout(self._line)

    def show_items(
        self, items: Sequence[tuple[str, str]], groups: Sequence[Group], chosen: Sequence[str]
    ) -> None:
        """Fill the list."""
        self.filter.clear()
        self.filter.setVisible(len(items) >= _SEARCHED)
        self.rows.blockSignals(True)
        self.rows.clear()
        for name, words in items:
            item = QListWidgetItem(words)
            item.setData(_ID, name)
            item.setToolTip(tip(words))
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
            )
            item.setCheckState(Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked)
            self.rows.addItem(item)
        self.rows.blockSignals(False)
        self.rows.setFixedHeight(min(300, 12 + 26 * max(2, len(items))))
        while (old := self._line.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        for words, ids in (("None", ()), *groups):
            self._line.addWidget(Button(words, partial(self._tick, ids), kind="link"))
        self._line.addStretch(1)
        self.adjustSize()
        (self.rows if self.filter.isHidden() else self.filter).setFocus()

    def _tick(self, ids: Sequence[str]) -> None:
        self.rows.blockSignals(True)
        for at in range(self.rows.count()):
            item = self.rows.item(at)
            item.setCheckState(Qt.CheckState.Checked if item.data(_ID) in ids else Qt.CheckState.Unchecked)
        self.rows.blockSignals(False)
        self._tell()

    def _filter(self, text: str) -> None:
        for at in range(self.rows.count()):
            item = self.rows.item(at)
            item.setHidden(text.casefold() not in item.text().casefold())

    def _tell(self) -> None:
        items = [self.rows.item(at) for at in range(self.rows.count())]
        self._field.choose([str(i.data(_ID)) for i in items if i.checkState() == Qt.CheckState.Checked])
