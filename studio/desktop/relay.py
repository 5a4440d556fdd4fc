"""The single thread crossing: what the core tells in any thread becomes Qt signals in the window's thread.

- The signal object is made in the window's thread; Qt queues what is emitted elsewhere.
- Every report says of which work it is (`of`), for whoever listens to several.
- Progress is thinned to about 15 reports a second; the first and the last always pass.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from studio.services.events import Changed

_SECONDS_BETWEEN = 0.066


class Relay(QObject):
    """Carries changes and reports of jobs over to the window's thread."""

    changed = Signal(object)
    progressed = Signal(float, str, object)
    done = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last = 0.0

    def tell_change(self, changed: Changed) -> None:
        """Tell that something changed; any thread."""
        self.changed.emit(changed)

    def tell_progress(self, fraction: float, message: str = "", of: object = None) -> None:
        """Tell how far a job is; any thread."""
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN or fraction in (0.0, 1.0):
            self._last = now
            self.progressed.emit(fraction, message, of)

    def tell_done(self, result: object, of: object = None) -> None:
        """Tell that a job came to its end; any thread."""
        self.done.emit(result, of)

    def tell_failed(self, error: BaseException, of: object = None) -> None:
        """Tell that a job did not; any thread."""
        self.failed.emit(error, of)
