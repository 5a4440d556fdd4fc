"""One byte of a file is changed and the container rebuilt around it, checksum and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.release import layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return one attempt for each file of the bundle."""
    files = kit.files()
    found = []
    for name in sorted(layout.CONTENT):
        spoiled = {**files, name: files[name][:-1] + bytes([files[name][-1] ^ 1])}
        found.append(
            kit.attempt(name, spoiled, "files", f"{name} is not what the manifest says: its digest differs")
        )
    return found
