"""What people rely on when a text leaves a case open: it is asked about, and what answers itself is not."""

from __future__ import annotations

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.questions.answer_cases import case_of, decided
from studio.cobuilder.questions.questions import read_questions
from studio.cobuilder.rules.statements import read_statements
from studio.domain.statement import Question, StatementKind
from studio.domain.tool import Tool
from studio.readers.markdown import read_markdown

FILLER = "\n\nThis page is for the support team of a shop that sells lamps and chairs to people at home.\n"


def ask(body: str, category: str, tools: tuple[Tool, ...] = ()) -> list[Question]:
    """Return the questions of one sort that a document with this body raises, each quoted verbatim."""
    document = read_markdown(f"# Desk\n\n{body}\n{FILLER}", "a.md")
    found = read_questions(document, read_statements(document), tools)
    for question in found:
        assert document.text[question.start : question.end] == question.quote
    return [question for question in found if question.category == category]


@pytest.mark.parametrize(
    ("body", "case"),
    [
        (
            "1. Read the order.\n2. Hand it to the second approver.\n3. Lift the block.",
            "second approver says no",
        ),
        ("1. Read the order.\n2. The manager must approve it first.\n3. Ship it.", "the manager says no"),
        ("1. Read the file.\n2. Ask the team leader for approval.\n3. Pay it.", "the team leader says no"),
        ("Staff may close a shop account. Two officers agree on the closure.", "two officers do not agree"),
        (
            "1. Check the delay.\n   - If the delay is under two hours, say sorry.\n"
            "   - If the delay is three hours or more, offer a refund.",
            "the delay is neither under two hours nor three hours or more",
        ),
        (
            "From 4 to 7 points is class A. From 8 to 12 points is class B. Above 20 points is class C.",
            "it is between 12 and 20",
        ),
        (
            "| Weight | Price |\n|---|---|\n| up to 5 kilos | 4 |\n| 6 to 10 kilos | 8 |\n"
            "| over 20 kilos | 30 |",
            "it is between 10 and 20 kilos",
        ),
        (
            "- Send the claim within 30 days of the purchase\n- Claims after 90 days are refused",
            "later than 30 days but not after 90 days",
        ),
        (
            "A manager approves refunds of up to €50, and a director of up to €500.",
            "it is more than €500",
        ),
        (
            "Credits up to €80 are booked by the agent. Sums in excess of €80 were asked for last year.",
            "it is more than €80",
        ),
        ("The agent may refund up to €50.", "it is more than €50"),
        ("Broken screws below ten are replaced with the next order.", "it is not below ten"),
        (
            "1. Now it depends on the reason.\n\n- Wrong size: exchange it.\n- Damaged: refund it.\n"
            "- Too late: send a new one.",
            "none of the cases listed fits",
        ),
        (
            "| Found | Do this |\n|---|---|\n| old plan | ask whether the plan should end |",
            "the answer is no",
        ),
        (
            "You must verify the customer's identity before you change anything.",
            "identity cannot be confirmed",
        ),
        (
            "1. Write to the maker and wait for their answer.\n2. Repair the lamp.",
            "their answer does not come",
        ),
        ("1. Ring the customer three times.\n2. Open the box.", "it has not worked three times"),
        ("1. Compare the names.\n2. If the names match, ship the lamp.", "not so that the names match"),
    ],
)
def test_an_open_case_is_asked_about(body: str, case: str) -> None:
    """A decision that leaves the agent without a next step gives one question that names the case."""
    found = ask(body, "missing case")
    assert len(found) == 1
    assert case in case_of(found[0].text)


