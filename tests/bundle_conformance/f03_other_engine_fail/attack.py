"""The bundle splits traffic with another engine, or its test vectors do not come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.bundle import Manifest
from studio.domain.environment import HashVector
from studio.release import layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return another engine, version or seed, a wrong vector and none at all, signed by everyone."""
    files = kit.files()
    engine = Manifest.model_validate_json(files[layout.MANIFEST]).traffic
    first, *rest = engine.vectors
    wrong = HashVector(id=first.id, bucket=(first.bucket + 1) % 10_000)
    cases: dict[str, dict[str, object]] = {
        "another engine": {"name": "murmur3-bucket"},
        "another version": {"version": "2"},
        "one wrong vector": {"vectors": (wrong, *rest)},
        "no vectors": {"vectors": ()},
        "another seed": {"seed": "desk:9"},
    }
    return [
        kit.attempt(
            label,
            kit.resign(kit.forge(files, traffic=engine.model_copy(update=change))),
            "manifest",
            "test vectors do not come out",
        )
        for label, change in cases.items()
    ]
