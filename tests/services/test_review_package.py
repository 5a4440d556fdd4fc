"""What people rely on when a review leaves this computer, comes back, and is approved by roles."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.domain.changeset import Change, ChangeSet
from studio.domain.errors import BrokenInput, Refused, WrongUse
from studio.domain.frozen import canonical, digest
from studio.domain.proposal import Proposal
from studio.domain.review_approval import Looked
from studio.domain.source import Anchor, Block, SourceDocument
from studio.release import container
from studio.services import commands as do
from studio.services.approvals import gates
from studio.services.deciding_commands import EditProposedValue
from studio.services.queries.release import ShowLooked
from studio.services.queries.review import ShowChange, ShowProposal
from studio.services.queries.review_package import (
    MakeReply,
    PackReview,
    ShowApprovals,
    ShowMerge,
    ShowPackage,
)
from studio.services.review_files import open_package, open_reply
from studio.services.review_package import install, passages_of
from studio.services.stages.reading import ReadSource
from studio.services.standing import standing
from studio.services.workbench import Workbench
from studio.store.workspace import create
from tests.services.conftest import NOON, wire

DAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
Open = Callable[..., Workbench]


@pytest.fixture(autouse=True)
def proposed(bench: Workbench, proposal: Proposal) -> None:
    """The proposal is in Ana's workspace."""
    bench.do(do.RecordProposal(proposal))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open packages, each in a workspace of its own."""
    made: list[Workbench] = []

    def open_(data: bytes, who: str = "Carl", at: datetime = DAY) -> Workbench:
        package = open_package(data)
        workspace = create(tmp_path / f"package-{len(made)}", package.live)
        with workspace.unit(writing=True) as unit:
            install(unit, package)
            unit.commit()
        first = wire(workspace, tmp_path / "keys")
        made.append(Workbench(replace(first.outside, who=who, clock=lambda: at)))
        return made[-1]

    yield open_
    for each in made:
        each.close()


def packed(bench: Workbench) -> bytes:
    """Ana packs what waits, and notes that it left."""
    found = bench.ask(PackReview("Ana", NOON))
    bench.do(do.RecordPackage("x.cobreview", found.digest, len(found.data), found.proposals))
    return found.data


def reply(desk: Workbench) -> bytes:
    """The reviewer's file."""
    return desk.ask(MakeReply(desk.outside.who, DAY)).data


def decided(bench: Workbench) -> dict[str, str | None]:
    """The verdicts of the proposal."""
    page = bench.ask(ShowProposal("P-01"))
    return {row.id: row.verdict for group in page.groups for row in group.rows}


def test_a_review_travels_and_comes_home(bench: Workbench, opened: Open) -> None:
    """Carl decides and comments in his copy; the merge brings draft, decisions and remark; undo takes all."""
    desk = opened(packed(bench))
    desk.do(do.AcceptChange("P-01", "C-02"))
    desk.do(do.RejectChange("P-01", "C-04"))
    desk.do(do.CommentOnChange("P-01", "C-01", "Who pays?"))
    data = reply(desk)
    before = decided(bench)
    effect = bench.do(do.MergeReply(data))
    assert effect.title == "Merged 3 decisions, 1 comment from Carl"
    assert decided(bench) == {"C-01": "accepted", "C-02": "accepted", "C-03": None, "C-04": "rejected"}
    remark = bench.ask(ShowChange("P-01", "C-01")).comments[0]
    assert (remark.by, remark.text) == ("Carl", "Who pays?")
    bench.undo()
    assert decided(bench) == before and not bench.ask(ShowChange("P-01", "C-01")).comments
    bench.redo()
    again = bench.do(do.MergeReply(data))
    assert "merged already" in again.title and not again.records
    with bench.outside.workspace.unit() as unit:
        assert unit.comments.count() == 1


def test_the_same_review_gives_the_same_bytes(bench: Workbench) -> None:
    """Packing twice gives one file, so both have one digest."""
    one, two = (bench.ask(PackReview("Ana", NOON)).data for _ in range(2))
    assert one == two