@pytest.mark.parametrize(
    "body",
    [
        "1. Hand it to the second approver.\n2. If the approver says no, tell the customer.",
        "1. The manager must approve it first.\n2. A rejected order is closed.",
        "1. If the delay is under two hours, say sorry.\n2. If it is two hours or more, offer a refund.",
        "From 4 to 7 points is class A. From 8 to 12 points is class B. Above 12 points is class C.",
        "| Weight | Price |\n|---|---|\n| up to 5 kilos | 4 |\n| 6 to 10 kilos | 8 |\n| over 10 kilos | 30 |",
        "Send the claim within 30 days of the purchase. Claims after 30 days are refused.",
        "A manager approves up to €50, and a director up to €500. Anything above that goes to the board.",
        "The agent may refund up to €50. Bigger refunds are for the desk lead.",
        "The warranty pays up to €50 a year.",
        "If asked, say when the shop opens.",
        "If the customer agrees, place the order.",
        "Customers under 18 cannot buy knives.",
        "For orders above €500, let a second colleague read it.",
        "Now it depends on the reason.\n\n- Wrong size: exchange it.\n- Damaged: refund it.\n"
        "- Anything else: ask the lead.",
        "Verify the customer's identity. If it cannot be verified, end the call.",
        "Check the customer's identity as the policy describes.",
        "1. Wait for their answer, at most three days.\n2. Repair the lamp.",
        "1. Ring the customer three times.\n2. If nobody answers, write a letter.",
        "1. Compare the names.\n2. If the names match, ship the lamp.\n3. If they do not match, stop.",
        "1. Compare the names.\n2. If the names match, close the case.\n3. Ask the customer for an ID.",
        "Ask whether the lamp or the chair is broken.",
    ],
)
def test_silence_that_answers_itself_is_not_asked_about(body: str) -> None:
    """Exceptions, caps, extras, the customer's yes, and cases that the text does tell raise no question."""
    assert ask(body, "missing case") == []


@pytest.mark.parametrize(
    "body",
    [
        "Refunds up to 100 can be paid by the agent without approval, others not at all.",
        "The amount doesn't require approval below 50 euros.",
        "Nobody needs approval for a refund below 20.",
        "No approval is needed for refunds under 20 euros.",
        "You may refund up to 20 euros without asking.",
        "Credits need not be verified by a manager.",
    ],
)
def test_an_approval_that_nobody_needs_has_no_approver(body: str) -> None:
    """Where a text says that no approval is needed, nobody is asked who gives it."""
    assert ask(body, "role") == []


def test_an_approval_is_asked_about_beside_one_that_is_not_needed() -> None:
    """A sentence that needs none for one thing and one for another is asked about the second."""
    found = ask("Orders may be changed without approval, but refunds need approval.", "role")
    assert ["“need approval”" in question.text for question in found] == [True]


def _tool(name: str, description: str, *required: str) -> Tool:
    schema = {"type": "object", "properties": {each: {"type": "string"} for each in required}}
    return Tool(name=name, description=description, parameters={**schema, "required": list(required)})


TOOLS = (
    _tool("find_booking", "Find a booking by number.", "booking_id"),
    _tool("create_booking", "Book a car.", "station", "licence_number"),
    _tool("add_driver", "Add a driver to a booking.", "booking_id", "driver"),
    _tool("cancel_booking", "Cancel a booking.", "booking_id"),
)
PROMPT = "You are the desk assistant of a car rental.\n\n"


@pytest.mark.parametrize(
    ("body", "deed"),
    [
        ("You must dispatch roadside assistance when a car breaks down.", "dispatch roadside assistance"),
        ("You must record the police report after an accident.", "record the police report"),
        ("A child seat can be added to the order.", "A child seat can be added"),
    ],
)
def test_a_deed_without_a_tool_is_asked_about(body: str, deed: str) -> None:
    """What the agent is told to do and no tool could carry out gives a question that names the deed."""
    found = ask(PROMPT + body, "missing tool", TOOLS)
    assert [deed in question.text for question in found] == [True]


