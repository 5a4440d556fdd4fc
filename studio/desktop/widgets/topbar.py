"""The bar at the top: what is open, its state in chips, search, CoBuilder and the menu."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy

from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import Chip, Elided


class TopBar(QFrame):
    """Shows what is open; tells what was asked for."""

    search_asked = Signal()
    dock_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "top")
        self.setFixedHeight(52)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(S3)
        self.title = Elided("", "title")
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.live, self.draft = Chip(), Chip()
        self.search = Button(
            "Search or run a command", self.search_asked.emit, kind="search", key="Ctrl K", icon="search"
        )
        self.search.setFixedWidth(280)
        self.dock = Button("Ask CoBuilder", self.dock_asked.emit, icon="cobuilder")
        self.dock.setCheckable(True)
        self.menu_button = Button("", kind="quiet", icon="settings", name="Menu")
        for widget in (self.title, self.live, self.draft):
            line.addWidget(widget)
        line.addStretch(1)
        for button in (self.search, self.dock, self.menu_button):
            line.addWidget(button)
        self.live.hide()
        self.draft.hide()

    def set_narrow(self, narrow: bool) -> None:
        """Say less where the window is small."""
        self.search.setText(" Search" if narrow else " Search or run a command")
        self.search.setFixedWidth(160 if narrow else 280)

    def show_title(self, text: str) -> None:
        """Name what is open."""
        self.title.setText(text)
        self.title.updateGeometry()

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu from the last button."""
        self.menu_button.clicked.connect(
            lambda: menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))
        )
