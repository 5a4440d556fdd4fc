"""The notice bar: one sentence on what just happened, one way on, and a way to put it away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from studio.desktop.theme.tokens import S2, Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label, restyle
from studio.desktop.widgets.states import Picture

_ICONS: dict[Tone, str] = {"bad": "alert", "warn": "alert", "ok": "check"}
_SECONDS, _SECONDS_WITH_A_WAY = 9, 30


class NoticeBar(QFrame):
    """A line across the top of the page; good news leaves, later where it leads on; bad news stays."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "notice")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 6, 10, 6)
        line.setSpacing(S2)
        self._picture = Picture("info", 16)
        self.text = label("", wrap=True)
        self.way = Button("", self._go, kind="link")
        self.shut = Button("", self.hide, kind="quiet", icon="cross", name="Put this message away")
        for widget in (self._picture, self.text, self.way, self.shut):
            line.addWidget(widget, 1 if widget is self.text else 0)
        self._on_way: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(
        self, text: str, tone: Tone = "", way: str = "", on_way: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence; `way` names the button that leads on."""
        self.text.setText(text)
        self.setAccessibleName(text)
        self.setProperty("tone", tone)
        self._picture.show_icon(_ICONS.get(tone, "info"), tone or "acc")
        self.way.setText(way)
        self.way.setAccessibleName(way)
        self.way.setVisible(bool(way))
        self._on_way = on_way
        restyle(self)
        self.show()
        self._timer.stop()
        if tone not in ("bad", "warn"):
            self._timer.start((_SECONDS_WITH_A_WAY if way else _SECONDS) * 1000)

    def stay(self) -> None:
        """Let what is told stand until it is put away, also where it is good news."""
        self._timer.stop()

    def leave_behind(self) -> None:
        """Put good news away: the person went to another page."""
        if self._timer.isActive():
            self._timer.stop()
            self.hide()

    def _go(self) -> None:
        self.hide()
        if self._on_way is not None:
            self._on_way()
