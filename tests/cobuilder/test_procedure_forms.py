"""Procedures in the forms in which people write them down: checklists, nouns, titles, tables, phases."""

from __future__ import annotations

import pytest

from studio.cobuilder.procedures.procedures import read_procedures
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.tool import Tool
from studio.readers.markdown import read_markdown


def tool(name: str, description: str, *arguments: str) -> Tool:
    """Return a tool with required arguments."""
    return Tool(
        name=name,
        description=description,
        parameters={"properties": {argument: {} for argument in arguments}, "required": list(arguments)},
    )


DESK = (
    tool("find_bicycle", "Find a hired bicycle by its frame number.", "frame_number"),
    tool("book_repair", "Book a repair in the workshop.", "frame_number", "day"),
    tool("send_receipt", "Send a receipt.", "email"),
    tool("refund_hire", "Pay the price of a hire back.", "frame_number"),
)


def read(text: str) -> tuple[WorkflowFinding, ...]:
    """Return the procedures in a Markdown text, with the tools of a bicycle hire."""
    return read_procedures(read_markdown(text, "hire.md"), DESK)


def steps_of(text: str) -> list[StepFinding]:
    """Return the steps of all procedures in a text."""
    return [step for workflow in read(text) for step in workflow.steps]


def tools_of(text: str) -> list[str]:
    """Return the tools that the steps of a text use, in order."""
    return [step.tool for step in steps_of(text) if step.tool]


@pytest.mark.parametrize(
    "text",
    [
        "# Repair\n\n1. Search of the bicycle\n2. Booking of the repair\n3. Sending of the receipt\n",
        "# Repair\n\n1. Finding the bicycle\n2. Booking the repair\n3. Sending the receipt\n",
        "# Repair\n\n☐ Bicycle found\n☐ Repair booked\n☐ Receipt sent\n",
        "# Repair\n\n[ ] Bicycle found\n[ ] Repair booked\n[ ] Receipt sent\n",
        "# Repair\n\n## Step 1 – Find the bicycle\nBy its frame.\n\n## Step 2 – Book the repair\nSoon.\n\n"
        "## Step 3 – Send the receipt\nBy mail.\n",
    ],
)
def test_the_form_of_a_procedure_does_not_change_its_steps(text: str) -> None:
    """Nouns, forms in -ing, ticked boxes and titles tell the same steps as orders do."""
    assert tools_of(text) == ["find_bicycle", "book_repair", "send_receipt"]


def test_a_manner_needs_no_system() -> None:
    """Staying friendly or listening is done by nobody's tool, whatever it has in common with one."""
    steps = steps_of(
        "# Hire\n\n- Stay friendly about the bicycle hire.\n- Find the bicycle.\n- Book the repair.\n"
    )
    assert [step.tool for step in steps] == [None, "find_bicycle", "book_repair"]


def test_required_information_is_collected() -> None:
    """What stands after "Required information" or in a column of that title is asked for."""
    listed = steps_of(
        "# Repair\n\n**Required information:** frame number, preferred day\n\n"
        "Find the bicycle. Book the repair.\n"
    )
    assert (listed[0].kind, listed[0].inputs) == ("collect", ("frame number", "day"))
    table = steps_of(
        "# Repair\n\n| Step | Action | Required information |\n|---|---|---|\n"
        "| 1 | Find the bicycle | Frame number |\n"
        "| 2 | Book the repair | Preferred day |\n| 3 | Send the receipt | – |\n"
    )
    assert table[0].inputs[0] == "frame number"


def test_one_call_goes_from_its_opening_to_its_closing() -> None:
    """The phases of a conversation are one procedure; what comes after it is another."""
    found = read(
        "# Calls about repairs\n\n## Opening\n\nGreet the caller and find the bicycle.\n\n"
        "## The repair\n\nBook the repair.\n\n## Closing\n\nSend the receipt and close the call.\n\n"
        "## Refunds\n\nFind the bicycle. Pay the price of the hire back.\n"
    )
    assert [[step.tool for step in workflow.steps if step.tool] for workflow in found] == [
        ["find_bicycle", "book_repair", "send_receipt"],
        ["find_bicycle", "refund_hire"],
    ]


def test_what_is_done_for_somebody_is_done() -> None:
    """ "Have the repair booked" asks for the booking."""
    assert "book_repair" in tools_of(
        "# Repair\n\n1. Find the bicycle.\n2. Have the repair booked.\n3. Close the call.\n"
    )
