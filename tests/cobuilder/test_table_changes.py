"""What a changed table changes in the agent made of it: its own row and column, nothing beside them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.charter import Charter
from studio.domain.finding import Analysis
from studio.domain.frozen import digest
from studio.domain.proposal import Proposal
from studio.domain.source import Authority, Source, SourceVersion
from studio.readers.markdown import read_markdown

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
EXTRAS = """# Extras

Agents must check the booking first.

| Service | Fee | Refundable | Approval needed by |
|---|---|---|---|
| Late check-out | £20 | No | Shift lead |
| Early check-in | £20 | No | Shift lead |
| Extra bed | £35 | Yes | Duty manager |
"""


def paper(*texts: str) -> tuple[Source, Analysis]:
    """Return a source with these editions, the last one read."""
    versions = tuple(
        SourceVersion(
            number=number,
            file_name="extras.md",
            digest=digest(text.encode()),
            size=len(text.encode()),
            added_at=NOW,
            document=read_markdown(text, "extras.md"),
        )
        for number, text in enumerate(texts, 1)
    )
    source = Source(id="extras", name="Extras", authority=Authority.SOP, versions=versions)
    return source, analyze(source.current.document, ())


def proposed(agent: Agent, texts: tuple[str, ...]) -> Proposal:
    """Return what the last edition asks of an agent."""
    previous = paper(*texts[:-1]) if texts[1:] else None
    return propose(agent, *paper(*texts), others=(), proposal_id="P-1", created_at=NOW, previous=previous)


@pytest.fixture(scope="module")
def agent() -> Agent:
    """Return the agent that was made of the table."""
    charter = Charter(
        purpose="Extras",
        audience="Guests",
        channel="Chat",
        ai_disclosure="I am automated.",
        capabilities="Extras",
    )
    blank = Agent(id="extras", name="Extras", charter=charter)
    return apply(blank, proposed(blank, (EXTRAS,)).changeset)


def test_like_values_of_two_rows_are_rules_of_their_own(agent: Agent) -> None:
    """Two rows of the same fee and the same approver make two rules each."""
    texts = {rule.text for rule in agent.charter.rules}
    for case in ("Late check-out", "Early check-in"):
        assert {f"{case} — Fee: £20.", f"{case} — Refundable: No."} <= texts
        assert f"{case} — Approval needed by: Shift lead." in texts


@pytest.mark.parametrize(
    ("row", "now", "kind", "text"),
    [
        ("in | £20 |", "in | £18 |", "must", "Early check-in — Fee: £18."),
        ("out | £20 | No", "out | £20 | Yes", "allow", "Late check-out — Refundable: Yes."),
        ("Duty manager", "Shift lead", "escalate", "Extra bed — Approval needed by: Shift lead."),
    ],
)
def test_one_changed_cell_changes_one_rule(agent: Agent, row: str, now: str, kind: str, text: str) -> None:
    """The rule of the cell takes the new value, its title and its kind too; those beside it stay."""
    found = proposed(agent, (EXTRAS, EXTRAS.replace(row, now)))
    draft = apply(agent, found.changeset)
    new = [rule for rule in draft.charter.rules if rule not in agent.charter.rules]
    assert [(rule.kind.value, rule.title, rule.text) for rule in new] == [(kind, text.rstrip("."), text)]
    assert len(draft.charter.rules) == len(agent.charter.rules) and not found.questions


def test_a_row_that_came_turns_no_other_rows_rule(agent: Agent) -> None:
    """A new row makes rules of its own, if any."""
    text = EXTRAS.replace("| Extra bed", "| Crib | £9 | No | Shift lead |\n| Extra bed")
    draft = apply(agent, proposed(agent, (EXTRAS, text)).changeset)
    assert draft.charter.rules[: len(agent.charter.rules)] == agent.charter.rules
    assert all(rule.text.startswith("Crib — ") for rule in draft.charter.rules[len(agent.charter.rules) :])


def test_a_row_that_went_is_asked_about(agent: Agent) -> None:
    """Its rules are asked about, though other rows have the same values."""
    text = EXTRAS.replace("| Early check-in | £20 | No | Shift lead |\n", "")
    found = proposed(agent, (EXTRAS, text))
    assert [question.category for question in found.questions] == ["dropped"] * 3
    assert all("Early check-in" in question.text for question in found.questions)
