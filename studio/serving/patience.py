"""How long a connection is waited for: uvicorn's protocol, with a time for headers, for answers and for room.

- Headers must be whole within `header_seconds` of the connection, or of the answer before: bytes that trickle
  in do not lengthen it. Bodies have their own time (`read_seconds`, in the application).
- A request that was answered before its body came ends its connection, so that nobody goes on sending.
- Who does not take in what is sent is cut off after `header_seconds`, too.
- More connections than there may be are told so, and closed at once.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from studio.domain.frozen import canonical
from studio.serving.limits import Limits
from studio.serving.trouble import Trouble

HEADER_BYTES = 16_384


class Patient(H11Protocol):
    """A connection that is not waited for without end."""

    limits: ClassVar[Limits]

    _deadline: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for headers, or refuse where there is no room."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._refuse(Trouble("crowded", "Try again in a moment."))
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes in; a request that has begun is waited for otherwise."""
        if self.transport.is_closing():
            return
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before and self._deadline is not None:
            self._deadline.cancel()

    def on_response_complete(self) -> None:
        """End what was answered before its body came; else wait for the next request."""
        unread = self.cycle.more_body
        super().on_response_complete()
        if unread:
            self._close()
        elif not self.transport.is_closing() and self.cycle.response_complete:
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP/1.1, as a problem."""
        self._refuse(Trouble("not-readable", "Send a request of HTTP/1.1."))

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing more came."""
        super().timeout_keep_alive_handler()
        self._close()

    def pause_writing(self) -> None:
        """Cut off later who does not take in what is sent."""
        super().pause_writing()
        self._cut_later()

    def resume_writing(self) -> None:
        """Go on with who took it in."""
        super().resume_writing()
        if self._stuck is not None and not self.transport.is_closing():
            self._stuck.cancel()
            self._stuck = None

    def _wait(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(self.limits.header_seconds, self._late)

    def _late(self) -> None:
        self._refuse(Trouble("too-slow", "Send the headers of the request at once."))

    def _refuse(self, trouble: Trouble) -> None:
        if not self.transport.is_closing():
            self.transport.write(_spelled(trouble))
        self._close()

    def _close(self) -> None:
        self.transport.close()
        self._cut_later()

    def _cut_later(self) -> None:
        if self._stuck is None:
            self._stuck = self.loop.call_later(self.limits.header_seconds, self.transport.abort)

    def _cancel(self) -> None:
        for timer in (self._deadline, self._stuck):
            if timer is not None:
                timer.cancel()


def protocol(limits: Limits) -> type[Patient]:
    """Return the protocol of connections that are kept to these limits."""
    return type("Kept", (Patient,), {"limits": limits})


def _spelled(trouble: Trouble) -> bytes:
    """Return the whole answer of a connection on which no request was heard."""
    body = canonical(trouble.problem)
    retry = "" if trouble.retry_after is None else f"Retry-After: {trouble.retry_after}\r\n"
    head = (
        f"HTTP/1.1 {trouble.status} {trouble.title}\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\n{retry}Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
