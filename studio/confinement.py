"""Confinement: what a process that looks at untrusted input gives up before it looks.

- By the operating system: memory, processor time, the size of a file, core dumps; the network, where Linux
  lets an ordinary user enter an empty namespace of it.
- By an audit hook of Python, which code of an extension could pass by: sockets, other programs, and opening
  any file to write. It is a second wall, not the first.
"""

from __future__ import annotations

import os
import sys
from typing import Any

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.spawn",
    "ftplib.",
)
_CHANGES = frozenset(
    f"os.{deed}"
    for deed in ("remove", "rename", "rmdir", "mkdir", "link", "symlink", "truncate", "chmod", "chown")
)
_NEW_USER_NAMESPACE = 0x10000000
_NEW_NETWORK_NAMESPACE = 0x40000000


def renounce(memory_bytes: int, processor_seconds: int, file_bytes: int, who: str) -> None:
    """Give up memory, time, network, other programs and writing, as far as the system lets us.

    `who` is named where something forbidden is asked for all the same.
    """
    sys.dont_write_bytecode = True
    _leave_network()
    try:
        import resource
    except ImportError:  # Windows: the wall limit of whoever waits holds
        pass
    else:
        for limit, soft, hard in (
            (resource.RLIMIT_AS, memory_bytes, memory_bytes),
            (resource.RLIMIT_CPU, processor_seconds, processor_seconds + 2),
            (resource.RLIMIT_FSIZE, file_bytes, file_bytes),
            (resource.RLIMIT_CORE, 0, 0),
        ):
            try:
                resource.setrlimit(limit, (soft, hard))
            except (ValueError, OSError):  # not known here, or already lower
                continue

    def forbid(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN) or event in _CHANGES:
            raise PermissionError(f"{who} asked for {event}")
        if event == "open" and isinstance(arguments[0], str | bytes) and _writes(arguments[1], arguments[2]):
            raise PermissionError(f"{who} asked to write a file")

    sys.addaudithook(forbid)


def _leave_network() -> None:
    """Enter an empty network namespace where Linux lets an ordinary user do so."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).unshare(_NEW_USER_NAMESPACE | _NEW_NETWORK_NAMESPACE)
    except (OSError, AttributeError):
        return  # the audit hook stands alone


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return any(sign in mode for sign in "wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