def test_a_package_is_only_for_deciding(bench: Workbench, opened: Open) -> None:
    """In a reviewer's copy nothing can be done but what a reviewer does, and the refusal says what to do."""
    desk = opened(packed(bench))
    edit = ChangeSet(title="x", changes=(Change(path="charter/purpose", before="Refunds", after="Other"),))
    with pytest.raises(Refused, match=r"review package.*Ana sees it"):
        desk.do(do.EditAgent(edit))
    with pytest.raises(Refused, match="review package"):
        desk.do(do.MergeReply(reply(desk)))
    with pytest.raises(WrongUse, match="nobody waits"):
        reply(bench)


def test_what_is_not_sent_yet_is_known(bench: Workbench, opened: Open) -> None:
    """The copy tells how much is unsent, and that nothing is once it was written."""
    desk = opened(packed(bench))

    def unsent() -> int:
        page = desk.ask(ShowPackage())
        assert page is not None
        return page.unsent

    assert unsent() == 0
    desk.do(do.AcceptChange("P-01", "C-04"))
    assert unsent() == 1
    desk.do(do.RecordReplySent("x.cobreply", desk.ask(MakeReply("Carl", DAY)).said))
    assert unsent() == 0
    desk.do(do.CommentOnChange("P-01", "C-04", "Fine."))
    assert unsent() == 2


def test_another_decision_is_left_for_a_person(bench: Workbench, opened: Open) -> None:
    """Ana accepted meanwhile what Carl rejects: both are shown, Ana's stands until somebody chooses."""
    desk = opened(packed(bench))
    desk.do(do.RejectChange("P-01", "C-04"))
    bench.do(do.AcceptChange("P-01", "C-04"))
    effect = bench.do(do.MergeReply(reply(desk)))
    assert "1 differs from what is decided here" in effect.title
    assert decided(bench)["C-04"] == "accepted"
    (gap,) = bench.ask(ShowApprovals("Ana")).differences
    assert (gap.here, gap.theirs) == ("Ana accepted", "Carl rejected")
    gate = next(g for g in gates(_stand(bench)) if g.id == "role-approval")
    assert not gate.ok and "Carl decided otherwise than Ana" in gate.evidence
    bench.do(do.SettleDifference(gap.reply_id, "P-01", "C-04", True))
    assert decided(bench)["C-04"] == "rejected" and not bench.ask(ShowApprovals("Ana")).differences
    bench.undo()
    assert decided(bench)["C-04"] == "accepted" and bench.ask(ShowApprovals("Ana")).differences
    bench.do(do.SettleDifference(gap.reply_id, "P-01", "C-04", False))
    assert decided(bench)["C-04"] == "accepted" and not bench.ask(ShowApprovals("Ana")).differences


def _stand(bench: Workbench):  # type: ignore[no-untyped-def]
    with bench.outside.workspace.unit() as unit:
        return standing(unit)


def test_a_reply_to_another_package_is_refused(bench: Workbench, opened: Open) -> None:
    """A package that was altered on its way has another digest; what is decided on it is not merged."""
    data = packed(bench)
    files = container.unpack(data)
    altered = files["draft.json"].replace(b"Never refund in cash.", b"Always refund in cash")
    with pytest.raises(BrokenInput, match="not the one that was packed"):
        open_package(container.pack({**files, "draft.json": altered}))
    other = bench.ask(PackReview("Mallory", NOON))  # consistent, but never noted as sent
    desk = opened(other.data)
    desk.do(do.AcceptChange("P-01", "C-04"))
    with pytest.raises(Refused, match="did not leave from this workspace, or that was altered"):
        bench.do(do.MergeReply(reply(desk)))
    with pytest.raises(Refused, match="did not leave"):
        bench.ask(ShowMerge(reply(desk)))


def test_every_flipped_byte_is_refused(bench: Workbench, opened: Open) -> None:
    """No byte of a package or a reply can be another one; each refusal is a sentence."""
    data = packed(bench)
    desk = opened(data)
    desk.do(do.RejectChange("P-01", "C-01"))
    for whole, read in ((data, open_package), (reply(desk), open_reply)):
        for at in range(len(whole)):
            flipped = bytearray(whole)
            flipped[at] ^= 1
            with pytest.raises(BrokenInput, match=r"not a sound .*Ask the sender"):
                read(bytes(flipped))


