"""References and lint: each planted mistake is found at its place, and a sound agent has none."""

from __future__ import annotations

import pytest

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.check import all_hold
from studio.domain.frozen import Json, to_json

PLANTED: list[tuple[str, Json, str, str]] = [
    ("workflows/return/start", "nowhere", "references", "with which step it starts"),
    ("workflows/return/steps/order/next", "nowhere", "references", "“nowhere”"),
    ("workflows/return/steps/order/slots", ["shoe"], "references", "“shoe”"),
    ("workflows/return/steps/look/tool", "orders.get", "references", "“orders.get”"),
    ("workflows/return/steps/look/arguments", [], "references", "without “order_id”"),
    (
        "workflows/return/steps/look/arguments",
        [{"name": "order_id", "fact": "shoe"}],
        "references",
        "nothing ever fills",
    ),
    (
        "workflows/return/steps/pay/arguments",
        [{"name": "order_id", "fact": "order_id"}, {"name": "amount", "value": True}],
        "references",
        "cannot use",
    ),
    ("workflows/return/steps/look/results", [{"result": "colour", "fact": "days"}], "references", "“colour”"),
    ("workflows/return/steps/eligible/table", "none", "references", "table “none”"),
    ("workflows/return/steps/time/rule", "R-03", "references", "no disclosure"),
    ("workflows/return/steps/who/block", "status", "references", "no reusable block"),
    ("workflows/return/steps/person/context", ["shoe"], "references", "“shoe”"),
    ("workflows/return/steps/done/outcome", "happy", "references", "“happy”"),
    ("workflows/return/slots/order_id/pattern", "[", "references", "pattern"),
    ("tables/eligible/rows/fresh/then", "maybe", "references", "answer “maybe”"),
    ("tables/eligible/inputs/days/id", "age", "references", "“age”"),
    ("charter/rules/R-01/guard/tools", ["pay"], "references", "guards “pay”"),
    ("charter/rules/R-02/guard/needs_disclosure", "R-09", "references", "R-09"),
    ("charter/rules/R-02/workflows", ["gone"], "references", "“gone”"),
    ("tools/refund/limits", [{"argument": "sum", "maximum": 5}], "references", "“sum”"),
    ("tools/identify/returns/properties", {"match": {"type": "boolean"}}, "references", "“verified”"),
    ("scenarios/T-01/workflow", "gone", "references", "workflow “gone”"),
    ("scenarios/T-01/systems", [{"id": "gone", "reply": {}}], "references", "tool “gone”"),
    ("scenarios/T-01/expectations", [{"kind": "step", "step": "gone"}], "references", "step “gone”"),
    ("charter/ai_disclosure", "", "charter", "automated"),
    ("charter/rules/R-01/guard", None, "charter", "has none"),
    ("workflows/status/examples", [], "intent", "no example phrases"),
    ("workflows/status/examples", ["send this back"], "intent", "more than one workflow"),
    ("workflows/status/steps/say/text", "Sent {when}.", "text", "{when}"),
    ("workflows/return/steps/pay/retries", 1, "retries", "twice"),
    ("scenarios/T-11", None, "tests", "Where is my order?"),
]


@pytest.mark.parametrize(("path", "after", "check", "words"), PLANTED)
def test_a_planted_mistake_is_found(shop: Agent, path: str, after: Json, check: str, words: str) -> None:
    """Each mistake gives a finding that names it in words and points to a place that exists."""
    change = Change(path=path, before=lookup(to_json(shop), path), after=after)
    agent = apply(shop, ChangeSet(title="a mistake", changes=(change,)))
    found = [each for each in run_checks(agent) if each.check == check and each.status != "holds"]
    hit = [each for each in found if words in each.detail]
    assert hit, [each.detail for each in found]
    assert lookup(to_json(agent), hit[0].path) is not None or hit[0].path.startswith("charter")


def test_the_same_name_twice_is_found(shop: Agent) -> None:
    """Two steps with one id are reported."""
    flow = shop.workflow("status")
    twice = flow.model_copy(update={"steps": (*flow.steps, flow.steps[-1])})
    agent = shop.model_copy(update={"workflows": (*shop.workflows[:1], twice, *shop.workflows[2:])})
    assert any("used twice" in each.detail for each in run_checks(agent))


def test_a_sound_agent_has_nothing_broken(shop: Agent) -> None:
    """The shop holds, and one result says how many references were looked up."""
    results = run_checks(shop)
    assert all_hold(results)
    assert any(each.detail.endswith("references lead somewhere.") for each in results)


def test_every_result_is_a_sentence(shop: Agent) -> None:
    """Details are for business users: one or more whole sentences."""
    for each in run_checks(shop):
        assert each.detail[0].isupper() or each.detail[0] == "“"
        assert each.detail.endswith(".")
