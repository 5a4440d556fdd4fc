"""Two documents proposed before either is decided: both can be taken into the agent whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.assembly import new_from_sample, sample
from studio.domain.proposal import Proposal
from studio.services.commands import AcceptRemaining
from studio.services.queries.agents import ShowAgent
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.workbench import Workbench
from studio.settings import Settings

LEAFLET = b"""# Refunds at the counter

Never pay a refund for an order that carries a fraud hold. The agent must tell the customer that a refund goes
back to the original payment method. Every refund of an order above 400 pounds must be reported to the lead.
"""


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    """The sample with its next document and a leaflet beside it, both read."""
    bench = new_from_sample(tmp_path, "returns_assistant", Settings(name="Ana Silva"))
    bench.run(ReadSource(**sample("returns_assistant").new_document.as_job()))
    bench.run(ReadSource(file_name="leaflet.md", data=LEAFLET))
    return bench


def _new(made: Proposal) -> set[str]:
    return {each.change.path for each in made.changes if each.change.before is None}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_documents_proposed_side_by_side_are_both_accepted(
    bench: Workbench, order: tuple[int, int]
) -> None:
    """What is new in two proposals has numbers of its own, so that accepting one never spoils the other."""
    made = [bench.run(Propose("S-03")), bench.run(Propose("S-04"))]
    numbered = [{p for p in _new(each) if p.startswith(("charter/rules", "scenarios"))} for each in made]
    assert all(numbered) and not numbered[0] & numbered[1]
    for at in order:
        bench.do(AcceptRemaining(made[at].id))
    draft = bench.ask(ShowAgent()).draft
    assert {f"charter/rules/{r.id}" for r in draft.charter.rules} >= {
        p for each in numbered for p in each if p.startswith("charter")
    }
    bench.close()
