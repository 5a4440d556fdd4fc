"""Fetching: bytes of a repository from a folder or a web server, bounded in time, size and place.

- `file:`, `http:` and `https:` only, always below the address that was given; redirects are refused.
- One deadline holds for a whole pull, to the last header byte, and a server may be silent only so long.
- How many bytes are taken is decided by what asks: no answer is ever read further than that.
- Proxies of the environment are used; nothing of this computer is sent but the path that is asked for.
"""

from __future__ import annotations

import functools
import http.client
import io
import os
import socket
import ssl
import stat
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient import FetcherInterface

from studio.distribution.terms import TimeLimits
from studio.domain.errors import WrongUse

CHUNK = 64 * 1024
SCHEMES = ("file", "http", "https")


def address_of(source: str) -> str:
    """Return the address of a repository, with a slash at its end; a folder becomes a `file:` address."""
    parts = urlsplit(source)
    if len(parts.scheme) < 2:  # none, or the letter of a drive
        if not Path(source).is_dir():
            raise WrongUse(f"There is no folder {source}.", "Give the repository's folder, or its address.")
        return Path(source).resolve().as_uri().rstrip("/") + "/"
    if parts.scheme not in SCHEMES or (parts.scheme != "file" and not parts.hostname):
        raise WrongUse(
            f"“{source}” is no address of a repository.", "Give a folder, or an address with http: or https:."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise WrongUse(
            "The address of a repository has no user name, question or fragment.", "Leave them out."
        )
    return source.rstrip("/") + "/"


class BoundedFetcher(FetcherInterface):
    """Fetches from below one address, until a deadline."""

    def __init__(self, address: str, limits: TimeLimits, ticks: Callable[[], float]) -> None:
        """Take the address, the limits, and a clock that only counts seconds."""
        self._address = address
        self._limits = limits
        self._ticks = ticks
        self._deadline = ticks() + limits.total
        self.requests = 0

    def _fetch(self, url: str) -> Iterator[bytes]:
        if not url.startswith(self._address):
            raise DownloadError("an address outside the repository was asked for")
        self.requests += 1
        parts = urlsplit(url)
        if parts.scheme == "file":
            return _file_chunks(Path(urllib.request.url2pathname(parts.path)))
        return self._answer(parts)

    def _answer(self, parts: SplitResult) -> Iterator[bytes]:
        connection, path = self._connection(parts)
        try:
            connection.request(
                "GET", path, headers={"Accept-Encoding": "identity", "User-Agent": "cobuilder"}
            )
            response = connection.getresponse()
            if response.status != 200:
                raise _not_ok(response)
        except (TimeoutError, SlowRetrievalError):
            connection.close()
            raise SlowRetrievalError("the server is too slow") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            raise DownloadError(_words(error)) from None
        except DownloadError:
            connection.close()
            raise
        return self._chunks(connection, response)

    def _chunks(
        self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse
    ) -> Iterator[bytes]:
        try:
            while chunk := response.read1(CHUNK):
                yield chunk
            if response.length:
                raise DownloadError("the answer ended before its end")
        except TimeoutError:
            raise SlowRetrievalError("the server is too slow") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DownloadError(_words(error)) from None
        finally:
            response.close()
            connection.close()

    def _connection(self, parts: SplitResult) -> tuple[http.client.HTTPConnection, str]:
        host, path = parts.hostname or "", parts.path or "/"
        proxy = None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get(parts.scheme)
        via = urlsplit(proxy) if proxy else None
        place, port = (via.hostname or "", via.port) if via else (host, parts.port)
        timeout = self._remaining()
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            secure = ssl.create_default_context()
            connection = http.client.HTTPSConnection(place, port, timeout=timeout, context=secure)
            if via:
                connection.set_tunnel(host, parts.port)
        else:
            connection = http.client.HTTPConnection(place, port, timeout=timeout)
            path = f"http://{parts.netloc}{path}" if via else path
        connection.response_class = functools.partial(_BoundedResponse, remaining=self._remaining)  # type: ignore[assignment]
        return connection, path

    def _remaining(self) -> float:
        """Return how long the server may be silent now; raises TimeoutError past the deadline."""
        left = self._deadline - self._ticks()
        if left <= 0:
            raise TimeoutError
        return min(self._limits.silence, left)


class _BoundedResponse(http.client.HTTPResponse):
    """A response of which each read, headers too, waits no longer than what remains."""

    def __init__(self, sock: socket.socket, *rest: Any, remaining: Callable[[], float], **named: Any) -> None:
        super().__init__(_BoundedSocket(sock, remaining), *rest, **named)  # type: ignore[arg-type]


class _BoundedSocket:
    """What a response needs of a socket: a file to read from."""

    def __init__(self, sock: socket.socket, remaining: Callable[[], float]) -> None:
        self._sock = sock
        self._remaining = remaining

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a reader that looks at the clock before each read."""
        return io.BufferedReader(_BoundedReads(self._sock, self._remaining))


class _BoundedReads(io.RawIOBase):
    def __init__(self, sock: socket.socket, remaining: Callable[[], float]) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._remaining = remaining

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _file_chunks(path: Path) -> Iterator[bytes]:
    """Return the bytes of an ordinary file, bit by bit; a missing one is a 404."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise DownloadHTTPError("there is no such file", 404) from None
    except OSError as error:
        raise DownloadError(_words(error)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DownloadError("it is no ordinary file")
    return _read_all(descriptor)


def _read_all(descriptor: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb") as file:
        try:
            while chunk := file.read(CHUNK):
                yield chunk
        except OSError as error:
            raise DownloadError(_words(error)) from None


def _not_ok(response: http.client.HTTPResponse) -> DownloadError:
    if 300 <= response.status < 400:
        return DownloadError("the server sends elsewhere, and redirects are not followed")
    return DownloadHTTPError(f"the server answered {response.status}", response.status)


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
