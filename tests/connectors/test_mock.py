"""The mock connector answers what the scenario says and never makes anything up."""

from __future__ import annotations

import pytest

from studio.connectors.mock import connect
from studio.domain.frozen import Json
from studio.domain.scenario import Fact, Fault, Scenario, SystemReply
from studio.ports import ToolFailed

SCENARIO = Scenario(
    id="T-01",
    title="A test",
    workflow="any",
    facts=(Fact(id="email", value="ada@mail.example", wrong="eve@mail.example"),),
    systems=(
        SystemReply(id="orders", reply={"lines": [{"item": "lamp"}]}),
        SystemReply(id="identify", reply={"verified": True}),
    ),
    faults=(Fault(id="orders", failure="timeout", times=1), Fault(id="pay", failure="refused")),
)


def test_replies_are_the_scenarios_own() -> None:
    """A reply is given as written, and changing it changes no later one."""
    systems = connect(SCENARIO)
    with pytest.raises(ToolFailed):
        systems.call("orders", {})
    first = systems.call("orders", {})
    assert first == {"lines": [{"item": "lamp"}]}
    first["lines"].append("spoilt")
    assert systems.call("orders", {}) == {"lines": [{"item": "lamp"}]}


def test_faults_come_as_often_as_they_say() -> None:
    """A fault without a number of times always comes; with one, only that often."""
    systems = connect(SCENARIO)
    failures = []
    for tool in ("orders", "orders", "pay", "pay"):
        try:
            systems.call(tool, {})
            failures.append("")
        except ToolFailed as failed:
            failures.append(failed.failure)
    assert failures == ["timeout", "", "refused", "refused"]


def test_what_the_scenario_does_not_say_fails_openly() -> None:
    """A system without a reply fails with its own kind of failure; nothing is invented."""
    with pytest.raises(ToolFailed, match="no reply"):
        connect(SCENARIO).call("unheard_of", {})


@pytest.mark.parametrize(("email", "verified"), [("ada@mail.example", True), ("eve@mail.example", False)])
def test_wrong_data_does_not_verify(email: Json, verified: bool) -> None:
    """While the customer's wrong data is sent, nobody is verified."""
    assert connect(SCENARIO).call("identify", {"email": email}) == {"verified": verified}
