"""The bundle's container: a stored zip with exactly one possible byte sequence for its content.

- No compression, sorted names, fixed date, no extra fields, comments, descriptors, zip64 or folders.
- The reader parses, rebuilds the archive from (name, bytes) and demands byte identity, so every trick that
  needs a byte of freedom (hidden data, two truths, lying lengths, bad checksums) is refused in one place.
- Nothing is ever written to disk. Memory is bounded by the size of the input, which is bounded first.
- Names are lower-case ASCII segments: no case, Unicode, traversal, drive or device question can arise.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Mapping

from studio.domain.errors import BundleBroken

MAX_BYTES = 256 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_NAME = 120
MAX_DEPTH = 4

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 20
_DOS_DATE = 0x21  # 1980-01-01, the first day a zip can name

_SEGMENT = re.compile(r"[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?")
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in range(10)]
)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the container's bytes for these files; the same files always give the same bytes."""
    return b"".join(_pieces(files))


def _pieces(files: Mapping[str, bytes]) -> tuple[bytes, ...]:
    _check_contents(files)
    body: list[bytes] = []
    directory, start = bytearray(), 0
    for name in sorted(files):
        data, raw = files[name], name.encode("ascii")
        facts = (_VERSION, 0, 0, 0, _DOS_DATE, zlib.crc32(data), len(data), len(data), len(raw), 0)
        directory += _CENTRAL.pack(_CENTRAL_MARK, _VERSION, *facts, 0, 0, 0, 0, start) + raw
        head = _LOCAL.pack(_LOCAL_MARK, *facts) + raw
        body += (head, data)
        start += len(head) + len(data)
    end = _END.pack(_END_MARK, 0, 0, len(files), len(files), len(directory), start, 0)
    return (*body, bytes(directory), end)


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of a container, or raise BundleBroken; what is returned packs to `data` again."""
    if len(data) > MAX_BYTES:
        raise _broken(f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
    if len(data) < _END.size or not data.startswith(_LOCAL_MARK):
        raise _broken("it does not begin and end as a bundle does")
    files: dict[str, bytes] = {}
    offset = 0
    while data[offset : offset + 4] == _LOCAL_MARK:
        name, content, offset = _entry(data, offset)
        if name in files:
            raise _broken(f"it holds two files named {name}")
        if len(files) >= MAX_ENTRIES:
            raise _broken(f"it holds more than {MAX_ENTRIES} files")
        files[name] = content
    if not _is_made_of(data, _pieces(files)):
        raise _broken("it holds data that is damaged, hidden or out of order, which no export writes")
    return files


def _is_made_of(data: bytes, pieces: Iterable[bytes]) -> bool:
    """Return whether the data is these pieces, one after the other, without putting them together."""
    at = 0
    for piece in pieces:
        if not data.startswith(piece, at):
            return False
        at += len(piece)
    return at == len(data)


def check_name(name: str) -> None:
    """Raise BundleBroken unless the name may stand in a bundle."""
    segments = name.split("/")
    if not name or len(name) > MAX_NAME or len(segments) > MAX_DEPTH:
        raise _broken("a file name in it is empty, too long or too deep")
    for segment in segments:
        if not _SEGMENT.fullmatch(segment) or ".." in segment or segment.split(".")[0] in _DEVICES:
            raise _broken(f"the file name {name[:60]!a} is not allowed")


def _entry(data: bytes, offset: int) -> tuple[str, bytes, int]:
    if len(data) - offset < _LOCAL.size:
        raise _broken("it is cut off")
    fields = _LOCAL.unpack_from(data, offset)
    flags, method, stored, size, name_size, extra_size = fields[2], fields[3], *fields[7:11]
    if flags or method or extra_size or stored != size:
        raise _broken("it uses compression, encryption or other zip features that bundles do not have")
    name_start = offset + _LOCAL.size
    start = name_start + name_size
    if name_size > MAX_NAME or start + size > len(data):
        raise _broken("it is cut off, or lies about its lengths")
    try:
        name = data[name_start:start].decode("ascii")
    except UnicodeDecodeError:
        raise _broken("a file name in it has characters other than a-z, 0-9 and . _ - /") from None
    check_name(name)
    return name, data[start : start + size], start + size


def _check_contents(files: Mapping[str, bytes]) -> None:
    if not files or len(files) > MAX_ENTRIES:
        raise _broken(f"it holds no file, or more than {MAX_ENTRIES}")
    for name in files:
        check_name(name)
        if any(name.startswith(other + "/") for other in _parents(name) if other in files):
            raise _broken(f"{name} stands below a file of the same name")
    if sum(len(name) * 2 + 80 + len(content) for name, content in files.items()) > MAX_BYTES:
        raise _broken(f"it is larger than {MAX_BYTES // 1024 // 1024} MB")


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _broken(why: str) -> BundleBroken:
    return BundleBroken(f"This file is not a sound bundle: {why}.", "Ask the sender for a fresh export.")