def test_a_changed_file_with_a_mended_checksum_is_refused(bench: Workbench, opened: Open) -> None:
    """Who changes a decision in a reply, and the zip's checksum with it, is found out by the digest."""
    desk = opened(packed(bench))
    desk.do(do.RejectChange("P-01", "C-04"))
    files = container.unpack(reply(desk))
    assert b'"rejected"' in files["reply.json"]
    forged = {**files, "reply.json": files["reply.json"].replace(b'"rejected"', b'"accepted"')}
    assert zlib.crc32(forged["reply.json"]) != zlib.crc32(files["reply.json"])
    with pytest.raises(BrokenInput, match="not the one that was packed"):
        open_reply(container.pack(forged))


@pytest.mark.parametrize("hostile", ["bomb", "twice", "unknown member", "not a package", "two readings"])
def test_hostile_packages_are_refused(bench: Workbench, hostile: str) -> None:
    """Files, members and shapes that no package has are refused before anything is made of them."""
    files = container.unpack(packed(bench))
    if hostile == "bomb":
        data = b"PK\x03\x04" + b"\x00" * (65 * 1024 * 1024)
    elif hostile == "twice":
        data = container.pack({**files, "extra.json": b"{}"})
    elif hostile == "unknown member":
        data = _repacked(files, "said.json", b'{"extra":1,' + files["said.json"][1:])
    elif hostile == "two readings":
        data = _repacked(files, "said.json", b'{"comments":[],"comments":[]}')
    else:
        data = b"%PDF-1.7 not a package"
    with pytest.raises(BrokenInput, match="not a sound review package"):
        open_package(data)


def _repacked(files: dict[str, bytes], name: str, content: bytes) -> bytes:
    """A package with another file, digest and all."""
    import json

    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = {"sha256": digest(content), "size": len(content)}
    return container.pack({**files, name: content, "manifest.json": canonical(manifest)})


def test_only_cited_passages_travel() -> None:
    """Of a document the cited block goes, word for word; its neighbours, hidden text and path do not."""
    from studio.domain.proposal import ProposedChange
    from studio.domain.source import Citation, HiddenText, Origin, Source, SourceVersion

    text = "Secret margin: 40 %.\n\nRefunds are paid within 45 days.\n\nAnother secret."
    spots = ((0, 20, 1), (22, 54, 3), (56, 71, 5))
    blocks = tuple(
        Block(
            id=f"b{line}",
            kind="paragraph",
            text=text[start:end],
            start=start,
            end=end,
            anchor=Anchor(line_start=line, line_end=line),
        )
        for start, end, line in spots
    )
    hidden = HiddenText(
        kind="aside", reason="a comment", text="psst", start=0, end=0, anchor=Anchor(line_start=1, line_end=1)
    )
    document = SourceDocument(
        title="Policy", media_type="text/markdown", text=text, blocks=blocks, hidden=(hidden,)
    )
    origin = Origin(place="/home/ana/secret/policy.md", digest="0" * 64, read_at=NOON)
    version = SourceVersion(
        number=2, file_name="p.md", digest="0" * 64, size=9, added_at=NOON, document=document, origin=origin
    )
    cite = Citation(
        source_id="S-01",
        source_name="Policy",
        version=2,
        anchor=Anchor(line_start=3, line_end=3),
        quote="Refunds are paid within 45 days.",
        fingerprint="0" * 64,
    )
    change = ProposedChange(
        id="C-01", title="x", change=Change(path="charter/purpose"), reason="", citations=(cite,)
    )
    proposal = Proposal(id="P-01", title="x", base_digest="0" * 64, created_at=NOON, changes=(change,))
    sources = (
        Source(id="S-01", name="Policy", versions=(version,)),
        Source(id="S-02", name="Uncited", versions=(version,)),
    )
    (found,) = passages_of(sources, (proposal,))
    spelled = canonical(found).decode()
    assert "ecret" not in spelled and "psst" not in spelled and "/home" not in spelled
    (block,) = found.current.document.blocks
    assert found.current.document.text[block.start : block.end] == "Refunds are paid within 45 days."


