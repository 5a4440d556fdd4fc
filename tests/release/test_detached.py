"""Detached approvals: what is shown before, what is refused, and what a bundle becomes with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from studio.domain.errors import StudioError
from studio.release import bundle as bundles
from studio.release import container, layout
from studio.release.verification import verify_bundle
from studio.services.detached import attach, read_asked, sign_detached

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


def _request(kit: Kit, *people: str) -> bytes:
    content = kit.content()
    subject = bundles.manifest_digest(content)
    return bundles.assemble(content, [kit.envelope(subject, person) for person in people])


def test_approvals_signed_elsewhere_make_a_bundle_that_verifies(kit: Kit) -> None:
    """The request is told in words; each signs apart; with all three the bundle is what an export makes."""
    request = _request(kit)
    wanted = read_asked(request, kit.now)
    assert wanted.manifest.label == "Desk, release 2" and wanted.words and all(g.ok for g in wanted.gates)
    files = {
        f"{person}.json": sign_detached(
            wanted, kit.signers[person], role, person.title(), kit.now, policy=kit.policy
        )
        for person, role in (("ana", "author"), ("carl", "compliance"), ("ida", "it"))
    }
    done = attach(request, files, kit.policy, kit.now)
    assert [signed.approval.person for signed in done.taken] == ["ana", "carl", "ida"] and not done.refused
    verdict = verify_bundle(done.data, kit.policy, kit.now)
    assert verdict.ok and verdict.manifest_digest == wanted.manifest_digest
    again = bundles.assemble(kit.content(), list(files.values()))
    assert again == done.data


def test_what_does_not_verify_is_not_signed(kit: Kit) -> None:
    """A changed file, foreign evidence and an expired release are refused before anybody is asked."""
    files = container.unpack(_request(kit))
    changed = container.pack({**files, layout.AFTER: files[layout.AFTER].replace(b"two", b"ten")})
    with pytest.raises(StudioError, match="digest differs"):
        read_asked(changed, kit.now)
    with pytest.raises(StudioError, match=r"valid until 2026-12-02 only\. Ask"):
        read_asked(_request(kit), kit.now + timedelta(days=60))
    foreign = kit.forge({**files, layout.GATES: files[layout.GATES].replace(b'"ok":true', b'"ok":false')})
    with pytest.raises(StudioError, match="gate"):
        read_asked(container.pack(foreign), kit.now)


def test_with_the_policy_nobody_signs_in_vain(kit: Kit) -> None:
    """A wrong role, a key that is not trusted, an unknown person and a second signature are refused."""
    wanted = read_asked(_request(kit, "ana"), kit.now)
    cases = (
        ("carl", "it", "carl", "role that Carl does not hold"),
        ("mallory", "compliance", "carl", "key that IT's policy does not know"),
        ("carl", "compliance", "dora", "does not know “dora”"),
        ("ana", "author", "ana", "second one by ana"),
    )
    for signer, role, person, words in cases:
        with pytest.raises(StudioError, match=words):  # and nothing is signed
            sign_detached(wanted, kit.signers[signer], role, person, kit.now, policy=kit.policy)
    with pytest.raises(StudioError, match="signed this release already"):
        sign_detached(wanted, kit.signers["ana"], "author", "ana", kit.now)


def test_foreign_and_void_approvals_are_told_and_not_taken(kit: Kit) -> None:
    """Of several files those that belong are taken; each other is named with its reason."""
    request = _request(kit, "ana")
    subject = bundles.manifest_digest(kit.content())
    other = bundles.manifest_digest(kit.content(release_sequence=3))
    carl = kit.envelope(subject, "carl")
    received = {
        "other.json": kit.envelope(other, "carl"),
        "forged.json": kit.envelope(subject, "ida", signer="mallory"),
        "staging.json": kit.envelope(subject, "ida", environment="staging"),
        "no.json": kit.envelope(subject, "ida", decision="reject"),
        "late.json": kit.envelope(subject, "ida", time=kit.now + timedelta(days=1)),
        "ana.json": kit.envelope(subject, "ana"),
        "broken.json": b"{}",
        "carl.json": carl,
        "twice.json": carl,
        "bundle.json": request,
    }
    done = attach(request, received, kit.policy, kit.now)
    assert [signed.approval.person for signed in done.taken] == ["carl"]
    said = dict(done.refused)
    expected = {
        "other.json": "given for other content",
        "forged.json": "a key that IT's policy does not know",
        "staging.json": "was given for staging, not for production",
        "no.json": "says no",
        "late.json": "a date in the future",
        "ana.json": "by ana, who has signed this already",
        "broken.json": "is no approval, or was damaged on its way (is not an envelope",
        "twice.json": "by carl, who has signed this already",
        "bundle.json": "is a bundle, not an approval",
    }
    assert set(said) == set(expected)
    for name, words in expected.items():
        assert words in said[name] and name in said[name], said[name]
    unjudged = attach(request, {"forged.json": received["forged.json"]}, None, kit.now)
    assert len(unjudged.taken) == 1 and not verify_bundle(unjudged.data, kit.policy, kit.now).ok
