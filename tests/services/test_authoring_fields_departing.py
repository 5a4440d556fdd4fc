"""A step that a hand changed says that it departs from the sentence it was made from, as long as it does."""

from __future__ import annotations

from pathlib import Path

from studio.assembly import new_from_sample, sample
from studio.services.authoring.fields import set_field
from studio.services.commands import AcceptRemaining, EditAgent
from studio.services.queries.agents import ShowAgent
from studio.services.queries.departures import ShowDepartures
from studio.services.queries.sources import ListSources
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.workbench import Workbench
from studio.settings import Settings

STEP = "workflows/return-item/steps/pay-refund"


def edit(bench: Workbench, path: str, value: object) -> None:
    """Change one field by hand, as the window does."""
    bench.do(EditAgent(set_field(bench.ask(ShowAgent()).draft, path, value)))


def test_a_hand_made_edit_of_a_cited_step_is_told_until_it_is_taken_back(tmp_path: Path) -> None:
    """What CoBuilder wrote never departs; a hand's edit does, and undo or changing it back ends it."""
    bench = new_from_sample(tmp_path / "w", "returns_assistant", Settings(name="Ana Silva"))
    try:
        assert bench.ask(ShowDepartures()) == {}
        edit(bench, f"{STEP}/retries", 3)
        edit(bench, f"{STEP}/title", "Pay it back")
        told = bench.ask(ShowDepartures())
        assert list(told) == [STEP] and "how often it tries again." in told[STEP]
        edit(bench, f"{STEP}/retries", 0)
        assert bench.ask(ShowDepartures()) == {}
        bench.undo()
        assert list(bench.ask(ShowDepartures())) == [STEP]
    finally:
        bench.close()


def test_what_was_accepted_from_a_proposal_does_not_depart(tmp_path: Path) -> None:
    """A proposal's changes are what the documents demand; only what a hand changed beyond them departs."""
    bench = new_from_sample(tmp_path / "w", "returns_assistant", Settings(name="Ana Silva"))
    try:
        bench.run(ReadSource(**sample("returns_assistant").new_document.as_job()))
        before = bench.ask(ShowAgent()).draft
        bench.do(AcceptRemaining(bench.run(Propose(bench.ask(ListSources()).rows[-1].id)).id))
        after = bench.ask(ShowAgent()).draft
        assert after.workflows != before.workflows
        assert bench.ask(ShowDepartures()) == {}
        changed = next(
            (flow.id, step)
            for flow in after.workflows
            for step in flow.steps
            if step.citations and hasattr(step, "on_failure")
        )
        edit(bench, f"workflows/{changed[0]}/steps/{changed[1].id}/on_failure", None)
        assert list(bench.ask(ShowDepartures())) == [f"workflows/{changed[0]}/steps/{changed[1].id}"]
    finally:
        bench.close()
