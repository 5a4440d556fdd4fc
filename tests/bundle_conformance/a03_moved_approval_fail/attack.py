"""An approval is moved over from another approved bundle of the same people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.release import layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return one attempt for each of the three approvals."""
    files, other = kit.files(), kit.files(kit.bundle(kit.content(release_sequence=9)))
    words = "was given for another bundle"
    return [
        kit.attempt(name, {**files, name: other[name]}, "approvals", words)
        for name in layout.attestation_names(files)
    ]
