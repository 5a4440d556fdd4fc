"""The watch over one change: which checks it turns is worked out in the background, `found` tells when.

- One at a time, in no tray and in nobody's way; the newest wish is next, those between are let go of.
- It begins once somebody rests on a change: who goes through them by key is not slowed down by proofs.
- What was found is remembered by content (`standing.checks_of`), so asking again costs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.desktop.relay import Relay
from studio.domain.errors import StudioError
from studio.ports import silent

if TYPE_CHECKING:
    from studio.services.jobs import Handle
    from studio.services.queries.review import ChangeProofs
    from studio.services.workbench import Workbench

Wish = tuple[str, str]
RESTS = 250
"""Milliseconds on one change after which it is proved."""


class ChangeWatch(QObject):
    """Watches for the review page; `found` carries the proposal, the change, and what was found or None."""

    found = Signal(str, str, object)

    def __init__(self, workbench: Callable[[], Workbench | None], parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._handle: Handle[ChangeProofs] | None = None
        self._of: object = None
        self._next: Wish | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(RESTS)
        self._rest.timeout.connect(self._rested)
        self._relay = Relay(self)
        self._relay.done.connect(self._on_done)
        self._relay.failed.connect(self._on_failed)

    @property
    def proving(self) -> bool:
        """Return whether a change is being proved."""
        return self._handle is not None or self._rest.isActive()

    def want(self, wish: Wish) -> None:
        """Have a change proved, after the one that is being proved."""
        self._next = wish
        self._rest.start()

    def let_go(self) -> None:
        """Hear no more of what runs: another workspace is opened, or none."""
        self._handle, self._of, self._next = None, None, None
        self._rest.stop()

    def _rested(self) -> None:
        if self._handle is None:
            self._begin()

    def _begin(self) -> None:
        from studio.services.stages.proving_change import ProveChangeApart

        wish, self._next = self._next, None
        workbench = self._workbench()
        if workbench is None or wish is None:
            return
        self._of = of = (wish, object())  # its reports carry it, so that none of an older one is mistaken
        tell = self._relay
        try:
            self._handle = workbench.start(
                ProveChangeApart(*wish),
                silent,
                partial(tell.tell_done, of=of),
                partial(tell.tell_failed, of=of),
            )
        except StudioError:  # the change is gone; the page asks anew and says so
            self._handle = None

    def _on_done(self, result: ChangeProofs, of: tuple[Wish, object]) -> None:
        if self._ended(of):
            self.found.emit(*of[0], result)

    def _on_failed(self, error: BaseException, of: tuple[Wish, object]) -> None:
        if not self._ended(of):
            return
        if not isinstance(error, StudioError):
            sys.excepthook(type(error), error, error.__traceback__)
        self.found.emit(*of[0], None)

    def _ended(self, of: tuple[Wish, object]) -> bool:
        """Take note that one has ended; return whether it is still the one that is looked at."""
        if of is not self._of or self._handle is None:
            return False
        self._handle.join(10)  # the thread has told its last; waiting leaves none behind
        self._handle = None
        outdone = self._next is not None and self._next != of[0]
        if self._next is not None and not self._rest.isActive():
            self._begin()
        return not outdone
