"""What an older proposal still asks comes over to a new one only with all that it stands on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.checks.all import run_checks
from studio.cobuilder.analysis import analyze
from studio.cobuilder.carried_over import carry_over
from studio.cobuilder.proposals import propose
from studio.domain.changeset import ChangeSet, apply
from studio.domain.proposal import Proposal
from studio.domain.source import Authority, Source, SourceVersion
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

FULL = """# Desk

## Cancelling

1. Ask for the order number.
2. Look up the order in Vega. If it cannot be found, hand over to Front Desk.
3. If the order has shipped, tell the customer that it cannot be stopped. Otherwise cancel the order.

The agent must never cancel a gift card.
"""
HALVES = (
    "# Desk\n\nAsk for the order number.\n\nLook up the order in Vega. If it cannot be found, hand over to "
    "Front Desk.\n",
    "# Desk\n\nIf the order has shipped, tell the customer that it cannot be stopped. Otherwise cancel the "
    "order.\n",
)


def asked_of(text: str, proposal_id: str = "P-01") -> Proposal:
    """Return what a document asks of an agent that does nothing yet."""
    document = read_markdown(text, "desk.md")
    version = SourceVersion(
        number=1, digest="a" * 64, file_name="desk.md", size=len(text), added_at=NOW, document=document
    )
    source = Source(id="S-01", name="Desk", authority=Authority.SOP, versions=(version,))
    found = analyze(document, ())
    return propose(new_agent("X"), source, found, others=(), proposal_id=proposal_id, created_at=NOW)


def _text(text: str) -> str:
    return read_markdown(text, "desk.md").text


@pytest.mark.parametrize("half", HALVES)
def test_a_workflow_does_not_come_over_without_its_systems_and_blocks(half: str) -> None:
    """Where a sentence of a workflow is gone it stays behind, with its tests; nothing new is broken."""
    old, base = asked_of(FULL), new_agent("X")
    made = asked_of(half, "P-02")
    both = carry_over(base, made, [(old, change) for change in old.changes], _text(half))
    assert not any(change.change.path == "workflows/cancelling" for change in both.changes)
    assert any("“New workflow “Cancelling””, because a sentence it stands on" in u for u in both.unaffected)
    ids = {change.id for change in both.changes}
    assert all(set(change.depends_on) <= ids for change in both.changes)
    sound = {each.detail for each in run_checks(apply(base, made.changeset)) if each.status == "broken"}
    after = {each.detail for each in run_checks(apply(base, both.changeset)) if each.status == "broken"}
    assert after <= sound


def test_what_needs_a_change_that_does_not_come_over_stays_behind_and_says_so() -> None:
    """A test whose own sentence is still there does not come over without the workflow that it tries."""
    old = asked_of(FULL)
    both = carry_over(
        new_agent("X"), asked_of(HALVES[1], "P-02"), [(old, c) for c in old.changes], _text(HALVES[1])
    )
    assert any("which it needs, is not taken over" in line for line in both.unaffected)
    assert not any(change.change.path.startswith("scenarios/") for change in both.changes)


def test_what_was_accepted_already_is_stood_on() -> None:
    """Tests of a workflow that is in the draft come over, though their needs are no part of the proposal."""
    old, base = asked_of(FULL), new_agent("X")
    taken = [c for c in old.changes if not c.change.path.startswith("scenarios/")]
    draft = apply(base, ChangeSet(title="", changes=tuple(each.change for each in taken)))
    waiting = [(old, c) for c in old.changes if c not in taken]
    empty = old.model_copy(update={"id": "P-02", "changes": ()})
    both = carry_over(draft, empty, waiting, _text(FULL))
    assert [c.change for c in both.changes] == [c.change for _, c in waiting]
    assert all(not c.depends_on for c in both.changes)


def test_a_change_that_would_break_a_check_stays_behind() -> None:
    """Nothing says that it is needed, but the checks do: a workflow without its block is not taken over."""
    old, base = asked_of(FULL), new_agent("X")
    loose = [
        c.model_copy(update={"depends_on": ()})
        for c in old.changes
        if c.change.segments[0] in ("workflows", "sources") and c.change.path != "workflows/verify-identity"
    ]
    alone = old.model_copy(update={"changes": tuple(loose)})
    empty = old.model_copy(update={"id": "P-02", "changes": ()})
    both = carry_over(base, empty, [(alone, c) for c in loose], _text(FULL))
    assert [c.change.segments[0] for c in both.changes] == ["sources"]
    assert any("a check would no longer hold" in line for line in both.unaffected)
