"""What a change looks like: each kind in its own form, seen with and without it, with its reasons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.diff.summary import summary_of
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.frozen import to_json
from studio.domain.money_words import money_sign
from studio.domain.proposal import Proposal
from studio.services.change_forms import ChangeForms, forms_of, users_of
from studio.services.commands import AcceptChange, RecordProposal, RejectChange
from studio.services.queries.proposal_words import SummariseProposal
from studio.services.queries.review import ProveChange, ShowChange, ShowProposal, _limit_words, _without_head
from studio.services.workbench import Workbench


@pytest.fixture
def sample(repository: Path) -> Agent:
    """The live agent of the returns sample."""
    file = repository / "sample_projects/returns_assistant/agent.json"
    return Agent.model_validate_json(file.read_bytes())


def _forms(agent: Agent, path: str, after: object) -> ChangeForms:
    change = Change(path=path, before=lookup(to_json(agent), path), after=after)
    both = agent, apply(agent, ChangeSet(title="x", changes=(change,)))
    return forms_of(change, both, both)


def test_a_cell_is_shown_in_its_table_with_the_cases(sample: Agent) -> None:
    """A limit that moves is one changed cell of the whole table, and the cases it turns are said."""
    table = sample.tables[0]
    row = next(r for r in table.rows if any(c.op == "<=" for c in r.cells))
    cell = next(c for c in row.cells if c.op == "<=")
    other = cell.model_copy(update={"value": 45})
    found = _forms(sample, f"tables/{table.id}/rows/{row.id}/cells/{cell.id}", to_json(other))
    assert found.texts is None and not found.sheet and found.table is not None
    assert found.table.rows.counts["changed"] == 1
    assert any("31 to 45 days" in case.words for case in found.table.cases)
    assert found.workflow is not None and found.workflow.focus


def test_a_step_is_shown_as_lines_and_in_its_workflow(sample: Agent) -> None:
    """One changed field of a step is seen on the step's whole sheet, and in the drawing's words."""
    flow = sample.workflows[0]
    step = next(s for s in flow.steps if s.kind == "ask")
    found = _forms(sample, f"workflows/{flow.id}/steps/{step.id}/tries", step.tries + 1)
    (row,) = [row for row in found.sheet if row.status == "changed"]
    assert row.label == "Asks" and row.note == "+1"
    assert len(found.sheet) > 3
    assert found.workflow is not None
    assert found.workflow.details[step.id].startswith(f"“{step.title}”: asks ")


def test_a_rule_is_prose_and_a_sheet_and_a_charter_text_prose_alone(sample: Agent) -> None:
    """A rule's words are compared as prose, its force as a line; the purpose has no lines."""
    rule = sample.charter.rules[0]
    found = _forms(sample, f"charter/rules/{rule.id}/text", "Ask first.")
    assert found.texts is not None and "Ask first." in found.texts[1]
    assert all(row.status == "same" for row in found.sheet)
    found = _forms(sample, f"charter/rules/{rule.id}/severity", "low")
    assert found.texts is None
    assert [row.label for row in found.sheet if row.status == "changed"] == ["Weight"]
    found = _forms(sample, "charter/purpose", "Help.")
    assert found.texts == (sample.charter.purpose, "Help.") and not found.sheet


def test_data_is_the_change_as_it_is_kept(sample: Agent) -> None:
    """The view for IT holds path, before and after, as JSON that can be read back."""
    found = _forms(sample, "charter/purpose", "Help.")
    assert Change.model_validate(json.loads(found.data)).after == "Help."


def test_it_is_told_who_uses_the_changed_thing(sample: Agent) -> None:
    """A system names the steps and tests that call it; a table the step that decides by it."""
    step = next(s for s in sample.workflows[0].steps if s.kind == "decide" and s.table)
    assert step.kind == "decide"
    change = Change(path=f"tables/{step.table}/name", before="a", after="b")
    assert f"Step “{step.title}”" in users_of(change, sample)
    tool = next(s for s in sample.workflows[0].steps if s.kind == "tool")
    assert tool.kind == "tool"
    names = users_of(Change(path=f"tools/{tool.tool}/effect", before="read", after="write"), sample)
    assert f"Step “{tool.title}”" in names


def test_a_proposal_in_words_tells_each_change_once(bench: Workbench, proposal: Proposal) -> None:
    """The summary of a proposal names every change in exactly one sentence, decided or not."""
    bench.do(RecordProposal(proposal))
    bench.do(AcceptChange("P-01", "C-03"))
    page = bench.ask(SummariseProposal("P-01"))
    told = [each for line in page.lines for each in line.ids]
    assert sorted(told) == sorted(change.id for change in proposal.changes)
    assert page.touched


