"""The world: systems work on records without being told much, change them, and the end is compared."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.agent import Agent
from studio.domain.frozen import Json
from studio.ports import ToolFailed
from studio.runtime.program import Program
from studio.simulation.systems import ScenarioSystems, as_if, connect
from tests.simulation.worlds import Tree, edited, named, scenario, shop_tree, step, talks, wrong

PAY = ("refund", {"order_id": "W4471", "amount": 80})


def _systems(tree: Tree, **more: Any) -> ScenarioSystems:
    systems = connect(scenario(**more))
    systems.begin(Program.of(Agent.model_validate(tree)), 7)
    return systems


def test_a_look_up_finds_the_record_by_its_key() -> None:
    """An argument called like the key column is enough; the reply is what the schema names."""
    systems = _systems(shop_tree())
    assert systems.call("get_order", {"order_id": "W9912"}) == {"days": 40, "amount": 30, "final_sale": False}
    with pytest.raises(ToolFailed):
        systems.call("get_order", {"order_id": "W0000"})


@pytest.mark.parametrize(("email", "verified"), [("ada@mail.example", True), ("eve@mail.example", False)])
def test_identity_is_what_the_records_say(email: str, verified: bool) -> None:
    """Who is in the table is verified; who is not, is not."""
    assert _systems(shop_tree()).call("identify", {"email": email}) == {"verified": verified}


def test_what_must_agree_with_the_record_is_compared() -> None:
    """An order with another e-mail address proves nobody's identity."""
    tree = shop_tree()
    identify = named(tree["tools"], "identify")
    identify["parameters"]["properties"]["order_id"] = {"type": "string"}
    identify["mock"] = {"table": "orders"}
    named(tree["records"], "orders")["columns"].append({"id": "email"})
    named(named(tree["records"], "orders")["rows"], "W4471")["values"]["email"] = "Ada@mail.example"
    systems = _systems(tree)
    assert systems.call("identify", {"order_id": "W4471", "email": "ada@mail.example"})["verified"]
    assert not systems.call("identify", {"order_id": "W4471", "email": "eve@mail.example"})["verified"]


def test_a_refund_changes_order_and_balance_once() -> None:
    """Afterwards the order is refunded and the balance less; a second refund is refused."""
    systems = _systems(shop_tree())
    systems.call(*PAY)
    assert systems.state.now("orders", "W4471")["balance"] == 0
    assert systems.state.changed == {("orders", "W4471"): {"status": "refunded", "balance": 0}}
    with pytest.raises(ToolFailed, match="refused"):
        systems.call(*PAY)


def test_conversations_do_not_share_their_world() -> None:
    """What one customer changed, the next one does not see."""
    test = scenario()
    program = Program.of(Agent.model_validate(shop_tree()))
    for _ in range(2):
        systems = connect(test)
        systems.begin(program, 7)
        systems.call(*PAY)


def test_new_records_are_compared_without_their_numbers() -> None:
    """Two returns booked in another order are the same; one more is not; and twice the same is told."""
    tree = shop_tree()
    tree["records"].append(
        {
            "id": "returns",
            "name": "Returns",
            "key": "return_id",
            "columns": [{"id": "return_id"}, {"id": "order_id"}],
        }
    )
    named(tree["tools"], "refund")["mock"] = {"adds": "returns"}
    program = Program.of(Agent.model_validate(tree))

    def after(*orders: str) -> ScenarioSystems:
        systems = connect(scenario())
        systems.begin(program, 7)
        for order in orders:
            systems.call("refund", {"order_id": order, "amount": 1})
        return systems

    one, two = "W4471", "W9912"
    assert after(one, two).state == after(two, one).state
    assert after(one, two).state != after(one).state
    assert after(one).state.differences(after(one, two).state) == [
        "A new record in “returns” is missing: order id W9912."
    ]
    assert after(one, one).state.twice == ("“refund” with amount 1, order id W4471",)
    assert after(one).call("refund", {"order_id": two, "amount": 1})["return_id"] == "returns-2"


