"""Conditions, guards, ways out and what must happen as fields of a proposed value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.domain.agent import Agent
from studio.domain.changeset import Change, lookup
from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.domain.workflow import Decide
from studio.services.value_fields import fields_of, with_texts


@pytest.fixture(scope="module")
def shop(repository: Path) -> Agent:
    """The returns assistant, as it ships."""
    text = (repository / "sample_projects" / "returns_assistant" / "agent.json").read_text(encoding="utf-8")
    return Agent.model_validate(json.loads(text))


def _added(agent: Agent, path: str) -> Change:
    return Change(path=path, after=lookup(to_json(agent), path))


def test_every_part_of_every_item_reads_back(shop: Agent) -> None:
    """Whatever an agent holds: its form, kept without a touch or with a space, gives the same value."""
    paths = [f"charter/rules/{rule.id}" for rule in shop.charter.rules]
    paths += [f"charter/rules/{rule.id}/guard" for rule in shop.charter.rules if rule.guard]
    for flow in shop.workflows:
        paths += [f"workflows/{flow.id}/steps/{step.id}" for step in flow.steps]
        decides = [step for step in flow.steps if isinstance(step, Decide)]
        paths += [
            f"workflows/{flow.id}/steps/{step.id}/branches/{branch.id}"
            for step in decides
            for branch in step.branches
        ]
    paths += [f"scenarios/{test.id}" for test in shop.scenarios]
    paths += [f"scenarios/{test.id}/expectations" for test in shop.scenarios]
    built = 0
    for path in paths:
        change = _added(shop, path)
        fields = fields_of(shop, change)
        assert with_texts(shop, change, {f.key: f.text for f in fields}) == change.after
        spaced = {f.key: f"{f.text} " for f in fields if f.kind in ("condition", "expectations")}
        built += len(spaced)
        assert with_texts(shop, change, spaced) == change.after
    assert built > 20


def test_a_guard_is_edited_in_words(shop: Agent) -> None:
    """Within a rule or alone, a guard's condition, systems and needs are read from what a person writes."""
    rule = _added(shop, "charter/rules/R-03")
    texts = {"guard/forbidden_when": "days_elapsed > 60", "guard/tools": "Issue refund\ncreate_return"}
    guard = with_texts(shop, rule, texts)["guard"]
    assert guard["forbidden_when"] == {"kind": "compare", "field": "days_elapsed", "op": ">", "value": 60}
    assert guard["tools"] == ["issue_refund", "create_return"]
    assert "forbidden_when" not in with_texts(shop, rule, {"guard/forbidden_when": ""})["guard"]
    alone = _added(shop, "charter/rules/R-03/guard/forbidden_when")
    assert with_texts(shop, alone, {"": 'reason = "changed my mind"'})["value"] == "changed my mind"
    for text, said in (("days > 3", "no fact “days”"), ("days_elapsed > soon", "not a number")):
        with pytest.raises(WrongUse, match=said):
            with_texts(shop, alone, {"": text})
    with pytest.raises(WrongUse, match="none of the choices"):
        with_texts(shop, rule, {"guard/tools": "the printer"})


def test_what_must_happen_is_edited_in_words(shop: Agent) -> None:
    """A line added is one more expectation; what the customer knows is a field for each fact."""
    test = _added(shop, "scenarios/T-01")
    text = next(f.text for f in fields_of(shop, test) if f.kind == "expectations")
    made = with_texts(
        shop, test, {"expectations": f"{text}\nneeds at most; turns=6", "facts/reason/value": "?"}
    )
    assert made["expectations"] == [*test.after["expectations"], {"kind": "effort", "turns": 6}]
    assert next(each["value"] for each in made["facts"] if each["id"] == "reason") == "?"
