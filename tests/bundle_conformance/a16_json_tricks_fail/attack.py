"""JSON that two readers read differently, or that breaks one: in the manifest, an agent or an attestation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.frozen import digest
from studio.release import layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return each trick in manifest.json, in agent/after.json and in an attestation."""
    files = kit.files()
    sound = files[layout.MANIFEST]
    tricks = {
        "duplicate member": sound.replace(b'{"agent":', b'{"agent":{},"agent":', 1),
        "escaped duplicate": sound.replace(b'{"agent":', b'{"\\u0061gent":{},"agent":', 1),
        "NaN": sound.replace(b'"release_sequence":2', b'"release_sequence":NaN'),
        "1.0 for 1": sound.replace(b'"release_sequence":2', b'"release_sequence":2.0'),
        "5000 digits": sound.replace(b'"release_sequence":2', b'"release_sequence":' + b"2" * 5000),
        "byte order mark": b"\xef\xbb\xbf" + sound,
        "white space": sound + b"\n",
        "comment": b"/* ok */" + sound,
        "lone surrogate": sound.replace(b'"name":"Desk"', b'"name":"\\ud800"'),
        "100,000 levels": b"[" * 100_000,
        "100,000 objects": b'{"a":' * 100_000,
        "other order": b'{"environment":"production",'
        + sound[1:].replace(b'"environment":"production",', b"", 1),
        "a list": b"[]",
        "not UTF-8": sound.replace(b"Desk", b"D\xe9sk"),
        "unknown member": sound.replace(b'"tools"', b'"sudo":true,"tools"'),
        "null for absent": sound.replace(b'"conversations":500,', b'"conversations":null,', 1),
        "a later format": sound.replace(b"cobuilder-bundle/1", b"cobuilder-bundle/2"),
        "other spelling of time": sound.replace(b"T12:00:00Z", b"T12:00:00+00:00"),
        "time without zone": sound.replace(b"T12:00:00Z", b"T12:00:00"),
        "text for number": sound.replace(b'"release_sequence":2', b'"release_sequence":"2"'),
    }
    assert all(trick != sound for trick in tricks.values())
    found = [
        kit.attempt(label, kit.resign({**files, layout.MANIFEST: data}), "manifest", "manifest.json")
        for label, data in tricks.items()
    ]
    after = files[layout.AFTER].replace(b'"id":"desk"', b'"id":"desk","id":"desk"')
    spoiled = kit.resign(kit.forge({**files, layout.AFTER: after}, result_digest=digest(after)))
    found.append(kit.attempt("agent", spoiled, "change", "names a member twice"))
    name = layout.attestation_name(1, "author")
    twice = files[name].replace(b'{"payload":', b'{"payload":"","payload":')
    found.append(kit.attempt("attestation", {**files, name: twice}, "change", "names a member twice"))
    return found