def test_a_test_may_have_records_of_its_own() -> None:
    """Its values win over the table's, and a record may be missing; replies win over both."""
    own = [
        {"table": "orders", "id": "W4471", "values": {"days": 29}},
        {"table": "orders", "id": "W9912", "gone": True},
    ]
    reply: Json = [{"id": "get_order", "reply": {"days": 1, "amount": 2, "final_sale": True}}]
    assert _systems(shop_tree(), records=own).call("get_order", {"order_id": "W4471"})["days"] == 29
    with pytest.raises(ToolFailed):
        _systems(shop_tree(), records=own).call("get_order", {"order_id": "W9912"})
    assert _systems(shop_tree(), systems=reply).call("get_order", {"order_id": "W4471"})["days"] == 1


def test_without_tables_the_writes_themselves_are_the_state() -> None:
    """What was done, with what, whatever the order; look-ups do not count."""
    tree = shop_tree()
    tree.pop("records")
    test = scenario(systems=[{"id": "refund", "reply": {}}, {"id": "get_order", "reply": {}}])
    program = Program.of(Agent.model_validate(tree))
    systems = connect(test)
    systems.begin(program, 7)
    systems.call("get_order", {"order_id": "W4471"})
    systems.call("refund", {"amount": 80.0, "order_id": "W4471"})
    wanted, refused = as_if(test, program, [_done("W4471")])
    assert (systems.state, refused) == (wanted, [])
    assert systems.state != as_if(test, program, [_done("W1")])[0]


def _done(order: str) -> Any:
    from studio.domain.scenario import DoneCall

    return DoneCall(tool="refund", arguments={"order_id": order, "amount": 80})


PAID = {"kind": "world", "calls": [{"tool": "refund", "arguments": {"order_id": "W4471", "amount": 80}}]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        (
            {"arguments": [{"name": "order_id", "fact": "order_id"}, {"name": "amount", "value": 79}]},
            "balance",
        ),
        (
            {"arguments": [{"name": "order_id", "value": "W9912"}, {"name": "amount", "fact": "amount"}]},
            "W9912",
        ),
        ({"tool": "get_order"}, "as it was, expected refunded"),
    ],
)
def test_the_goal_is_the_state_not_the_words(change: Tree, words: str | None) -> None:
    """Whatever the agent says, a wrong amount, a wrong order or nothing done miss the goal."""
    found = talks(edited(shop_tree(), pay=change), scenario(PAID))
    assert all(talk.passed for talk in found) if words is None else not any(talk.passed for talk in found)
    if words is not None:
        assert words in wrong(found[0])["goal"]


def test_a_record_is_expected_by_its_values() -> None:
    """A test can say in plain values how a record stands at the end."""
    expected = {
        "kind": "record",
        "table": "orders",
        "id": "W4471",
        "values": {"status": "refunded", "balance": 0},
    }
    assert all(talk.passed for talk in talks(edited(shop_tree()), scenario(expected)))
    expected["values"]["status"] = "paid"  # type: ignore[index]
    told = wrong(talks(edited(shop_tree()), scenario(expected), 1)[0])["goal"]
    assert told == "The status of W4471 in “orders” is refunded, expected paid."


EXTRA: list[tuple[Tree, Tree, str]] = [
    ({}, {"kind": "call", "tool": "refund", "arguments": {"amount": 81}}, "systems"),
    ({}, {"kind": "call", "tool": "refund", "times": 2}, "systems"),
    ({}, {"kind": "call", "tool": "refund", "never": True, "arguments": {"amount": 80}}, "limits"),
    ({}, {"kind": "step", "step": "look", "after": "pay"}, "process"),
    ({}, {"kind": "effort", "turns": 2}, "effort"),
    ({"next": "person"}, {"kind": "handoff", "queue": "Returns", "after": "done"}, "handoff"),
]


