"""Questions are the few points that a careful reader would send back to the document's owner."""

from __future__ import annotations

import pytest

from studio.cobuilder.questions.questions import read_questions
from studio.cobuilder.rules.statements import read_statements
from studio.domain.statement import Question
from studio.domain.tool import Tool
from studio.readers.markdown import read_markdown

FILLER = "\n\nThis page is for the support team of a shop that sells lamps and chairs to people at home.\n"


def ask(body: str, tools: tuple[Tool, ...] = ()) -> tuple[Question, ...]:
    """Return the questions that a document with this body raises, each quoted verbatim."""
    document = read_markdown(f"# Desk\n\n{body}\n{FILLER}", "a.md")
    found = read_questions(document, read_statements(document), tools)
    for question in found:
        assert document.text[question.start : question.end] == question.quote
    return found


@pytest.mark.parametrize(
    ("body", "category"),
    [
        ("Transfer the call to the appropriate team.", "role"),
        ("You must get approval before a refund.", "role"),
        ("Refunds above the limit must be declined.", "limit"),
        ("We may close accounts that were inactive for an extended period.", "deadline"),
        ("You must refuse large refunds.", "threshold"),
        ("You may waive the fee in exceptional circumstances.", "undefined term"),
        ("Orders are kept for TBD days.", "unfinished"),
        ("You should transfer the a human agent.", "garbled"),
        ("1. Ask for the name.\n2. If it is wrong, go back to step 7.\n", "dangling reference"),
        ("Damaged goods are handled as described in Appendix B.", "dangling reference"),
    ],
)
def test_open_points_are_asked_about(body: str, category: str) -> None:
    """Each kind of gap gives a question that names it and says why it matters."""
    found = ask(body)
    assert category in [question.category for question in found]
    assert all(question.reason and question.text.endswith(("?", "”.", ".")) for question in found)


@pytest.mark.parametrize(
    "body",
    [
        "You must refuse refunds above $200.",
        "Escalate to the floor manager on duty.",
        "1. Ask for the name.\n2. If it is wrong, go back to step 1.\n",
        "A lamp returned within 30 days must be refunded. A chair returned within 14 days may be exchanged.",
        "Many people like small lamps and the reasonable prices.",
    ],
)
def test_clear_text_raises_no_question(body: str) -> None:
    """Numbers, named roles and background leave nothing to ask."""
    assert ask(body) == ()


def test_different_numbers_for_one_matter_contradict() -> None:
    """Thirty days here and fourteen there is a question, with both places named."""
    body = (
        "Returned goods must be sent back within 30 days of delivery.\n\n"
        "## Later\n\nCustomers must send returned goods back within 14 days of delivery."
    )
    (question,) = ask(body)
    assert question.category == "contradiction"
    assert "30 days" in question.text and "14 days" in question.quote


def test_a_tool_that_is_not_there_is_asked_about() -> None:
    """A step that calls an unknown system cannot be built."""
    tools = (Tool(name="get_order", parameters={"properties": {"order_id": {"type": "string"}}}),)
    found = ask("Call get_order with the order_id, then use send_voucher_mail to finish.", tools)
    assert [question.category for question in found] == ["missing tool"]


def test_an_announced_action_without_a_procedure_is_asked_about() -> None:
    """What the agent is said to do must be explained somewhere, as the other actions are."""
    body = (
        "You can help users:\n\n- cancel open orders\n- change the delivery address\n\n"
        "## Cancel open orders\n\nAsk for the order number."
    )
    assert [question.category for question in ask(body)] == ["missing procedure"]


def test_a_term_is_asked_about_once() -> None:
    """Ten uses of one vague term are one question."""
    body = "\n\n".join(f"You may waive fee {n} in exceptional circumstances." for n in range(10))
    assert len(ask(body)) == 1
