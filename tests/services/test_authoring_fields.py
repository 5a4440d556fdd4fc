"""Wishes of a person become change sets: every one applies, and undoing it restores the same bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.changeset import apply, join_path
from studio.domain.condition import Compare
from studio.domain.errors import WrongUse
from studio.domain.fact_edit import fact_added, facts_removed
from studio.domain.frozen import canonical
from studio.domain.workflow import Ask, Branch, Decide
from studio.services.authoring.fields import fulfil, set_field, set_fields

SAMPLE = Path(__file__).parents[2] / "sample_projects" / "returns_assistant" / "agent.json"
AGENT = Agent.model_validate(json.loads(SAMPLE.read_text(encoding="utf-8")))
STEP = "workflows/return-item/steps/ask-why"
TEXT_FIELDS = [
    join_path("workflows", flow.id, "steps", step.id, name)
    for flow in AGENT.workflows
    for step in flow.steps
    for name in ("title", "say", "text", "queue")
    if hasattr(step, name)
] + ["charter/purpose", "workflows/return-item/intent", "tables/refund-approval/name"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(TEXT_FIELDS), st.text(max_size=30)), min_size=1, max_size=4))
def test_every_edit_applies_and_its_inverse_restores_the_same_bytes(wishes: list[tuple[str, str]]) -> None:
    """Whatever is typed into whichever fields: it stands there, and undo gives back what stood there."""
    changes = set_fields(AGENT, wishes)
    after = apply(AGENT, changes)
    tree = json.loads(canonical(after))
    for path, value in dict(wishes).items():
        node = tree
        for segment in path.split("/"):
            if isinstance(node, list):
                node = next(item for item in node if item.get("id") == segment)
            else:
                node = node[segment]
        assert node == value
    assert canonical(apply(after, changes.inverse())) == canonical(AGENT)


def test_a_value_that_stands_there_already_is_no_change() -> None:
    """Nothing is recorded for an edit that changes nothing."""
    assert set_field(AGENT, f"{STEP}/title", "Ask why it comes back").changes == ()


@pytest.mark.parametrize(
    ("path", "value", "title"),
    [
        (f"{STEP}/title", "Why?", "Rename “Ask why it comes back” to “Why?”"),
        (f"{STEP}/next", "book-return", "Lead “Ask why it comes back” to “Book the return”"),
        (f"{STEP}/on_failure", None, "Leave “Ask why it comes back” without a way on if it fails"),
        (f"{STEP}/say", "Hello", "Change what “Ask why it comes back” says"),
        ("workflows/return-item/name", "Send back", "Rename “Return an item” to “Send back”"),
        ("workflows/return-item/slots/reason/label", "Why", "Rename the fact “Reason” to “Why”"),
        ("workflows/return-item/slots/reason", None, "Remove the fact “Reason”"),
        ("tools/get_order/answers_within", 8.0, "Change how long “get order” may take"),
        ("charter/purpose", "To help", "Change purpose"),
    ],
)
def test_titles_say_in_words_what_a_person_changed(path: str, value: object, title: str) -> None:
    """Undo and the ledger show no path and no id."""
    assert set_field(AGENT, path, value).title.removesuffix(
        " (departs from what Refund handling SOP says)"
    ) == title  # fmt: skip


def test_an_edit_of_a_cited_place_says_from_which_document_it_departs() -> None:
    """A step, a row or a rule that stands on a sentence says so when changed by hand."""
    departs = " (departs from what Refund handling SOP says)"
    assert set_field(AGENT, f"{STEP}/say", "Hello").title.endswith(departs)
    assert not set_field(AGENT, f"{STEP}/title", "Hello").title.endswith(departs)
    row = "tables/return-eligibility/rows/in-time/then"
    assert set_field(AGENT, row, "too late").title.endswith("(departs from what Returns policy 2024 says)")
    assert "departs" not in set_field(AGENT, "workflows/return-item/intent", "x").title


def test_a_place_that_is_not_there_and_a_value_that_does_not_fit_are_refused_in_a_sentence() -> None:
    """Nothing half-done comes out of a wrong wish."""
    with pytest.raises(WrongUse, match="is no place of the agent"):
        set_field(AGENT, "workflows/nowhere/name", "x")
    with pytest.raises(WrongUse, match="does not fit"):
        set_field(AGENT, f"{STEP}/tries", "many")


def test_a_renamed_way_keeps_its_target_and_condition() -> None:
    """The list of ways is one value: a new name, same place."""
    step = AGENT.workflow("return-item").step("label-cost")
    assert isinstance(step, Decide)
    path = "workflows/return-item/steps/label-cost/branches"
    changes = set_field(AGENT, path, (step.branches[0].model_copy(update={"id": "free"}),))
    after = apply(AGENT, changes).workflow("return-item").step("label-cost")
    assert isinstance(after, Decide)
    condition = Compare(field="reason", op="=", value="arrived damaged")
    assert after.branches == (Branch(id="free", when=condition, next=step.branches[0].next),)
    assert canonical(apply(apply(AGENT, changes), changes.inverse())) == canonical(AGENT)


def test_a_new_fact_gets_a_name_of_its_own_and_is_asked_for() -> None:
    """Two facts with one label are two facts; removing one takes it out of what is asked."""
    once = apply(AGENT, fulfil(AGENT, fact_added(AGENT, "return-item", "Shoe size", "ask-why")[1]))
    twice = apply(once, fulfil(once, fact_added(once, "return-item", "Shoe size", "ask-why")[1]))
    step = twice.workflow("return-item").step("ask-why")
    assert isinstance(step, Ask) and step.slots[-2:] == ("shoe_size", "shoe_size_2")
    back = apply(twice, fulfil(twice, facts_removed(twice, "return-item", ("shoe_size",))))
    step = back.workflow("return-item").step("ask-why")
    assert isinstance(step, Ask) and step.slots[-1] == "shoe_size_2" and "shoe_size" not in step.slots