# Approvals by role.


def approve(bench: Workbench, who: str, role: str, **more: object) -> str:
    """Somebody approves at this computer."""
    desk = Workbench(replace(bench.outside, who=who))
    return desk.do(do.ApproveReview(role=role, **more)).title  # type: ignore[arg-type]


def test_an_approval_covers_exactly_this_content(bench: Workbench) -> None:
    """Any edit voids it, with the reason; taking the edit back brings it back, because content is content."""
    bench.do(do.SetReviewPolicy(("compliance",)))
    with pytest.raises(Refused, match="4 changes are not decided"):
        approve(bench, "Carl", "compliance")
    bench.do(do.AcceptRemaining("P-01"))
    gate = next(g for g in gates(_stand(bench)) if g.id == "role-approval")
    assert not gate.ok and "waiting for Compliance" in gate.evidence
    approve(bench, "Carl", "compliance")
    assert next(g for g in gates(_stand(bench)) if g.id == "role-approval").ok
    bench.do(do.RejectChange("P-01", "C-04"))
    (row,) = bench.ask(ShowApprovals("Carl")).history
    assert row.void == "Void: since then P-01 was decided otherwise."
    assert not next(g for g in gates(_stand(bench)) if g.id == "role-approval").ok
    edit = Change(path="charter/audience", before="Customers", after="Everybody")
    bench.do(do.EditAgent(ChangeSet(title="Audience", changes=(edit,))))
    bench.undo()
    bench.undo()
    (row,) = bench.ask(ShowApprovals("Carl")).history
    assert row.void == ""
    bench.do(do.EditAgent(ChangeSet(title="Audience", changes=(edit,))))
    (row,) = bench.ask(ShowApprovals("Carl")).history
    assert row.void == "Void: since then the draft changed."


def test_nobody_approves_their_own_work_for_compliance(bench: Workbench) -> None:
    """Who accepted may approve for quality, not for compliance; the workspace may say otherwise."""
    bench.do(do.AcceptRemaining("P-01"))
    with pytest.raises(Refused, match="ana wrote or accepted part of this"):
        approve(bench, "ana", "compliance")
    approve(bench, "Ana", "qa")
    bench.do(do.SetReviewPolicy((), ()))
    approve(bench, "Ana", "compliance")


def test_an_approval_names_what_was_not_looked_at(bench: Workbench) -> None:
    """What was opened is counted; the rest is named, change by change."""
    bench.do(do.AcceptRemaining("P-01"))
    carl = Workbench(replace(bench.outside, who="Carl"))
    carl.do(do.NoteLooked(Looked(changes=("P-01/C-01", "P-09/C-01"), proofs=True)))
    carl.do(do.NoteLooked(Looked(changes=("P-01/C-02",))))
    carl.do(do.ApproveReview(role="compliance"))
    (row,) = bench.ask(ShowApprovals("Ana")).history
    assert row.looked == ("2 changes opened.", "The proofs on every path.")
    assert row.not_looked[0].startswith("2 of 4 changes of P-01 not opened: C-03")
    assert "Who would be treated differently: not looked at." in row.not_looked


def test_what_was_looked_at_is_of_what_was_proposed_then(bench: Workbench) -> None:
    """Deciding keeps it; an edited value has consequences, proofs and coverage that nobody has seen."""
    carl = Workbench(replace(bench.outside, who="Carl"))
    carl.do(do.NoteLooked(Looked(changes=("P-01/C-01",), consequences=True, proofs=True, coverage=True)))
    bench.do(do.AcceptRemaining("P-01"))
    seen = bench.ask(ShowLooked("Carl"))
    assert seen.looked[1:] == (
        "Who would be treated differently.",
        "The proofs on every path.",
        "What the tests cover.",
    )
    bench.do(EditProposedValue("P-01", "C-04", "Returns only"))
    assert bench.ask(ShowLooked("Carl")).looked == seen.looked[:1]
    carl.do(do.NoteLooked(Looked(proofs=True)))
    assert bench.ask(ShowLooked("Carl")).looked == (seen.looked[0], seen.looked[2])


