"""Buttons: one class, told apart by `kind`; an icon by name and a key cap where there is a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.icons import pixmap
from studio.desktop.theme.tips import tip
from studio.desktop.widgets.labels import key_width, paint_key

Kind = Literal["", "primary", "accept", "reject", "link", "quiet", "search"]


class Button(QPushButton):
    """A push button with an optional icon and key cap."""

    def __init__(
        self,
        text: str,
        on_click: Callable[[], object] | None = None,
        *,
        kind: Kind = "",
        icon: str = "",
        key: str = "",
        name: str = "",
    ) -> None:
        # The style leaves no room between icon and words.
        super().__init__(f" {text}" if icon and text else text)
        self._icon_name = icon
        self._kind = kind
        self._key = key
        self.setProperty("kind", kind)
        self.setProperty("keyed", bool(key))
        self.setAutoDefault(False)
        self.setAccessibleName(name or text)
        if key:
            self.setToolTip(tip(f"{name or text} ({key})"))
        elif name and name != text:
            self.setToolTip(tip(name))
        self.setIconSize(QSize(14, 14))
        self.setSizePolicy(
            QSizePolicy.Policy.Maximum if kind != "search" else QSizePolicy.Policy.Fixed,
            QSizePolicy.Policy.Fixed,
        )
        if on_click is not None:
            self.clicked.connect(lambda _checked=False: on_click())
        self._tint()

    def dress(self, kind: Kind) -> None:
        """Look like another kind from now on: what was the next step is one thing among others, say."""
        if kind == self._kind:
            return
        self._kind = kind
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._tint()

    def stand_close(self, close: bool) -> None:
        """Do without the key cap and with less room beside the words, where several stand in little room."""
        if close == bool(self.property("close")):
            return
        self.setProperty("close", close)
        self.setProperty("keyed", bool(self._key) and not close)
        self.style().unpolish(self)
        self.style().polish(self)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Never cut the words."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon again when colours or state change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange, QEvent.Type.StyleChange):
            self._tint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, and the key cap at its right edge."""
        super().paintEvent(event)
        if self._key and not self.property("close"):
            width = key_width(self._key)
            box = QRectF(self.width() - width - 8, (self.height() - 18) / 2, width, 18)
            paint_key(
                QPainter(self), box, self._key, self._ink() if self._kind in ("accept", "reject") else None
            )

    def _ink(self) -> str:
        t = tokens()
        if not self.isEnabled():
            return t.rail_on if self._kind == "primary" else t.faint
        inks = {
            "primary": t.accent_text,
            "accept": t.add,
            "reject": t.removed,
            "link": t.accent,
            "search": t.muted,
        }
        return inks.get(self._kind, t.text)

    def _tint(self) -> None:
        if getattr(self, "_icon_name", ""):
            self.setIcon(QIcon(pixmap(self._icon_name, self._ink(), 14)))


class Switch(QWidget):
    """Two or three buttons of which one is down."""

    def __init__(self, name: str, *buttons: Button) -> None:
        super().__init__()
        self.setAccessibleName(name)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for place, button in enumerate(buttons):
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setProperty(
                "segment", "left" if not place else "right" if place == len(buttons) - 1 else "middle"
            )
            line.addWidget(button)
        buttons[0].setChecked(True)
