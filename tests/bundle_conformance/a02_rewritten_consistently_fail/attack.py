"""Content and manifest are rewritten so that they agree; the old approvals are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.frozen import digest
from studio.release import bundle, container, layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a rewritten report, a later expiry, another rollout plan, and a wholly new sound content."""
    files = kit.files()
    words = "was given for another bundle"
    report = kit.forge({**files, layout.REPORT: files[layout.REPORT].replace(b"Two changes", b"All is well")})
    later = kit.forge(files, not_after=kit.now.replace(year=2030))
    plan = kit.forge(files, rollout=kit.content().rollout.model_copy(update={"guards": ()}))
    other = container.unpack(bundle.assemble(kit.content(tools={"cobuilder": "9"})))
    assert digest(other[layout.MANIFEST]) != digest(files[layout.MANIFEST])
    mixed = other | {name: data for name, data in files.items() if name.startswith("attestations/")}
    cases = {"report": report, "expiry": later, "rollout": plan, "content": mixed}
    return [kit.attempt(label, case, "approvals", words) for label, case in cases.items()]
