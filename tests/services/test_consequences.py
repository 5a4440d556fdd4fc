"""Facts of who is affected by a proposal, from both faces: what is kept, and what decisions do to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from studio.cli.main import app
from studio.domain.agent import Agent
from studio.domain.errors import Cancelled, WrongUse
from studio.domain.frozen import to_json
from studio.domain.proposal import Proposal
from studio.domain.scenario import Scenario
from studio.llm.scripted import ScriptedModel
from studio.ports import silent
from studio.services.commands import AcceptChange, RecordProposal, RejectChange
from studio.services.jobs import Tools
from studio.services.queries.consequences import ConsequencesPage, ShowConsequences
from studio.services.stages.consequences import WorkOutConsequences
from studio.services.stages.consequences_sampled import SampleConsequences
from studio.services.workbench import Workbench
from studio.store.workspace import Workspace, create


@pytest.fixture
def workspace(tmp_path: Path, agent: Agent) -> Iterator[Workspace]:
    """A workspace with a test of the workflow."""
    flow = agent.workflows[0].model_copy(update={"examples": ("I want my money back",)})
    test = Scenario(id="T-01", title="Money back", workflow=flow.id, opening="I want my money back")
    made = create(
        tmp_path / "workspace", agent.model_copy(update={"workflows": (flow,), "scenarios": (test,)})
    )
    yield made
    made.close()


@pytest.fixture
def proposed(bench: Workbench, proposal: Proposal) -> Workbench:
    """A workbench with the proposal."""
    bench.do(RecordProposal(proposal))
    return bench


def found(bench: Workbench) -> ConsequencesPage:
    """Return what is known of the proposal."""
    return bench.ask(ShowConsequences("P-01"))


def test_what_was_worked_out_is_kept_and_stays_current(proposed: Workbench) -> None:
    """The result is kept with the workspace; accepting leaves it as it is, rejecting does not."""
    assert found(proposed).found is None
    made = proposed.run(WorkOutConsequences("P-01", customers=20))
    page = found(proposed)
    assert page.current
    assert page.found == made
    assert [each.standing for each in made.changes] == [
        "nothing to meet",
        "affects",
        "nothing to meet",
        "nothing to meet",
    ]
    proposed.do(AcceptChange("P-01", "C-02"))
    assert found(proposed).current
    assert proposed.run(WorkOutConsequences("P-01", customers=20)) == made
    proposed.do(RejectChange("P-01", "C-02"))
    assert not found(proposed).current


def test_a_rejected_change_is_tried_alone_and_is_no_part_of_the_whole(proposed: Workbench) -> None:
    """What was rejected still tells what it would do; the whole proposal is without it, and says so."""
    proposed.do(RejectChange("P-01", "C-02"))
    made = proposed.run(WorkOutConsequences("P-01", customers=20))
    assert made.whole.standing == "nothing to meet"
    assert made.changes[1].affected
    assert any("C-02" in note and "rejected" in note for note in made.notes)


def test_working_out_can_be_undone_with_nothing(proposed: Workbench) -> None:
    """The result is no step of the history: undo takes back the decision before it."""
    proposed.do(AcceptChange("P-01", "C-04"))
    proposed.run(WorkOutConsequences("P-01", customers=20))
    assert "C-04" in proposed.undo()


def test_a_stop_keeps_nothing(proposed: Workbench) -> None:
    """Work that is stopped leaves no result behind, whatever had arrived."""
    told: list[float] = []

    def stop(fraction: float, message: str = "") -> None:
        told.append(fraction)
        if len(told) > 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        proposed.run(WorkOutConsequences("P-01", customers=33), stop)
    assert found(proposed).found is None


def test_without_customers_it_says_what_to_do(bench: Workbench, proposal: Proposal) -> None:
    """No such proposal, or too many customers, is a sentence."""
    bench.do(RecordProposal(proposal))
    with pytest.raises(WrongUse):
        bench.run(WorkOutConsequences("P-07"))
    with pytest.raises(WrongUse):
        bench.run(WorkOutConsequences("P-01", customers=0))


def test_with_a_model_it_is_better_worse_or_not_known(proposed: Workbench) -> None:
    """With a language model both versions meet the tests several times; nothing is called safe."""
    nothing = json.dumps({"workflow": None, "facts": [], "wants_person": False})
    outside = proposed.outside
    tools = Tools(
        readers=(),
        workers=outside.workers,
        clock=outside.clock,
        run_log=outside.workspace.run_log,
        model=lambda: ScriptedModel(lambda _request: nothing),
    )
    job = SampleConsequences("P-01", repeats=3)
    with outside.workspace.unit() as unit:
        work = job.prepare(unit, tools)
    found = work(silent)
    assert [each.of for each in found.evidence] == ["", "T-01"]
    assert found.evidence[0].before[1] == found.evidence[0].after[1] == 3
    assert found.evidence[0].judgement == "not enough evidence"
    with outside.workspace.unit() as unit, pytest.raises(WrongUse):
        SampleConsequences("P-01", repeats=1).prepare(unit, tools)


def test_the_command_line_tells_the_same(proposed: Workbench, workspace: Workspace) -> None:
    """`review consequences` tells all changes, one with its conversations, and JSON for programs."""
    folder = str(workspace.folder)
    verb = ["review", "consequences", "P-01"]
    all_of_it = CliRunner().invoke(app, [*verb, "--customers", "20", "-w", folder])
    assert all_of_it.exit_code == 0, all_of_it.output
    assert "All changes together: " in all_of_it.output
    assert "C-02" in all_of_it.output
    one = CliRunner().invoke(app, [*verb, "C-02", "--customers", "20", "-w", folder])
    assert "is told 45 instead of 30" in one.output
    assert "45 days" in one.output
    as_json = CliRunner().invoke(app, [*verb, "C-02", "--json", "--customers", "20", "-w", folder])
    effect = found(proposed).change("C-02")
    assert effect is not None
    assert json.loads(as_json.stdout)["sentence"] == to_json(effect)["sentence"]
    wrong = CliRunner().invoke(app, [*verb, "C-77", "--customers", "20", "-w", folder])
    assert isinstance(wrong.exception, WrongUse)
