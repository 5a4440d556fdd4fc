"""The guard that keeps tests on this machine: the test process and every Python process that it starts."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any


class NetworkTouched(AssertionError):
    """A test tried to reach another machine."""


def _is_this_machine(host: object) -> bool:
    if host is None or host in ("", b"", "localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse, as an audit hook, every way by which Python code reaches another machine."""
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_this_machine(address[0]):
            raise NetworkTouched(f"tests reach no other machine, but this one went for {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_this_machine(arguments[0]):
        raise NetworkTouched(f"tests reach no other machine, but this one looked up {arguments[0]}")


def install() -> None:
    """Guard this process for the rest of its life."""
    sys.addaudithook(_guard)
