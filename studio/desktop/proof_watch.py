"""The watch over proofs: a large draft is checked in the background; `found` tells when that is done.

- One check at a time, beside the jobs that a person starts: it stands in nobody's way and in no tray.
- What changed meanwhile counts: what runs for older content is let go of, and the newest is checked next.
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
    from studio.services.jobs import Handle, Job
    from studio.services.workbench import Workbench

REST = 120
"""Milliseconds before it begins: what was done is shown first, and several edits are checked once."""


class ProofWatch(QObject):
    """Watches for a session."""

    found = Signal()

    def __init__(self, workbench: Callable[[], Workbench | None], parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._handle: Handle[None] | None = None
        self._again = False
        self._relay = Relay(self)
        self._relay.done.connect(self._on_done)
        self._relay.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self._begin)

    @property
    def looking(self) -> bool:
        """Return whether the draft is being checked, or about to be."""
        return self._handle is not None or self._timer.isActive()

    def want(self) -> None:
        """Have the present draft checked."""
        if self._handle is not None:
            self._again = True
            self._handle.cancel()
        elif not self._timer.isActive():
            self._timer.start()

    def let_go(self) -> None:
        """Hear no more of what runs: another workspace is opened, or none. The workbench ends it."""
        self._timer.stop()
        self._handle, self._again = None, False

    def job(self) -> Job[None]:
        """Return what is done in the background."""
        from studio.services.stages.checking import CheckDraft

        return CheckDraft()

    def _begin(self) -> None:
        workbench = self._workbench()
        if workbench is None:
            return
        of = object()  # its reports carry it, so that none of an older check is mistaken for one of it
        self._of = of
        tell = self._relay
        self._handle = workbench.start(
            self.job(), silent, partial(tell.tell_done, of=of), partial(tell.tell_failed, of=of)
        )

    def _on_done(self, result: None, of: object) -> None:
        if self._ended(of):
            self.found.emit()

    def _on_failed(self, error: BaseException, of: object) -> None:
        # What a person may mend is told by the page, which asks for the same; nobody stops it but `want`.
        if self._ended(of) and not isinstance(error, StudioError):
            sys.excepthook(type(error), error, error.__traceback__)

    def _ended(self, of: object) -> bool:
        """Take note that a check has ended; return whether it was the newest that was wanted."""
        if self._handle is None or of is not self._of:
            return False
        self._handle.join(10)  # the thread has told its last; waiting leaves none behind
        again, self._handle, self._again = self._again, None, False
        if again:
            self._begin()
        return not again
