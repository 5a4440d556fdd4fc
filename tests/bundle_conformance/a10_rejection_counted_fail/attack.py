"""A "no" is counted as a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.release import bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return a rejection in place of an approval, and one beside enough approvals."""
    content = kit.content()
    subject = bundle.manifest_digest(content)
    author, _, it = kit.envelopes(content)
    no = kit.envelope(subject, "carl", decision="reject")
    words = "Carl rejected this release"
    return [kit.attempt("in place of a yes", bundle.assemble(content, [author, no, it]), "approvals", words)]
