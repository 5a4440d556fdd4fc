"""A sound bundle is accepted; a bundle with any byte changed is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from studio.domain.bundle import CHECK_ORDER, BundleContent
from studio.domain.errors import BundleBroken, BundleRefused, Refused
from studio.domain.frozen import digest, to_json
from studio.release import bundle, container, layout
from studio.release.verification import Verifier, open_bundle, require, verify_bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


def test_a_sound_bundle_is_verified(kit: Kit) -> None:
    """Every check passes, in order, and each says why in a sentence."""
    verdict = verify_bundle(kit.bundle(), kit.policy, kit.now, kit.state())
    assert verdict.ok and [check.name for check in verdict.checks] == list(CHECK_ORDER)
    assert all(check.verdict == "passed" and check.sentence.endswith(".") for check in verdict.checks)
    assert to_json(verdict)["ok"] is True
    require(verdict)


def test_every_single_changed_byte_is_refused(kit: Kit) -> None:
    """Each byte of a whole bundle, changed by one bit, leads to a refusal and never to a crash."""
    data = kit.bundle()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << (at % 8)
        verdict = verify_bundle(bytes(changed), kit.policy, kit.now)
        assert not verdict.ok, f"byte {at} of {len(data)}"


def test_every_changed_byte_of_a_file_is_refused_even_when_the_container_is_repaired(kit: Kit) -> None:
    """A rebuilt container around a changed file does not help: digests and signatures cover all."""
    files = kit.files()
    for name, data in files.items():
        step = max(1, len(data) // 60)
        for at in range(0, len(data), step):
            changed = bytearray(data)
            changed[at] ^= 1
            forged = container.pack({**files, name: bytes(changed)})
            assert not verify_bundle(forged, kit.policy, kit.now).ok, f"{name} byte {at}"


def test_two_exports_differ_by_attestation_times_only(kit: Kit) -> None:
    """The same content gives the same bytes; later approvals change the attestations and nothing else."""
    content = kit.content()
    assert kit.bundle(content) == kit.bundle(BundleContent.model_validate(content.model_dump()))
    first = kit.files(kit.bundle(content))
    later = kit.envelopes(content, time=kit.now)
    second = kit.files(bundle.assemble(content, later))
    assert {name for name in first if first[name] != second[name]} == set(layout.attestation_names(first))


def test_the_order_of_signing_does_not_matter(kit: Kit) -> None:
    """Approvals come out in one order whoever signed first, also when one is attached later."""
    content = kit.content()
    author, compliance, it = kit.envelopes(content)
    expected = bundle.assemble(content, [author, compliance, it])
    assert bundle.assemble(content, [it, author, compliance]) == expected
    assert bundle.attach(bundle.attach(bundle.assemble(content, [it]), compliance), author) == expected


def test_an_opened_bundle_holds_what_was_put_in(kit: Kit) -> None:
    """Agents, changes, evidence, lineage and approvals come back equal."""
    content = kit.content()
    opened = open_bundle(kit.bundle(content))
    assert (opened.before, opened.after, opened.changeset) == (
        content.before,
        content.after,
        content.changeset,
    )
    assert (opened.evidence, opened.lineage) == (content.evidence, content.lineage)
    assert opened.report_html == content.report_html
    assert opened.manifest_digest == bundle.manifest_digest(content)
    assert [signed.approval.person for signed in opened.approvals] == ["ana", "carl", "ida"]
    assert bundle.file_name(opened.manifest) == "desk-2.cobundle"


def test_the_verifier_cannot_run_out_of_order(kit: Kit) -> None:
    """Asking for a later check, or for what was not checked yet, is a programming error."""
    verifier = Verifier(kit.bundle())
    with pytest.raises(RuntimeError, match="out of order"):
        verifier.check_files()
    with pytest.raises(RuntimeError, match="not checked"):
        _ = verifier.manifest
    verifier.check_container()
    with pytest.raises(RuntimeError, match="out of order"):
        verifier.check_container()
    with pytest.raises(RuntimeError, match="not opened"):
        _ = verifier.bundle


def test_after_a_refusal_nothing_more_is_looked_at(kit: Kit) -> None:
    """The checks behind the refusing one are marked as not reached."""
    files = kit.files()
    files[layout.AFTER] = files[layout.AFTER].replace(b"two sentences", b"ten sentences")
    verdict = verify_bundle(container.pack(files), kit.policy, kit.now)
    assert [check.verdict for check in verdict.checks] == ["passed"] * 2 + ["refused"] + ["not reached"] * 4
    with pytest.raises(BundleRefused, match="digest differs"):
        require(verdict)


def test_content_that_does_not_hold_together_is_not_assembled(kit: Kit) -> None:
    """A change set that does not lead to the result, or failed evidence, makes no bundle."""
    with pytest.raises(Refused, match="do not lead"):
        bundle.assemble(kit.content(changeset=kit.changeset.model_copy(update={"changes": ()})))
    failed = kit.content().evidence
    run = failed.runs.runs[0].model_copy(update={"agent_digest": digest(b"other")})
    spoiled = failed.model_copy(update={"runs": failed.runs.model_copy(update={"runs": (run,)})})
    with pytest.raises(BundleRefused, match="another agent"):
        bundle.assemble(kit.content(evidence=spoiled))


def test_nothing_but_an_approval_can_be_attached(kit: Kit) -> None:
    """Attaching something else is refused before a bundle is written."""
    with pytest.raises(BundleBroken):
        bundle.attach(kit.bundle(), b"{}")


def test_time_alone_makes_a_bundle_refused(kit: Kit) -> None:
    """The last moment of `not_after` still counts, the next second does not."""
    end = kit.content().not_after
    assert verify_bundle(kit.bundle(), kit.policy, end).ok
    late = verify_bundle(kit.bundle(), kit.policy, end + timedelta(seconds=1))
    assert not late.ok and "expired" in late.refusal
