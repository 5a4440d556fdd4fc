"""What IT's window shows of a file: the verdict, every check, and the report with its approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.release import bundle, container, layout
from studio.services.received import look_at

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


def test_a_sound_bundle_is_verified_under_its_policy_only(kit: Kit) -> None:
    """With IT's policy all seven checks passed; without one nothing is called verified."""
    found = look_at(kit.bundle(), kit.policy, kit.now)
    assert found.verdict == "verified" and [c.verdict for c in found.checks] == ["passed"] * 7
    assert "desk-approval" in found.reason and found.contents and found.contents.words
    bare = look_at(kit.bundle(), None, kit.now)
    assert bare.verdict == "unjudged" and bare.contents is not None
    assert [c.verdict for c in bare.checks] == ["passed"] * 4 + ["not reached"] * 3


def test_a_bundle_that_lacks_only_approvals_waits_for_them(kit: Kit) -> None:
    """It may not run, and the check that refused says why; whoever is asked to sign reads no refusal."""
    files = {n: d for n, d in kit.files().items() if not n.startswith("attestations/03")}
    found = look_at(container.pack(files), kit.policy, kit.now)
    assert found.verdict == "waiting" and "missing for production" in found.reason
    assert "may not run" in found.reason and found.contents is not None
    assert [c.verdict for c in found.checks][4:] == ["refused", "not reached", "not reached"]
    elsewhere = kit.policy.model_copy(update={"environments": ()})
    assert look_at(container.pack(files), elsewhere, kit.now).verdict == "refused"
    assert look_at(container.pack(_without_approvals(files)), elsewhere, kit.now).verdict == "refused"


def _without_approvals(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if not name.startswith("attestations/")}


def test_a_broken_file_is_told_in_a_sentence(kit: Kit) -> None:
    """Any damage up to the change makes it unusable, and the check that met it is named."""
    for data, name in (
        (b"hello", "container"),
        (kit.bundle()[:-1], "container"),
        (container.pack({**kit.files(), layout.AFTER: b"{}"}), "files"),
    ):
        found = look_at(data, kit.policy, kit.now)
        assert found.verdict == "broken" and found.contents is None and found.reason.endswith(".")
        assert (found.checks[-1].name, found.checks[-1].verdict) == (name, "refused")
        assert found.report == ""


def test_the_report_says_who_signed_and_what_the_verdict_is(kit: Kit) -> None:
    """The page that is saved or copied holds the approvals with their fingerprints and the verdict."""
    page = look_at(kit.bundle(), kit.policy, kit.now).report
    assert "Verified" in page and "Carl" in page and "compliance" in page


def test_each_approval_is_judged_by_itself(kit: Kit) -> None:
    """A forged one is told as such though it says that Ida approved; the true ones beside it count."""
    subject = bundle.manifest_digest(kit.content())
    forged = kit.envelope(subject, "ida", signer="mallory")
    data = bundle.assemble(kit.content(), [*kit.envelopes(kit.content())[:2], forged])
    found = look_at(data, kit.policy, kit.now)
    assert found.verdict == "refused"
    assert list(found.faults.values())[:2] == ["", ""]
    assert "a key that IT's policy does not know" in found.faults["attestations/03.it.dsse.json"]
    assert not look_at(data, None, kit.now).faults