@pytest.mark.parametrize(
    "body",
    [
        "A driver can be added to the booking.",
        "You must add the second driver before the trip.",
        "You must start by looking up the booking.",
        "You must tell the customer the price.",
        "You can book again at once.",
        "You may cancel the booking.",
    ],
)
def test_a_deed_that_a_tool_covers_is_not_asked_about(body: str) -> None:
    """What a tool speaks of, talking, and words that are no deeds raise no question about a system."""
    assert ask(PROMPT + body, "missing tool", TOOLS) == []


def test_no_system_is_missed_where_no_tools_are_known() -> None:
    """Without tools a text tells what people do."""
    assert ask(PROMPT + "You must dispatch roadside assistance.", "missing tool") == []


STEPS = """# Booking a car

1. Ask for the station.
2. Book the car with `create_booking`.
3. Say when it is ready.
"""


def test_an_input_that_no_step_collects_is_asked_about_in_plain_words() -> None:
    """A required fact of a tool that nothing in the text supplies is named, with the step that needs it."""
    found = analyze(read_markdown(STEPS, "a.md"), TOOLS).questions
    asked = [question for question in found if question.category == "missing input"]
    assert [question.quote for question in asked] == ["Book the car with `create_booking`."]
    assert "“create booking” needs the licence number" in asked[0].text


@pytest.mark.parametrize(
    "text",
    [
        STEPS.replace("the station.", "the station and the number of the licence."),
        STEPS.replace("with `create_booking`", "with `cancel_booking`"),
    ],
)
def test_an_input_that_is_told_or_handed_on_is_not_asked_about(text: str) -> None:
    """What the text names, and the ids that systems hand on, are not missing."""
    found = analyze(read_markdown(text, "a.md"), TOOLS).questions
    assert all(question.category != "missing input" for question in found)


OPEN = "The text goes on with a yes only: what should happen if the manager says no?"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Hand over to a person", StatementKind.ESCALATION),
        ("Refuse", StatementKind.OBLIGATION),
        ("Carry on", StatementKind.PERMISSION),
        ("Offer a voucher.", StatementKind.OBLIGATION),
    ],
)
def test_an_answer_makes_a_rule_for_the_case(answer: str, kind: StatementKind) -> None:
    """The case and the answer make one sentence that binds, under the condition that was open."""
    text = decided(OPEN, answer)
    read = read_statements(read_markdown(text, "a.md"))
    assert [(statement.kind, statement.condition) for statement in read] == [(kind, "If the manager says no")]


@pytest.mark.parametrize("answer", ["Yes", "no", " "])
def test_a_bare_yes_or_no_decides_no_case(answer: str) -> None:
    """A yes or a no does not say what should happen."""
    assert decided(OPEN, answer) == ""


@pytest.mark.parametrize(
    ("body", "case"),
    [
        ("1. Look in the job book.\n2. If a van is free, book the job.\n3. Note the time.", "a van is free"),
        ("1. Give the price.\n2. If the caller accepts, send the van.\n3. Note it.", "the caller accepts"),
        (
            "1. Find the room.\n2. If the booking is guaranteed, keep the room until six.",
            "booking is guaranteed",
        ),
    ],
)
def test_what_may_turn_out_otherwise_is_asked_about(body: str, case: str) -> None:
    """A step that goes on when something is there, agreed or sure leaves the other case open."""
    (found,) = ask(body, "missing case")
    assert case in found.text


@pytest.mark.parametrize(
    "body",
    [
        "1. If a van is free, book the job.\n2. Otherwise call the partner.",
        "1. If the caller accepts, send the van.\n2. If not, say goodbye and note it.",
        "1. If the amount is paid, send the parcel.\n2. Read the note. Orders that are not paid wait.",
        "1. If a better room is free, offer a free upgrade.",
        "1. When the job is complete, close the order.",
        "Up to 400 euros the clerk approves. Between 400 and 900 the lead approves, above 900 the director.",
    ],
)
def test_what_is_told_or_an_extra_is_not_asked_about(body: str) -> None:
    """Where the other case is told, or where there is nothing to do in it, nothing is asked."""
    assert not ask(body, "missing case")