def test_a_wish_for_changes_stops_the_gate_until_that_person_is_content(bench: Workbench) -> None:
    """It needs words, closes the gate, and the same person's approval takes its place."""
    with pytest.raises(WrongUse, match="Say which changes"):
        approve(bench, "Quinn", "qa", decision="request changes")
    bench.do(do.AcceptRemaining("P-01"))
    approve(bench, "Quinn", "qa", decision="request changes", comment="Name the fee.")
    gate = next(g for g in gates(_stand(bench)) if g.id == "role-approval")
    assert not gate.ok and "requests changes: Name the fee." in gate.evidence
    later = Workbench(replace(bench.outside, who="Quinn", clock=lambda: DAY))
    later.do(do.ApproveReview(role="qa"))
    assert next(g for g in gates(_stand(bench)) if g.id == "role-approval").ok
    assert [row.replaced for row in bench.ask(ShowApprovals("Ana")).history] == [False, True]


def test_without_a_policy_and_a_word_there_is_no_such_gate(bench: Workbench) -> None:
    """Workspaces that ask no role for an approval have the gates that they always had."""
    assert "role-approval" not in [gate.id for gate in gates(_stand(bench))]


def test_an_approval_in_a_package_holds_at_home(bench: Workbench, opened: Open) -> None:
    """Ana accepted everything; Carl approves his copy; merged, it covers exactly what stands here."""
    bench.do(do.SetReviewPolicy(("compliance",)))
    bench.do(do.AcceptRemaining("P-01"))
    desk = opened(packed(bench))
    desk.do(do.ApproveReview(role="compliance"))
    bench.do(do.MergeReply(reply(desk)))
    gate = next(g for g in gates(_stand(bench)) if g.id == "role-approval")
    assert gate.ok and "Compliance: Carl" in gate.evidence


def test_decisions_in_another_order_give_the_approved_draft(bench: Workbench, opened: Open) -> None:
    """Carl decides from the end to the beginning and approves; merged, the draft is the one he approved."""
    desk = opened(packed(bench))
    desk.do(do.AcceptChange("P-01", "C-04"))
    desk.do(do.AcceptChange("P-01", "C-01"))
    desk.do(do.AcceptChange("P-01", "C-03"))
    desk.do(do.ApproveReview(role="qa"))
    bench.do(do.MergeReply(reply(desk)))
    (row,) = bench.ask(ShowApprovals("Ana")).history
    assert row.void == "" and row.by == "Carl"


def test_ones_own_work_is_not_approved_by_a_file_either(bench: Workbench, opened: Open) -> None:
    """Carl accepted changes here after the package left: his approval for compliance is held back."""
    bench.do(do.AcceptRemaining("P-01"))
    desk = opened(packed(bench))
    desk.do(do.ApproveReview(role="compliance"))
    carl = Workbench(replace(bench.outside, who="Carl"))
    carl.do(do.RejectChange("P-01", "C-04"))
    carl.do(do.AcceptChange("P-01", "C-04"))
    page = bench.ask(ShowMerge(reply(desk)))
    assert [line.state for line in page.lines] == ["held"]


def test_what_warnings_quote_besides_is_told_beforehand(bench: Workbench, proposal: Proposal) -> None:
    """A sentence of a document that no change cites travels in a warning: its author reads that before."""
    quote = "Nothing is refunded after a year."
    bench.run(ReadSource("old-policy.md", f"# Old\n\n{quote}\n".encode(), name="Old policy"))
    first = proposal.changes[0].model_copy(update={"warnings": (f"“Old policy” says “{quote}”",)})
    bench.do(do.RecordProposal(proposal.model_copy(update={"id": "P-02", "changes": (first,)})))
    told = bench.ask(PackReview("Ana", NOON, ("P-02",))).contents
    assert any("Of “Old policy”" in line and quote in line for line in told)
    (cited,) = [line for line in told if "cited passage" in line]
    assert cited.endswith("of “Old policy”, and what is quoted of it below.")
