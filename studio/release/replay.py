"""Playing a release's tests again before its first conversation: for which content, and what it found.

- What was played again for one bundle counts for every bundle with the same agents and the same evidence,
  so that what passed at staging need not be played once more for production.
- Only evidence that came out the same, or that people vouch for, lets a release go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studio.domain.bundle import Manifest, Recomputation
from studio.domain.frozen import digest

_PARTS = ("agent/", "evidence/")
_SAME = ("verified", "attested")


def evidence_digest(manifest: Manifest) -> str:
    """Return the digest of what a replay is about: both agents and all evidence."""
    return digest({name: record.sha256 for name, record in manifest.files.items() if name.startswith(_PARTS)})


def differences(results: Sequence[Recomputation]) -> tuple[str, ...]:
    """Return a sentence for each part that did not come out the same; nothing worked out is one, too."""
    if not results:
        return ("Nothing could be worked out again.",)
    return tuple(each.sentence for each in results if each.verdict not in _SAME)


def told(results: Sequence[Recomputation]) -> str:
    """Return what was found, counted: "6 verified, 1 attested"."""
    counts = Counter(each.verdict for each in results)
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
