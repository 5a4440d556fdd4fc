"""What an approver had not looked at is signed with the approval, and told by everything that tells of it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from studio.domain.bundle import MAX_NOT_LOOKED, in_brief
from studio.domain.frozen import canonical
from studio.release import bundle, container, dsse, layout
from studio.release.report_approvals import lines_for_people, with_approvals
from studio.release.verification import open_bundle, verify_bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

TOLD = "Not looked at: the report of this release; the proofs."
MISSED = ("The report of this release: not opened.", "The proofs: not looked at.")


def _signed(kit: Kit) -> bytes:
    """Return a bundle whose compliance lead had not looked at two things, and whose author saw all."""
    content = kit.content()
    subject = bundle.manifest_digest(content)
    given = [
        kit.envelope(subject, "ana", not_looked=()),
        kit.envelope(subject, "carl", not_looked=MISSED),
        kit.envelope(subject, "ida"),
    ]
    return bundle.assemble(content, given)


def test_it_is_inside_what_is_signed_and_told_everywhere(kit: Kit) -> None:
    """Verifier, report and terminal tell the sentences; who saw everything, and who noted nothing, differ."""
    data = _signed(kit)
    verdict = verify_bundle(data, kit.policy, kit.now)
    assert verdict.ok
    told = next(check.sentence for check in verdict.checks if check.name == "approvals")
    assert told.endswith(f"Carl (compliance): {TOLD}")
    opened = open_bundle(data)
    assert [s.approval.not_looked for s in opened.approvals] == [(), MISSED, None]
    page = with_approvals(opened, verdict, kit.policy)
    lines = "\n".join(lines_for_people(opened, (), kit.policy))
    for text in (page, lines):
        assert TOLD in text
        assert text.count("Had looked at everything.") == 1


def test_taking_it_out_voids_the_approval(kit: Kit) -> None:
    """An approval without its sentences is not the one that was signed."""
    files = kit.files(_signed(kit))
    name = layout.attestation_names(files)[1]
    envelope = json.loads(files[name])
    payload = json.loads(base64.b64decode(envelope["payload"]))
    assert payload["predicate"].pop("not_looked") == list(MISSED)
    spoiled = dsse.seal(
        canonical(payload),
        envelope["signatures"][0]["keyid"],
        base64.b64decode(envelope["signatures"][0]["sig"]),
    )
    verdict = verify_bundle(container.pack({**files, name: spoiled}), kit.policy, kit.now)
    assert "true signature of carl" in verdict.refusal


def test_approvals_without_it_are_what_they_were(kit: Kit) -> None:
    """Where nobody noted it, the signed statement has no such member: old approvals keep their bytes."""
    payload = json.loads(dsse.statement("0" * 64, kit.approval("carl")))
    assert set(payload["predicate"]) == {"role", "person", "decision", "environment", "comment", "time"}


def test_however_much_was_not_looked_at_it_can_be_signed(kit: Kit) -> None:
    """Many long sentences are shortened, and said to be more; an envelope of them can still be opened."""
    many = tuple("語" * 400 for _ in range(90))
    brief = in_brief(many)
    assert len(brief) == MAX_NOT_LOOKED and brief[-1] == "And 71 more." and len(brief[0]) == 300
    envelope = kit.envelope("0" * 64, "carl", not_looked=brief, comment="語" * 2000)
    assert dsse.read_approval(dsse.open_envelope(envelope, "x"), "x")[1].not_looked == brief
    assert in_brief(MISSED) == MISSED
    with pytest.raises(ValidationError):
        kit.approval("carl", not_looked=many[:1])
