"""Completeness follows workflows: a sentence that an accepted step stands on has been looked at."""

from __future__ import annotations

import pytest

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet
from studio.domain.frozen import to_json
from studio.domain.source import Anchor, Citation, words_fingerprint
from studio.services.commands import AcceptRemaining, EditAgent
from studio.services.new_agent import new_agent
from studio.services.queries.sources import ShowSource
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.workbench import Workbench

TEXT = """# Hotel desk

## Late check-out

1. Ask for the room number and the surname and verify the guest's identity.
2. Look up the stay in Innkeeper. If the look-up fails, try again.
3. Work out the late fee and tell the guest the amount.
4. Extend the stay in Innkeeper.
5. Close the case.

## Exceptions

- If the stay cannot be found, hand over to Reception.
"""


@pytest.fixture
def agent() -> Agent:
    """An agent that does nothing yet."""
    return new_agent("Hotel desk")


def _states(bench: Workbench) -> dict[str, str]:
    page = bench.ask(ShowSource("S-01"))
    return {s.statement.quote: s.state for row in page.blocks for s in row.sentences}


def test_every_sentence_that_became_a_step_is_in_the_agent(bench: Workbench) -> None:
    """After all is accepted, none of the procedure's sentences is “not yet looked at”."""
    bench.run(ReadSource("desk.md", TEXT.encode()))
    bench.run(Propose("S-01"))
    bench.do(AcceptRemaining("P-01"))
    states = _states(bench)
    assert len(states) >= 6
    assert [quote for quote, state in states.items() if state == "not yet looked at"] == []


def test_a_part_of_a_sentence_that_is_cited_accounts_for_it(bench: Workbench) -> None:
    """A place made by hand that cites only some words of a sentence counts for it; other lines do not."""
    bench.run(
        ReadSource("desk.md", b"# Desk\n\nNever refund in cash or by cheque.\n\nNever open the till.\n")
    )
    quote = "refund in cash"
    cited = Citation(
        source_id="S-01",
        source_name="Desk",
        version=1,
        anchor=Anchor(line_start=3, line_end=3),
        quote=quote,
        fingerprint=words_fingerprint(quote),
    )
    rule = {"id": "R-01", "kind": "never", "title": "Cash", "text": "No cash.", "citations": [to_json(cited)]}
    change = Change(path="charter/rules/R-01", before=None, after=rule)
    bench.do(EditAgent(ChangeSet(title="A rule", changes=(change,))))
    states = _states(bench)
    assert states["Never refund in cash or by cheque."] == "in the agent, not tested"
    assert states["Never open the till."] == "not yet looked at"
