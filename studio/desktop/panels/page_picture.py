"""The page picture: the page of a PDF as it was laid out, beside the text that was read from it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.page_image import PageImage
from studio.desktop.widgets.pane import Pane
from studio.desktop.widgets.states import EmptyState, StateStack

_STEP, _REST = 1.25, 120


class PagePicture(Pane):
    """`asked` tells page and width in pixels of the picture to show; `closed` that it shall go."""

    asked = Signal(int, int)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__("Page", padded=False)
        self.page, self._last, self._shown = 1, 1, (0, 0)
        self.back = Button("", lambda: self.turn(-1), icon="arrow-left", name="Page before")
        self.on = Button("", lambda: self.turn(1), icon="arrow-right", name="Next page")
        self.smaller = Button("", lambda: self._zoom(1 / _STEP), icon="minus", name="Show the page smaller")
        self.larger = Button("", lambda: self._zoom(_STEP), icon="plus", name="Show the page larger")
        close = Button("", self.closed.emit, icon="cross", name="Put the page away")
        self.add_head(self.back, self.on, self.smaller, self.larger, close)
        self.image = PageImage("Page of the document")
        self.states = StateStack(self.image, EmptyState("sources", "No page", ""))
        self.states.again.clicked.connect(lambda: self._ask(anew=True))
        self.body.addWidget(self.states)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._ask)
        self.image.width_asked.connect(lambda _width: self._rest.start())
        self.image.turned.connect(self.turn)

    def begin(self, page: int, last: int) -> None:
        """Show a page of another document, which has text up to page `last`."""
        self._last, self._shown = max(1, last), (0, 0)
        self.show_page(page)

    def show_page(self, page: int) -> None:
        """Show a page."""
        self.page = max(1, min(self._last, page))
        self.set_title(f"Page {self.page} of {self._last}")
        self.back.setEnabled(self.page > 1)
        self.on.setEnabled(self.page < self._last)
        self._ask()

    def turn(self, by: int) -> None:
        """Show the next page, or the one before."""
        self.show_page(self.page + by)

    def take(self, page: int, width: int, picture: bytes) -> None:
        """Take a picture that was drawn, unless another page is wanted by now."""
        if page == self.page:
            self._shown = (page, width)
            self.states.show_content()
            self.image.show_png(picture, f"Page {page} of {self._last}")

    def fail(self, page: int, words: str) -> None:
        """Say that a page could not be drawn."""
        if page == self.page:
            self._shown = (0, 0)
            self.states.show_error(words)

    def _zoom(self, factor: float) -> None:
        self.image.set_zoom(self.image.zoom * factor)

    def _ask(self, anew: bool = False) -> None:
        wanted = (self.page, self.image.sharp_width)
        if not self.isVisible() or (wanted == self._shown and not anew):
            return
        if self._shown[0] != self.page:
            self.states.show_busy(f"Drawing page {self.page}")
        self.asked.emit(*wanted)
