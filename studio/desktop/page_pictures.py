"""Pictures of a document's pages, drawn off the window's thread; the newest wish wins.

- One page is drawn at a time, in the readers' sandbox; a wish that a newer one overtook is never begun.
- The last pictures are kept, so that turning back shows them at once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.desktop.relay import Relay
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.services.workbench import Workbench

Wish = tuple[str, int, int]
"""The document's digest, the page from 1, the width in pixels."""
_KEPT = 12


class PagePictures(QObject):
    """`drawn` tells page, width and PNG; `failed` tells page and a sentence."""

    drawn = Signal(int, int, bytes)
    failed = Signal(int, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._relay = Relay(self)
        self._relay.done.connect(self._on_done)
        self._relay.failed.connect(self._on_failed)
        self._kept: OrderedDict[Wish, bytes] = OrderedDict()
        self._thread: threading.Thread | None = None
        self._running: Wish | None = None
        self._next: tuple[Workbench, Wish] | None = None

    def ask(self, workbench: Workbench, digest: str, page: int, width: int) -> None:
        """Draw a page; the answer comes as a signal, at once where the picture is kept."""
        wish = (digest, page, width)
        self._next = None
        if wish in self._kept:
            self.drawn.emit(page, width, self._kept[wish])
        elif self._thread is None:
            self._begin(workbench, wish)
        elif wish != self._running:
            self._next = (workbench, wish)

    def _begin(self, workbench: Workbench, wish: Wish) -> None:
        from studio.assembly import page_picture

        relay = self._relay

        def draw() -> None:
            try:
                picture = page_picture(workbench, *wish)
            except Exception as error:  # the window shows it; a thread has nobody else to tell
                answer, told = relay.tell_failed, error
            else:
                answer, told = relay.tell_done, picture  # type: ignore[assignment]
            try:
                answer(told)
            except RuntimeError:
                return  # the window is gone; nobody waits for the picture

        self._running = wish
        self._thread = threading.Thread(target=draw, name="page picture", daemon=True)
        self._thread.start()

    def _end(self) -> tuple[Wish, bool]:
        """Return what was drawn, and whether it is still wanted."""
        assert self._thread is not None
        assert self._running is not None
        self._thread.join(10)  # it has told its last; waiting leaves no thread behind
        done, self._thread, self._running = self._running, None, None
        waiting, self._next = self._next, None
        if waiting is not None:
            self.ask(waiting[0], *waiting[1])
        return done, waiting is None

    def _on_done(self, picture: bytes) -> None:
        wish, wanted = self._end()
        self._kept[wish] = picture
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        if wanted:
            self.drawn.emit(wish[1], wish[2], picture)

    def _on_failed(self, error: BaseException) -> None:
        wish, wanted = self._end()
        if wanted:
            known = isinstance(error, StudioError)
            words = str(error) if known else "The page could not be drawn. The text beside it is complete."
            self.failed.emit(wish[1], words)
