"""Panes: a head with a title and its buttons, a body below; split side by side with handles."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.theme.tokens import S2, S3
from studio.desktop.widgets.labels import Elided, label

_MAIN_LEAST, _SIDE_LEAST = 480, 0.66


class Pane(QFrame):
    """A titled part of a page; `head` takes chips and buttons, `body` the content."""

    def __init__(
        self, title: str = "", *, padded: bool = True, scroll: bool = False, title_lines: int = 1
    ) -> None:
        super().__init__()
        self.setProperty("role", "pane")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.bar = QFrame()
        self.bar.setProperty("role", "pane-head")
        self.bar.setMinimumHeight(46)
        self.head = QHBoxLayout(self.bar)
        self.head.setContentsMargins(14, 6, 14, 6)
        self.head.setSpacing(S2)
        self.title = Elided(title, "pane-title", title_lines)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.head.addWidget(self.title, 1)
        outer.addWidget(self.bar)
        holder = QWidget()
        holder.setProperty("role", "scroll-body" if scroll else "plain")
        self.body = QVBoxLayout(holder)
        self.body.setContentsMargins(*((14, 12, 14, 12) if padded else (0, 0, 0, 0)))
        self.body.setSpacing(S3 if padded else 0)
        self._area = scrolled(holder) if scroll else None
        outer.addWidget(self._area or holder, 1)
        self.setAccessibleName(title)

    def set_title(self, text: str) -> None:
        """Name the pane otherwise."""
        self.title.setText(text)
        self.title.updateGeometry()
        self.setAccessibleName(text)

    def add_head(self, *widgets: QWidget) -> None:
        """Put chips and buttons at the right of the title."""
        for widget in widgets:
            self.head.addWidget(widget)

    def show_top(self) -> None:
        """Scroll back to what stands first."""
        if self._area is not None:
            self._area.verticalScrollBar().setValue(0)

    def settle(self) -> None:
        """Lay out at once what was just filled in."""
        if self._area is not None:
            settle(self._area.widget())

    def clear(self) -> None:
        """Empty the body."""
        clear_layout(self.body)


def scrolled(content: QWidget) -> QScrollArea:
    """Return an area that scrolls its content up and down; it takes no focus of its own."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def settle(content: QWidget | None) -> None:
    """Lay out at once what was just filled: Qt takes several rounds, and paints squeezed cards in between."""
    if content is None:
        return
    every = [content, *content.findChildren(QWidget)]
    for widget in every:  # a layout shows new widgets by a posted call
        QCoreApplication.sendPostedEvents(widget, QEvent.Type.MetaCall.value)
    for widget in reversed(every):
        layout = widget.layout()
        if layout is not None and not widget.isHidden():
            layout.activate()
    viewport = content.parentWidget()
    area = viewport.parentWidget() if viewport is not None else None
    if isinstance(area, QScrollArea):
        QCoreApplication.sendPostedEvents(area, QEvent.Type.LayoutRequest.value)
        QCoreApplication.sendEvent(area, QEvent(QEvent.Type.LayoutRequest))


class Panes(QSplitter):
    """Panes side by side: the main one takes what is left, the others give way in a small window.

    Until a person moves a handle, the side panes have their wanted sizes where the main pane keeps
    `_MAIN_LEAST` pixels, and shrink down to `_SIDE_LEAST` of their size otherwise.
    """

    def __init__(self, parts: Sequence[QWidget], sizes: Sequence[int], main: int, share: float) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self._wanted, self._main, self._share_of_main, self._moved = list(sizes), main, share, False
        for place, part in enumerate(parts):
            self.addWidget(part)
            self.setStretchFactor(place, 1 if place == main else 0)
            part.setMinimumWidth(160)
        self.splitterMoved.connect(self._on_moved)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out again."""
        super().resizeEvent(event)
        if not self._moved:
            self._share(event.size().width())

    def _on_moved(self) -> None:
        self._moved = True

    def _share(self, width: int) -> None:
        sides = sum(size for place, size in enumerate(self._wanted) if place != self._main)
        room = max(width - max(_MAIN_LEAST, round(width * self._share_of_main)), 0)
        factor = max(_SIDE_LEAST, min(1.0, room / sides if sides else 1.0))
        sizes = [round(size * factor) for size in self._wanted]
        sizes[self._main] = max(1, width - sum(sizes) + sizes[self._main] - len(sizes) + 1)
        self.setSizes(sizes)


def panes(parts: Sequence[QWidget], sizes: Sequence[int], stretch: int, share: float = 0.44) -> Panes:
    """Put panes side by side; the one at `stretch` takes what is left, and at least a share of the width."""
    return Panes(parts, sizes, stretch, share)


def clear_layout(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of a layout and let it go."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif isinstance(inner, (QVBoxLayout, QHBoxLayout)):
            clear_layout(inner)


def group(text: str) -> QLabel:
    """Return the small heading of a group."""
    made = label(text.upper(), "group")
    made.setAccessibleName(text)
    return made


def row(*widgets: QWidget, gap: int = S2, stretch: bool = True) -> QHBoxLayout:
    """Lay widgets out in a row, with the room that is left at the end."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(gap)
    for widget in widgets:
        made.addWidget(widget)
    if stretch:
        made.addStretch(1)
    return made
