"""A picture of a page, as wide as asked; it scrolls, and asks for a sharper picture where it grew."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from studio.desktop.theme.current import tokens

_EDGE = 12
_SMALLEST, _LARGEST = 120, 4_000


class _Sheet(QWidget):
    """The paper."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture into the sheet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self.image)
        painter.setPen(QColor(tokens().line_strong))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class PageImage(QScrollArea):
    """Shows one page; `width_asked` tells how many pixels wide a sharp picture would be."""

    width_asked = Signal(int)
    turned = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.zoom = 1.0
        self._sheet = _Sheet()
        self.setWidget(self._sheet)

    @property
    def sharp_width(self) -> int:
        """Return how many pixels wide the picture has to be."""
        return max(_SMALLEST, min(_LARGEST, round(self._paper_width() * self.devicePixelRatioF())))

    def show_png(self, picture: bytes, words: str) -> None:
        """Show a page; `words` say what is seen."""
        turned = words != self.accessibleDescription()
        self._sheet.image = QImage.fromData(picture)
        self.setAccessibleDescription(words)
        self._fit()
        if turned:
            self.verticalScrollBar().setValue(0)

    def set_zoom(self, zoom: float) -> None:
        """Show the page larger or smaller; 1 is as wide as there is room."""
        self.zoom = max(0.5, min(4.0, zoom))
        self._fit()
        self.width_asked.emit(self.sharp_width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the page in again."""
        super().resizeEvent(event)
        self._fit()
        if event.size().width() != event.oldSize().width():
            self.width_asked.emit(self.sharp_width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the pages with the keys for pages."""
        step = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.turned.emit(step)

    def _paper_width(self) -> float:
        # The bar's room is kept, so that its coming and going does not change the width.
        return max(60.0, (self.width() - 2 * _EDGE - 14) * self.zoom)

    def _fit(self) -> None:
        image = self._sheet.image
        if not image.isNull():
            width = self._paper_width()
            self._sheet.setFixedSize(QSize(round(width), round(width * image.height() / image.width())))
        self._sheet.update()
