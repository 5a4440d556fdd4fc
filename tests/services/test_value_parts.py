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
    for part in ("expectations", "persona", "behaviours", "systems", "faults"):
        paths += [f"scenarios/{test.id}/{part}" for test in shop.scenarios[:3]]
    paths += [f"tables/{table.id}" for table in shop.tables] + [f"workflows/{f.id}" for f in shop.workflows]
    paths += [f"tools/{tool.name}" for tool in shop.tools] + [f"records/{t.id}" for t in shop.records or ()]
    paths += [f"tools/{tool.name}/{part}" for tool in shop.tools for part in ("mock", "parameters")]
    built = 0
    for path in paths:
        change = _added(shop, path)
        fields = fields_of(shop, change)
        assert with_texts(shop, change, {f.key: f.text for f in fields}) == change.after
        kinds = ("condition", "expectations", "replies", "faults")
        spaced = {f.key: f"{f.text} " for f in fields if f.kind in kinds}
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


def test_who_comes_and_what_the_systems_do_are_edited(shop: Agent) -> None:
    """In a proposed test a person writes another manner, answer and failure; what cannot be is refused."""
    test = _added(shop, "scenarios/T-01")
    said = next(f.text for f in fields_of(shop, test) if f.kind == "replies").rpartition("\n")[0]
    made = with_texts(
        shop,
        test,
        {
            "persona/mood": "angry",
            "persona/channel": "phone",
            "behaviours": "Typos\nimpatient",
            "systems": f'{said}\nissue_refund: refund_id="R 1"; done=no; amount=20',
            "faults": "issue_refund=timeout; times=1\nget_order=slow; chance=20%; seconds=12",
        },
    )
    assert (made["persona"]["mood"], made["persona"]["channel"]) == ("angry", "phone")
    assert made["behaviours"] == ["typos", "impatient"]
    reply = {"id": "issue_refund", "reply": {"refund_id": "R 1", "done": False, "amount": 20}}
    assert made["systems"] == [*test.after["systems"][:-1], reply]
    assert made["faults"][0] == {"id": "issue_refund", "failure": "timeout", "times": 1}
    assert made["faults"][1]["chance"] == 0.2 and made["faults"][1]["seconds"] == 12
    wrong = (
        ("systems", "the printer: paper=no", "no system “the printer”"),
        ("systems", "get_order", "says no system"),
        ("faults", "issue_refund=tired", "nothing that can go wrong"),
        ("faults", "issue_refund=slow; chance=300%", "no chance"),
        ("behaviours", "sings", "none of the choices"),
    )
    for key, text, words in wrong:
        with pytest.raises(WrongUse, match=words):
            with_texts(shop, test, {key: text})


def test_what_must_happen_is_edited_in_words(shop: Agent) -> None:
    """A line added is one more expectation; what the customer knows is a field for each fact."""
    test = _added(shop, "scenarios/T-01")
    text = next(f.text for f in fields_of(shop, test) if f.kind == "expectations")
    made = with_texts(
        shop, test, {"expectations": f"{text}\nneeds at most; turns=6", "facts/reason/value": "?"}
    )
    assert made["expectations"] == [*test.after["expectations"], {"kind": "effort", "turns": 6}]
    assert next(each["value"] for each in made["facts"] if each["id"] == "reason") == "?"