def test_a_decided_change_is_seen_as_before(bench: Workbench, proposal: Proposal) -> None:
    """Whether open, accepted or rejected, a change shows the same words before and after."""
    bench.do(RecordProposal(proposal))
    ids = [row.id for group in bench.ask(ShowProposal("P-01")).groups for row in group.rows]
    was = {each: bench.ask(ShowChange("P-01", each)).forms for each in ids}
    bench.do(AcceptChange("P-01", "C-02"))
    bench.do(RejectChange("P-01", "C-04"))
    for each in ids:
        now = bench.ask(ShowChange("P-01", each)).forms
        assert (now.texts, now.data) == (was[each].texts, was[each].data)
        assert [r for r in now.sheet if r.status != "same"] == [
            r for r in was[each].sheet if r.status != "same"
        ]


def test_what_a_change_turns_is_asked_apart(bench: Workbench, proposal: Proposal) -> None:
    """Proofs of a change are an answer of their own, so that no page waits for them."""
    bench.do(RecordProposal(proposal))
    found = bench.ask(ProveChange("P-01", "C-01"))
    assert all(check.status == "broken" for check in (*found.broken, *found.mended))


def test_a_proof_calls_what_is_gone_by_its_title(bench: Workbench, agent: Agent, proposal: Proposal) -> None:
    """Where a step is taken away that another leads to, the broken check says its title, not its id."""
    path = "workflows/refund/steps/done"
    change = Change(path=path, before=lookup(to_json(agent), path), after=None)
    taken = proposal.changes[0].model_copy(update={"id": "C-01", "change": change, "depends_on": ()})
    bench.do(RecordProposal(proposal.model_copy(update={"changes": (taken,)})))
    told = " ".join(check.detail for check in bench.ask(ProveChange("P-01", "C-01")).broken)
    assert "“Done”" in told and "“done”" not in told


def test_a_rule_that_only_moves_shows_no_form_but_is_said(sample: Agent) -> None:
    """Where nothing but the place changes, no form pretends a difference."""
    rule = to_json(sample.charter.rules[1])
    last = sample.charter.rules[-1].id
    path = f"charter/rules/{rule['id']}"
    change = Change(
        path=path, before=rule, after=rule, place_before=sample.charter.rules[0].id, place_after=last
    )
    both = sample, apply(sample, ChangeSet(title="x", changes=(change,)))
    assert not forms_of(change, both, both).differs


def test_what_another_change_did_to_a_table_is_marked_as_its_own(repository: Path, sample: Agent) -> None:
    """A new column is seen with the row that it cannot stand without, and that row is called the other's."""
    table = sample.tables[0]
    column = {"id": "final_sale", "label": "Final sale", "type": "yes or no"}
    row = {
        "id": "extra",
        "cells": [{"id": "final_sale", "op": "=", "value": True}],
        "then": table.rows[0].then,
    }
    this = Change(path=f"tables/{table.id}/inputs/final_sale", before=None, after=column)
    other = Change(path=f"tables/{table.id}/rows/extra", before=None, after=row)
    without = apply(sample, ChangeSet(title="x", changes=(other,)))
    both = without, apply(without, ChangeSet(title="x", changes=(this,)))
    found = forms_of(this, both, both, needed=[("C-13", other)]).table
    assert found is not None
    assert [found.row_along(each) for each in found.rows.rows] == ["" for _ in table.rows] + ["C-13"]
    number = len(table.rows) + 1
    assert f"row {number} (C-13)" in found.along_words
    alone = forms_of(this, both, both).table
    assert alone is not None and not alone.along_words


def test_a_limit_of_money_is_said_with_its_sign(sample: Agent) -> None:
    """What a system pays at most is money on its sheet and in its sentence; a number of an order is not."""
    tool = next(each for each in sample.tools if each.limits)
    limit = tool.limits[0].model_copy(update={"maximum": 5000.0})
    path = f"tools/{tool.name}/limits"
    found = _forms(sample, path, [to_json(limit)])
    (row,) = [row for row in found.sheet if row.status == "changed"]
    assert (row.before, row.after) == ("£200", "£5,000")
    change = Change(path=path, before=lookup(to_json(sample), path), after=[to_json(limit)])
    (line,) = summary_of([("C-01", change)], sample, apply(sample, ChangeSet(title="x", changes=(change,))))
    assert line.text.endswith("up to £5,000 (was £200).")
    assert money_sign((sample,), tool.name, limit.argument) == "£"
    assert not money_sign((sample,), tool.name, "order_id")


def test_the_line_below_a_change_ends_with_the_new_value(sample: Agent) -> None:
    """Words that both versions begin with are said once, so that the new value is not what is cut off."""
    assert _without_head("amount at most 200", "amount at most 5,000") == "5,000"
    assert _without_head("within 30 days", "after 45 days") == "after 45 days"
    assert _without_head("the same", "the same") == "the same"
    tool = next(each for each in sample.tools if each.limits)
    limit = [to_json(tool.limits[0])]
    change = Change(path=f"tools/{tool.name}/limits", before=limit, after=[{**limit[0], "maximum": 5000.0}])
    assert _limit_words(change, sample) == ("£200", "£5,000")
