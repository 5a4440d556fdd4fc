"""What is worked out once while nothing is committed: the same, from far fewer questions."""

from __future__ import annotations

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, apply_shared
from studio.domain.frozen import digest, to_json
from studio.domain.proposal import Proposal
from studio.services import commands as do
from studio.services.once import once, tree_of
from studio.services.queries.deciding import ShowDeciding
from studio.services.queries.review import ShowProposal
from studio.services.standing import standing
from studio.services.workbench import Workbench


def test_a_page_is_made_once_for_a_standing(bench: Workbench, proposal: Proposal) -> None:
    """The same page comes back while nothing is committed; after a decision there is a new one."""
    bench.do(do.RecordProposal(proposal))
    page = bench.ask(ShowProposal("P-01"))
    assert bench.ask(ShowProposal("P-01")) is page
    bench.do(do.AcceptChange("P-01", "C-01"))
    assert bench.ask(ShowProposal("P-01")) is not page
    with bench.outside.workspace.unit() as unit:
        made: list[int] = []
        for _ in range(3):
            once(standing(unit), "x", lambda: made.append(1))
    assert made == [1]


def test_what_stands_beside_a_change_comes_in_one_answer(bench: Workbench, proposal: Proposal) -> None:
    """Threads, history, what comes along and what goes together are asked for at once."""
    bench.do(do.RecordProposal(proposal))
    bench.do(do.CommentOnChange("P-01", "C-02", "Who pays?"))
    found = bench.ask(ShowDeciding("P-01", "C-02"))
    assert [thread.first.text for thread in found.threads] == ["Who pays?"]
    assert found.along[0] == "Accepting also accepts 1 change it stands on." and "1 change" in found.along[1]
    assert found.groups[0][0] == "this group" and "C-02" in found.groups[0][1]
    assert bench.ask(ShowDeciding("P-01")).along == ()


def test_an_edit_leaves_the_shared_tree_alone(agent: Agent) -> None:
    """Applied to a shared tree a change gives what it gives on a copy, and the shared tree stays."""
    tree, before = tree_of(agent), digest(agent)
    added = {"id": "R-09", "kind": "never", "title": "Late", "text": "Never after a year."}
    changes = (
        Change(path="charter/rules/R-01/text", before="Refunds within 30 days.", after="Within 45 days."),
        Change(path="charter/rules/R-09", after=added),
        Change(path="workflows/refund/steps/explain/text", before="30 days.", after="45 days."),
    )
    made = apply_shared(tree, changes)
    assert digest(Agent.model_validate(made)) == digest(apply(agent, ChangeSet(title="", changes=changes)))
    assert tree_of(agent) is tree and digest(tree) == before == digest(to_json(agent))