@pytest.mark.parametrize(("pay", "expected", "aspect"), EXTRA)
def test_what_else_can_be_expected(pay: Tree, expected: Tree, aspect: str) -> None:
    """Values, number of calls, order of steps, effort, and the right moment of a handoff."""
    found = talks(edited(shop_tree(), pay=pay), scenario(expected), 1)[0]
    assert aspect in wrong(found)


GUARDED: Tree = {"kind": "guard", "tool": "refund", "rule": "R-03", "facts": {"final_sale": True}}
GUARDS: list[Tree] = [
    GUARDED,
    {"kind": "guard", "tool": "refund", "rule": "R-01", "verified": False},
    {"kind": "guard", "tool": "refund", "rule": "R-02", "told": False},
    {"kind": "guard", "tool": "refund", "arguments": {"amount": 501}},
    {"kind": "guard", "tool": "refund", "arguments": {"amount": 500}, "never": True},
]


def test_a_guard_can_be_asked_whoever_would_call() -> None:
    """Rules and limits are held against a call that the workflow never makes; without the guard it fails."""
    assert [wrong(t) for t in talks(edited(shop_tree()), scenario(*GUARDS)) if not t.passed] == []
    tree = shop_tree()
    for rule in tree["charter"]["rules"]:
        rule.pop("guard")
    found = talks(Agent.model_validate(tree), scenario(GUARDED), 1)[0]
    assert (found.passed, found.blame) == (False, "agent")
    assert wrong(found)["limits"] == (
        "This does not hold: Whoever asks for it, R-03 stops “refund” with final sale yes."
    )


MET: list[Tree] = [
    {"kind": "call", "tool": "refund", "arguments": {"amount": 80.0}, "times": 1},
    {"kind": "call", "tool": "refund", "never": True, "arguments": {"amount": 81}},
    {"kind": "step", "step": "pay", "after": "look"},
    {"kind": "effort", "turns": 6, "seconds": 1},
]


def test_what_else_can_be_expected_is_met() -> None:
    """The same expectations hold where they should."""
    assert [wrong(t) for t in talks(edited(shop_tree()), scenario(*MET)) if not t.passed] == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Please calm down.", "tone"),
        ("THIS IS FINAL now.", "Shouts"),
        ("Thank you!! Really.", "Shouts"),
        ("word " * 130 + ".", "130 words at once"),
        (
            "Notwithstanding aforementioned administrative considerations, extraordinary reimbursement "
            "authorisation necessitates comprehensive organisational verification procedures, "
            "incorporating multidisciplinary investigation, documentation, and interdepartmental "
            "communication, irrespective of individual circumstances or particular expectations, "
            "unambiguously demonstrating responsibility, accountability, transparency, reliability, "
            "sustainability, proportionality, confidentiality, availability and integrity.",
            "hard to read",
        ),
    ],
)
def test_how_the_agent_speaks_is_judged_by_rules(said: str, words: str) -> None:
    """Rudeness, shouting, walls of text and officialese are told; plain words are not."""
    agent = edited(shop_tree(), done={"say": said})
    assert words in wrong(talks(agent, scenario(), 1)[0])["communication"]
    assert talks(edited(shop_tree()), scenario(), 1)[0].passed


def test_a_disclosure_that_is_cut_short_is_told() -> None:
    """The grader reads the words that were said, not that the step was passed."""
    from studio.simulation.grading import grade

    program, test = Program.of(edited(shop_tree())), scenario()
    talk = talks(edited(shop_tree()), test, 1)[0]
    turns = tuple(
        turn.model_copy(update={"text": turn.text.replace("takes 5 days", "is quick")}) for turn in talk.turns
    )
    marks = {mark.aspect: mark.note for mark in grade(program, test, talk.outcome, turns) if not mark.ok}
    assert marks == {"disclosures": "R-02 was not said word for word."}
    assert step(shop_tree(), "time")["text"] == "A refund takes 5 days."
