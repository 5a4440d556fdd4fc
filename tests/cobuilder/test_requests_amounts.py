"""Questions about amounts and lines of tables: answered from documents and tables, right at every limit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.cobuilder.requests.conversing import reply
from studio.cobuilder.requests.items import Index, items_of
from studio.cobuilder.requests.kinds import Ground
from studio.domain.agent import Agent
from studio.domain.condition import Compare
from studio.domain.source import Authority, Source, SourceVersion
from studio.domain.workflow import (
    Branch,
    Cell,
    Decide,
    DecisionTable,
    End,
    Row,
    Slot,
    TableInput,
    Workflow,
)
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TEXT = """# Prices

| Service | Price |
|---|---|
| Inner tube | £8 |
| Late pick-up | £2 a day |

The late fee for a rented bike is £12 a day. A repair estimate is free of charge.

The workshop opens at 8.

## Refunds by age of the order

| Days since delivery | Refund |
|---|---|
| 0 to 14 | full refund |
| 15 to 45 | store credit |
| 46 to 90 | half of the price |
| more than 90 | nothing |

Orders up to £50 are checked by the desk. From £50.01 to £200 the shift lead checks orders. Above £200 the
manager checks orders.
"""


def _ground(agent: Agent, text: str = "") -> Ground:
    papers: tuple[Source, ...] = ()
    if text:
        version = SourceVersion(
            number=1,
            digest="a" * 64,
            file_name="p.md",
            size=1,
            added_at=NOW,
            document=read_markdown(text, "p.md"),
        )
        papers = (Source(id="S-01", name="Prices", authority=Authority.POLICY, versions=(version,)),)
    index = Index(items_of(agent, papers))
    return Ground(agent, agent, 1, index, papers=tuple((source, None) for source in papers))


@pytest.fixture(scope="module")
def documents() -> Ground:
    """An agent that does nothing yet, with a price list."""
    return _ground(new_agent("Desk"), TEXT)


@pytest.fixture(scope="module")
def decisions() -> Ground:
    """An agent with a decision table by days, and a decision by amount."""
    days = "days_since_delivery"
    table = DecisionTable(
        id="age",
        name="Age of the order",
        inputs=(TableInput(id=days, label="Days since delivery", type="number"),),
        rows=(
            Row(id="r1", cells=(Cell(id=days, op="<=", value=14),), then="full refund"),
            Row(id="r2", cells=(Cell(id=days, op="between", value=15, high=45),), then="store credit"),
            Row(id="r3", cells=(Cell(id=days, op=">", value=45),), then="no refund"),
        ),
    )
    steps = (
        Decide(
            id="which",
            title="Which refund",
            table="age",
            branches=(
                Branch(id="full refund", next="who"),
                Branch(id="store credit", next="who"),
                Branch(id="no refund", next="end"),
            ),
            otherwise="end",
        ),
        Decide(
            id="who",
            title="Who approves",
            branches=(
                Branch(id="gift", when=Compare(field="gift", op="=", value=True), next="end"),
                Branch(id="lead", when=Compare(field="amount", op=">", value=200), next="end"),
                Branch(id="desk", when=Compare(field="amount", op="<=", value=200), next="end"),
            ),
            otherwise="end",
        ),
        End(id="end", title="End"),
    )
    slots = (
        Slot(id=days, label="Days since delivery", type="number", prompt="How many days?"),
        Slot(id="amount", label="Amount", type="money", prompt="How much?"),
        Slot(id="gift", label="Gift", type="yes or no", prompt="Is it a gift?"),
    )
    flow = Workflow(id="refund", name="Refund an order", slots=slots, start="which", steps=steps)
    return _ground(new_agent("Desk").model_copy(update={"workflows": (flow,), "tables": (table,)}))


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("What does an inner tube cost?", ["Inner tube | £8"]),
        ("How much is the late fee for a rented bike?", ["The late fee for a rented bike is £12 a day."]),
        ("what is the price of late pick-up?", ["Late pick-up | £2 a day"]),
        ("How much does a repair estimate cost?", ["A repair estimate is free of charge."]),
        ("Which line applies for 14 days?", ["0 to 14 | full refund"]),
        ("Which line applies for 15 days?", ["15 to 45 | store credit"]),
        ("Which refund applies for 45 days?", ["15 to 45 | store credit"]),
        ("Which refund applies after 46 days?", ["46 to 90 | half of the price"]),
        ("What do customers get back after 90 days?", ["46 to 90 | half of the price"]),
        ("What do customers get back after 91 days?", ["more than 90 | nothing"]),
        ("Who checks orders of £50?", ["Orders up to £50 are checked by the desk."]),
        ("Who checks orders of £50.01?", ["From £50.01 to £200 the shift lead checks orders."]),
        ("Who checks orders of £200?", ["From £50.01 to £200 the shift lead checks orders."]),
        ("Who checks orders of £200.01?", ["Above £200 the\nmanager checks orders."]),
    ],
)
def test_what_the_documents_state_is_quoted(documents: Ground, question: str, quotes: list[str]) -> None:
    """Just the sentence or table line that holds is quoted verbatim with its place, at every limit."""
    said = reply(question, documents)
    assert [citation.quote for citation in said.citations] == quotes
    assert said.verdict == "answered" and said.proposal is None


def test_what_no_document_states_is_said(documents: Ground) -> None:
    """Nothing is worked out or guessed for what has no price."""
    assert (
        reply("What does a helicopter cost?", documents).text == "No document says what “helicopter” costs."
    )
    assert not reply("Which line applies for 3 kilos?", documents).citations


@pytest.mark.parametrize("days", [0, 13, 14, 15, 44, 45, 46, 47, 400])
def test_a_decision_table_answers_as_the_agent_decides(decisions: Ground, days: int) -> None:
    """Asked for a number, the row that the agent itself would take is told."""
    row = decisions.agent.table("age").decide({"days_since_delivery": days})
    assert row is not None
    for question in (f"What happens after {days} days?", f"Which row applies for {days} days?"):
        assert f"answers “{row.then}”" in reply(question, decisions).text


@pytest.mark.parametrize(
    ("question", "then"),
    [
        ("What happens when it was delivered less than 15 days ago?", "full refund"),
        ("What happens when it was delivered more than 45 days ago?", "no refund"),
        ("What happens when it was delivered more than 14 days ago?", "store credit"),
        ("What happens when it was delivered at most 14 days ago?", "full refund"),
    ],
)
def test_more_and_less_than_do_not_mean_the_limit_itself(decisions: Ground, question: str, then: str) -> None:
    """“Less than 15 days” is answered for 14, “more than 45” for 46."""
    assert f"answers “{then}”" in reply(question, decisions).text


def test_what_depends_on_more_is_said_to_depend_on_it(decisions: Ground) -> None:
    """A branch that stands before and may hold is named with its condition, not passed over."""
    said = reply("How does it treat an amount of £300?", decisions).text
    assert "“gift”" in said and "else “lead”" in said


def test_two_ends_in_one_question_get_no_answer_for_one_of_them(decisions: Ground) -> None:
    """“Between 40 and 60 days” lies on both sides of a limit: no single row is named."""
    assert "answers" not in reply("What happens between 40 and 60 days?", decisions).text
