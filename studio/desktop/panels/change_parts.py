"""The parts of a change: tabs above, one part below that scrolls by itself, and the deeds under all of them.

- A part is a column of its own; whoever fills it puts panels into `body(name)` and nothing else.
- A tab may carry a count ("Who is affected · 12"); the keys Alt+1, Alt+2, Alt+3 open the tabs.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.pane import scrolled, settle


class ChangeParts(QWidget):
    """Shows one of several parts of a change; `part_shown` tells its name."""

    part_shown = Signal(str)

    def __init__(self, titles: dict[str, str]) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self._titles = titles
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.tabs = {name: Button(title, name=title) for name, title in titles.items()}
        self.bar = QFrame()
        self.bar.setProperty("role", "box-head")
        self.line = QHBoxLayout(self.bar)
        self.line.setContentsMargins(14, 6, 14, 6)
        self.line.addWidget(Switch("Parts of the change", *self.tabs.values()))
        self.line.addStretch(1)
        column.addWidget(self.bar)
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        self._bodies: dict[str, QVBoxLayout] = {}
        self._areas: dict[str, QScrollArea] = {}
        for number, (name, button) in enumerate(self.tabs.items(), 1):
            self._add(name)
            button.clicked.connect(lambda _down=False, name=name: self.show_part(name))
            key = QShortcut(QKeySequence(f"Alt+{number}"), self)
            key.setContext(Qt.ShortcutContext.WindowShortcut)
            key.activated.connect(lambda name=name: self.show_part(name))
            button.setToolTip(f"{titles[name]} (Alt+{number})")

    def _add(self, name: str) -> None:
        holder = QWidget()
        holder.setProperty("role", "scroll-body")
        body = QVBoxLayout(holder)
        body.setContentsMargins(14, 12, 14, 12)
        body.setSpacing(S3)
        area = scrolled(holder)
        area.setAccessibleName(self._titles[name])
        self._bodies[name], self._areas[name] = body, area
        self.stack.addWidget(area)

    def body(self, name: str) -> QVBoxLayout:
        """Return the column of a part."""
        return self._bodies[name]

    @property
    def shown(self) -> str:
        """Return the name of the part that is in sight."""
        return list(self._bodies)[self.stack.currentIndex()]

    def show_part(self, name: str) -> None:
        """Bring a part into sight."""
        self.tabs[name].setChecked(True)
        self.stack.setCurrentWidget(self._areas[name])
        self.part_shown.emit(name)

    def set_count(self, name: str, count: int | None) -> None:
        """Say how many things a part holds; None says nothing."""
        self.tabs[name].setText(f"{self._titles[name]} · {count:,}" if count else self._titles[name])
        self.tabs[name].updateGeometry()

    def settle(self, name: str) -> None:
        """Lay a part out before it is painted."""
        settle(self._bodies[name].parentWidget())

    def to_top(self) -> None:
        """Show every part from its beginning."""
        for area in self._areas.values():
            area.verticalScrollBar().setValue(0)
