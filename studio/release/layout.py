"""The layout of a bundle: which files it holds, under which names, no more and no fewer.

- `OPTIONAL` may be absent; where it is there, the manifest names it as it names all others.
- Attestations are numbered from 01 without gaps; the role in the name is the role inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from studio.domain.errors import BundleBroken

MANIFEST = "manifest.json"
BEFORE, AFTER = "agent/before.json", "agent/after.json"
CHANGES, PATCH = "diff/changes.json", "diff/patch.json"
REPORT = "report/report.html"
RUNS, PROOFS = "evidence/runs.json", "evidence/proofs.json"
COVERAGE, GATES = "evidence/coverage.json", "evidence/gates.json"
CONSEQUENCES = "evidence/consequences.json"
LINEAGE = "lineage/sources.json"

CONTENT = frozenset({BEFORE, AFTER, CHANGES, PATCH, REPORT, RUNS, PROOFS, COVERAGE, GATES, LINEAGE})
OPTIONAL = frozenset({CONSEQUENCES})
ATTESTATION = re.compile(r"attestations/([0-9]{2})\.([a-z][a-z0-9-]{0,39})\.dsse\.json")
MAX_ATTESTATIONS = 99


def attestation_name(number: int, role: str) -> str:
    """Return the file name of the attestation with this number, made in this role."""
    return f"attestations/{number:02d}.{role}.dsse.json"


def attestation_role(name: str) -> str:
    """Return the role that an attestation's file name states."""
    match = ATTESTATION.fullmatch(name)
    return match.group(2) if match else ""


def attestation_names(names: Iterable[str]) -> list[str]:
    """Return the attestations among these file names, in order."""
    return sorted(name for name in names if ATTESTATION.fullmatch(name))


def content_names(names: Iterable[str]) -> set[str]:
    """Return which of these are content: what the manifest must name, every one and no other."""
    return set(names) & (CONTENT | OPTIONAL)


def check_layout(names: Sequence[str]) -> None:
    """Raise BundleBroken unless exactly the files of a bundle are there."""
    attestations = attestation_names(names)
    expected = CONTENT | {MANIFEST}
    missing = sorted(expected - set(names))
    extra = sorted(set(names) - expected - OPTIONAL - set(attestations))
    if missing:
        raise BundleBroken(f"The bundle lacks {missing[0]}.", "Ask the sender for a fresh export.")
    if extra:
        raise BundleBroken(f"The bundle holds {extra[0]}, which does not belong in it.", "Do not use it.")
    for number, name in enumerate(attestations, start=1):
        if name != attestation_name(number, attestation_role(name)):
            raise BundleBroken(
                "The attestations in the bundle are not numbered 01, 02, 03 …", "Do not use it."
            )
