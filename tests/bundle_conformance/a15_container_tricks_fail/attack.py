"""Files too many, too few or misnamed, and the known tricks with zip containers."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

from studio.release import container, layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit

NOT_SOUND = "This file is not a sound bundle"
BAD_NAMES = {
    "traversal": "../evil.json",
    "inner traversal": "agent/../../evil.json",
    "absolute": "/etc/passwd",
    "drive": "c:/evil.json",
    "backslash": "agent\\evil.json",
    "UNC": "//server/share",
    "device": "con",
    "device with ending": "report/aux.html",
    "case": "Manifest.json",
    "composed letter": "agent/caf\u00e9.json",
    "decomposed letter": "agent/cafe\u0301.json",
    "bidi": "agent/\u202enosj.json",
    "NUL": "manifest.json\0.html",
    "new line": "agent/a\nb.json",
    "trailing dot": "agent/after.json.",
    "trailing space": "agent/after.json ",
    "alternate stream": "agent/after.json:x",
    "folder entry": "agent/",
    "empty name": "",
    "current folder": "./manifest.json",
    "double slash": "agent//after.json",
    "long name": "a" * 300,
    "deep name": "a/b/c/d/e/f.json",
}


def raw_zip(files: list[tuple[bytes, bytes]], **local: int) -> bytes:
    """Return a stored zip in our form with any names; `local` changes fields of the last local header."""
    body, directory = b"", b""
    for at, (name, data) in enumerate(files):
        facts = {"version": 20, "flags": 0, "method": 0, "crc": zlib.crc32(data), "packed": len(data)}
        facts |= {"size": len(data), "name": len(name), "extra": 0}
        told = facts | (local if at == len(files) - 1 else {})
        common = ("version", "flags", "method")
        sizes = ("crc", "packed", "size", "name", "extra")
        directory += struct.pack(
            "<4s6H3I5H2I",
            *(b"PK\x01\x02", 20, *(facts[f] for f in common), 0, 33, *(facts[f] for f in sizes)),
            *(0, 0, 0, 0, len(body)),
        )
        directory += name
        body += struct.pack(
            "<4s5H3I2H", b"PK\x03\x04", *(told[f] for f in common), 0, 33, *(told[f] for f in sizes)
        )
        body += name + data
    end = (len(files), len(files), len(directory), len(body), 0)
    return body + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, *end)


def python_zip(files: dict[str, bytes], **options: int) -> bytes:
    """Return what Python's own zipfile writes, with a symbolic link among it if asked for."""
    link = options.pop("link", 0)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", **options) as archive:  # type: ignore[call-overload]
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
        if link:
            info = zipfile.ZipInfo("report/link.html")
            info.external_attr = 0o120777 << 16
            archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def attempts(kit: Kit) -> list[Attempt]:
    """Return layout faults, bad names, and byte tricks."""
    return [*_layout(kit), *_names(kit), *_bytes(kit)]


def _layout(kit: Kit) -> list[Attempt]:
    files = kit.files()
    without = {name: data for name, data in files.items() if name != layout.LINEAGE}
    gap = {name: data for name, data in files.items() if "02." not in name}
    renamed = {**without, "lineage/source.json": files[layout.LINEAGE]}
    cases = {
        "missing": (without, "lacks lineage/sources.json"),
        "renamed": (renamed, "lacks lineage/sources.json"),
        "extra": ({**files, "evidence/more.json": b"{}"}, "holds evidence/more.json"),
        "extra attestation": ({**files, "attestations/evil.json": b"{}"}, "holds attestations/evil.json"),
        "gap in the numbers": (gap, "not numbered"),
        "no manifest": ({"agent/after.json": b"{}"}, "lacks agent/before.json"),
    }
    return [kit.attempt(label, data, "container", words) for label, (data, words) in cases.items()]


def _names(kit: Kit) -> list[Attempt]:
    files = [(name.encode(), data) for name, data in sorted(kit.files().items())]
    found = []
    for label, name in BAD_NAMES.items():
        data = raw_zip(sorted([*files, (name.encode(), b"evil")]))
        found.append(kit.attempt(label, data, "container", NOT_SOUND))
    return found


def _bytes(kit: Kit) -> list[Attempt]:
    files = kit.files()
    sound = container.pack(files)
    pairs = [(name.encode(), data) for name, data in sorted(files.items())]
    assert raw_zip(pairs) == sound
    end = len(sound) - 22
    start = struct.unpack_from("<I", sound, end + 16)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tricks = {
            "empty": b"",
            "empty zip": sound[end:],
            "truncated": sound[: len(sound) // 2],
            "tail missing": sound[:-1],
            "no directory": sound[:start],
            "prepended": b"#!/bin/sh\n" + sound,
            "trailing": sound + b"\0",
            "trailing zip": sound + sound,
            "comment": sound[:-2] + struct.pack("<H", 4) + b"note",
            "hidden data before the directory": sound[:start] + b"hidden" + sound[start:],
            "duplicate": raw_zip([*pairs, pairs[-1]]),
            "duplicate manifest, other content": raw_zip(sorted([*pairs, (b"manifest.json", b"{}")])),
            "unsorted": raw_zip(pairs[::-1]),
            "bad checksum": raw_zip(pairs, crc=1),
            "local size lies": raw_zip(pairs, size=5, packed=5),
            "sizes differ": raw_zip(pairs, size=2**31),
            "huge size": raw_zip(pairs, size=2**32 - 1, packed=2**32 - 1),
            "zip64 lies": raw_zip(pairs, size=2**32 - 1, packed=2**32 - 1, version=45),
            "encrypted": raw_zip(pairs, flags=1),
            "data descriptor": raw_zip(pairs, flags=8),
            "UTF-8 flag": raw_zip(pairs, flags=0x800),
            "method": raw_zip(pairs, method=8),
            "version": raw_zip(pairs, version=10),
            "name length lies": raw_zip(pairs, name=3),
            "extra field": raw_zip(pairs, extra=4),
            "names differ, local and central": sound.replace(b"manifest.json", b"manifezt.json", 1),
            "entry hidden from the directory": sound[:start] + raw_zip(pairs[:1])[: len(pairs[0][1]) + 60],
            "overlap": sound[: end - 4] + struct.pack("<I", 0) + sound[end:],
            "directory count lies": sound[: end + 8] + struct.pack("<H", 1) + sound[end + 10 :],
            "nested bundle": container.pack({**files, "evidence/inner.cobundle": sound}),
            "too many files": raw_zip([(b"f%04d" % n, b"") for n in range(2000)]),
            "compressed by zipfile": python_zip(files, compression=zipfile.ZIP_DEFLATED),
            "stored by zipfile": python_zip(files),
            "symbolic link": python_zip(files, link=1),
            "bomb by ratio": python_zip({"a": b"\0" * 20_000_000}, compression=zipfile.ZIP_DEFLATED),
            "tar": b"manifest.json" + b"\0" * 499,
            "text": b"PK\x03\x04" + b"\xff" * 100,
        }
    words = {"nested bundle": "holds evidence/inner.cobundle"}
    return [
        kit.attempt(label, data, "container", words.get(label, NOT_SOUND)) for label, data in tricks.items()
    ]
