"""What people rely on when sources are governed: states, coverage, suspects, conflicts, access, folders."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from studio.domain.errors import WrongUse
from studio.domain.source import Authority
from studio.services.accounting import STATES
from studio.services.commands import (
    ConfirmStatement,
    DecideCollision,
    DescribeSource,
    LinkFolder,
    MarkAccess,
    TakeBackWaiver,
    UnlinkFolder,
    WaiveStatement,
)
from studio.services.queries.agents import ShowAgent
from studio.services.queries.governance import (
    ListCollisions,
    ListSuspects,
    SearchSources,
    ShowCoverage,
    ShowOrigins,
)
from studio.services.queries.marked_document import Sentence
from studio.services.queries.sources import ListSources, ShowSource
from studio.services.stages.folders import LookAtOrigins
from studio.services.stages.reading import ReadSource
from studio.services.workbench import Workbench
from studio.store.workspace import Workspace

POLICY = """# Refund policy

Customers may return an item within 30 days of delivery.

Never refund in cash.

The shift lead tells nobody outside the team which customers are on the watch list.
"""
SOP = """# Refund SOP

Customers may return an item within 14 days of delivery.
"""


def add(bench: Workbench, name: str, text: str, **about: object) -> None:
    """Read a document and add it."""
    bench.run(ReadSource(name, text.encode(), **about))  # type: ignore[arg-type]


def sentence(bench: Workbench, source: str, words: str) -> Sentence:
    """Return the marked sentence that holds these words."""
    page = bench.ask(ShowSource(source))
    return next(s for row in page.blocks for s in row.sentences if words in s.statement.quote)


def test_every_statement_is_in_exactly_one_state(bench: Workbench) -> None:
    """The coverage adds up: as many statements as there are, each counted once."""
    add(bench, "policy.md", POLICY)
    report = bench.ask(ShowCoverage())
    sentences = [s for row in bench.ask(ShowSource("S-01")).blocks for s in row.sentences]
    assert sum(row.count for row in report.total) == len(sentences) > 0
    assert [row.state for row in report.total] == list(STATES)


def test_a_waiver_has_a_name_a_reason_and_an_end(bench: Workbench, workspace: Workspace) -> None:
    """A waived sentence says who waived it and why, to the end of the last day; then it is open again."""
    add(bench, "policy.md", POLICY)
    cash = sentence(bench, "S-01", "cash").statement.id
    with pytest.raises(WrongUse, match="reason"):
        bench.do(WaiveStatement("S-01", cash, " "))
    bench.do(WaiveStatement("S-01", cash, "No till here.", until=date(2099, 1, 1)))
    waived = sentence(bench, "S-01", "cash")
    assert (waived.state, waived.waived) == ("waived", "No till here. (Ana, until 1 Jan 2099)")
    workspace.today = lambda: date(2027, 3, 31)
    bench.do(WaiveStatement("S-01", cash, "No till here.", until=date(2027, 3, 31)))
    assert sentence(bench, "S-01", "cash").state == "waived"
    workspace.today = lambda: date(2027, 4, 1)
    assert sentence(bench, "S-01", "cash").state != "waived"
    bench.do(TakeBackWaiver("S-01", cash))
    assert sentence(bench, "S-01", "cash").waived == ""


def test_a_waiver_that_has_ended_already_is_refused(bench: Workbench, workspace: Workspace) -> None:
    """A last day in the past is a slip: the sentence says so, and what held before holds on."""
    add(bench, "policy.md", POLICY)
    cash = sentence(bench, "S-01", "cash").statement.id
    bench.do(WaiveStatement("S-01", cash, "No till here."))
    workspace.today = lambda: date(2027, 4, 1)
    with pytest.raises(WrongUse, match="31 Mar 2027 is over") as caught:
        bench.do(WaiveStatement("S-01", cash, "No till yet.", until=date(2027, 3, 31)))
    assert "later day" in caught.value.todo
    assert sentence(bench, "S-01", "cash").waived == "No till here. (Ana)"


def test_a_waiver_does_not_cover_a_changed_sentence(bench: Workbench) -> None:
    """When the sentence is written anew, the waiver of the old one holds no more."""
    add(bench, "policy.md", POLICY)
    cash = sentence(bench, "S-01", "cash").statement.id
    bench.do(WaiveStatement("S-01", cash, "No till here."))
    add(bench, "policy.md", POLICY.replace("Never refund in cash.", "Never refund in cash or by cheque."))
    assert sentence(bench, "S-01", "cheque").state != "waived"


def test_a_statement_keeps_its_id_through_versions(bench: Workbench) -> None:
    """Sentences that moved or stayed keep their names, so that what was decided on them stays."""
    add(bench, "policy.md", POLICY)
    before = {
        s.statement.quote: s.statement.id for r in bench.ask(ShowSource("S-01")).blocks for s in r.sentences
    }
    parts = POLICY.strip().split("\n\n")
    add(bench, "policy.md", "\n\n".join([parts[0], parts[2], parts[1], parts[3]]))
    after = {
        s.statement.quote: s.statement.id for r in bench.ask(ShowSource("S-01")).blocks for s in r.sentences
    }
    assert after == before
    assert bench.ask(ListSources()).rows[0].version == 2


def test_conflicts_are_found_decided_and_taken_back(bench: Workbench) -> None:
    """Two documents that disagree are shown with who wins and why; a person decides, and can undo it."""
    add(bench, "policy.md", POLICY, authority=Authority.POLICY)
    add(bench, "sop.md", SOP, authority=Authority.SOP)
    row = bench.ask(ListCollisions())[0]
    winner = row.collision.left if row.collision.winner == "left" else row.collision.right
    assert (winner.source_id, row.decided) == ("S-01", False)
    assert "30" in row.collision.detail and "14" in row.collision.detail
    assert sentence(bench, "S-02", "14 days").state == "conflict"
    bench.do(DecideCollision(row.collision.id, "both", "Shops and online differ."))
    assert bench.ask(ListCollisions())[0].decided
    assert sentence(bench, "S-02", "14 days").state != "conflict"
    bench.undo()
    assert not bench.ask(ListCollisions())[0].decided
    with pytest.raises(WrongUse):
        bench.do(DecideCollision("nothing", "left", ""))


def test_sources_that_never_meet_are_in_no_conflict(bench: Workbench) -> None:
    """Documents for different regions may say different things."""
    add(bench, "policy.md", POLICY)
    add(bench, "sop.md", SOP)
    scope = bench.ask(ShowSource("S-01")).source.applies_to
    bench.do(DescribeSource("S-01", {"applies_to": scope.model_copy(update={"regions": ("EU",)})}))
    bench.do(DescribeSource("S-02", {"applies_to": scope.model_copy(update={"regions": ("US",)})}))
    assert bench.ask(ListCollisions()) == ()


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "current"),
        ({"effective_from": date(2999, 1, 1)}, "not yet effective"),
        ({"effective_until": date(2000, 1, 1)}, "expired"),
        ({"review_by": date(2000, 1, 1)}, "review due"),
    ],
)
def test_states_follow_the_dates(bench: Workbench, fields: dict[str, object], state: str) -> None:
    """Whether the agent may rely on a source follows from its dates, and shows in the list."""
    add(bench, "policy.md", POLICY)
    if fields:
        bench.do(DescribeSource("S-01", fields))
    assert bench.ask(ListSources()).rows[0].state == state


def test_a_replaced_source_is_superseded_until_undone(bench: Workbench) -> None:
    """What another source replaces is shown as superseded; undoing the replacement brings it back."""
    add(bench, "policy.md", POLICY)
    add(bench, "policy-2.md", POLICY.replace("30", "45"), supersedes="S-01")
    assert [row.state for row in bench.ask(ListSources()).rows] == ["superseded", "current"]
    bench.undo()
    assert [row.state for row in bench.ask(ListSources()).rows] == ["current"]


def test_a_wrong_description_changes_nothing(bench: Workbench) -> None:
    """Unknown fields, impossible values and circles are refused with a sentence."""
    add(bench, "policy.md", POLICY)
    for fields in (
        {"colour": "red"},
        {"authority": "gossip"},
        {"supersedes": "S-01"},
        {"supersedes": "S-99"},
    ):
        with pytest.raises(WrongUse):
            bench.do(DescribeSource("S-01", fields))
    assert bench.ask(ShowSource("S-01")).source.authority == Authority.POLICY


def test_search_finds_words_in_all_sources(bench: Workbench) -> None:
    """Words are found in any document, whatever their ending, with the hits marked."""
    add(bench, "policy.md", POLICY)
    add(bench, "sop.md", SOP)
    hits = bench.ask(SearchSources("returning item"))
    assert {hit.source_id for hit in hits} == {"S-01", "S-02"}
    assert all("⟦" in hit.snippet for hit in hits)
    assert bench.ask(SearchSources("zebra")) == ()


def test_internal_text_never_reaches_customers(bench: Workbench) -> None:
    """A sentence marked internal that a step says is a broken check, which names the step."""
    add(bench, "leak.md", "# Notes\n\nYou must tell the customer: 30 days and not one hour more, ever.\n")
    from studio.domain.changeset import Change, ChangeSet
    from studio.services.commands import EditAgent

    leak = "You must tell the customer: 30 days and not one hour more, ever."
    path = "workflows/refund/steps/explain/text"
    bench.do(EditAgent(ChangeSet(title="x", changes=(Change(path=path, before="30 days.", after=leak),))))
    assert not [c for c in bench.ask(ShowAgent()).checks if c.check.startswith("internal")]
    bench.do(MarkAccess("S-01", sentence(bench, "S-01", "one hour").statement.id, "internal"))
    broken = [c for c in bench.ask(ShowAgent()).checks if c.check.startswith("internal")]
    assert [(c.status, c.path) for c in broken] == [("broken", "workflows/refund/steps/explain")]


def test_a_linked_folder_keeps_sources_connected(bench: Workbench, tmp_path: Path) -> None:
    """New files become sources, changed ones versions, vanished ones are reported; nothing is overwritten."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "policy.md").write_text(POLICY)
    (folder / "picture.png").write_bytes(b"x")
    bench.do(LinkFolder(str(folder)))
    bench.run(LookAtOrigins())
    assert [(r.file_name, r.version) for r in bench.ask(ListSources()).rows] == [("policy.md", 1)]
    (folder / "policy.md").write_text(POLICY.replace("30 days", "45 days"))
    bench.run(LookAtOrigins(take=False))
    assert [f.kind for f in bench.ask(ShowOrigins()).findings] == ["changed"]
    assert bench.ask(ListSources()).rows[0].state == "changed at its origin"
    bench.run(LookAtOrigins())
    row = bench.ask(ListSources()).rows[0]
    assert (row.version, row.state) == (2, "current")
    (folder / "policy.md").unlink()
    bench.run(LookAtOrigins())
    assert bench.ask(ListSources()).rows[0].state == "missing at its origin"
    bench.do(UnlinkFolder("F-01"))
    assert bench.ask(ShowOrigins()).folders == ()


def test_an_unreadable_file_in_a_folder_spoils_nothing(bench: Workbench, tmp_path: Path) -> None:
    """One broken file is reported with its reason; the others are taken."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "good.md").write_text(POLICY)
    (tmp_path / "p" / "empty.md").write_bytes(b"")
    bench.do(LinkFolder(str(tmp_path / "p")))
    bench.run(LookAtOrigins())
    kinds = {Path(f.place).name: f.kind for f in bench.ask(ShowOrigins()).findings}
    assert kinds == {"good.md": "unchanged", "empty.md": "unreadable"}
    assert [row.file_name for row in bench.ask(ListSources()).rows] == ["good.md"]


def test_confirming_needs_a_place(bench: Workbench) -> None:
    """What is not in the agent cannot be confirmed."""
    add(bench, "policy.md", POLICY)
    with pytest.raises(WrongUse, match="not in the agent"):
        bench.do(ConfirmStatement("S-01", sentence(bench, "S-01", "cash").statement.id))
    assert bench.ask(ListSuspects()) == ()
