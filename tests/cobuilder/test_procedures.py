"""Procedures: what people write as steps comes out as steps, in order, with the right tools."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cobuilder.procedures.procedures import read_procedures
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.source import SourceDocument
from studio.domain.tool import Tool
from studio.readers.markdown import read_markdown
from studio.readers.text import read_text


def tool(name: str, description: str, *arguments: str) -> Tool:
    """Return a tool with required arguments."""
    return Tool(
        name=name,
        description=description,
        parameters={"properties": {argument: {} for argument in arguments}, "required": list(arguments)},
    )


HOTEL = (
    tool("get_guest_profile", "Get the profile of a guest.", "loyalty_number"),
    tool("get_stay_details", "Get the details of a stay.", "booking_reference"),
    tool("search_rooms", "Search available rooms in a city.", "city", "check_in", "check_out"),
    tool("book_stay", "Book a stay.", "loyalty_number", "room_id", "payment_card"),
    tool("update_stay_dates", "Change the dates of a stay.", "booking_reference", "check_in"),
    tool("update_stay_room", "Change the room type of a stay.", "booking_reference", "room_id"),
    tool("cancel_stay", "Cancel a stay.", "booking_reference"),
    tool("send_voucher", "Send a voucher to a guest.", "loyalty_number", "amount"),
    tool("transfer_to_human_agents", "Transfer the guest to a human agent.", "summary"),
)
HOTEL_POLICY = """# Hotel Concierge Policy

As a hotel agent you can help guests book, modify or cancel stays.

You must first identify the guest by asking for their loyalty number before discussing any stay.

## Basics

- Each stay has a booking reference, dates, room type and rate.

## Book a stay

The agent should ask for the city, check-in date, check-out date and number of guests. Then search for
available rooms. Once the guest has chosen a room, ask for the payment card.

## Change a stay

- The agent must obtain the booking reference from the guest.
- Dates: Non-refundable stays cannot be moved.
- Check that the new dates are available before changing them.

## Cancel a stay

First, get the booking reference and the reason for cancellation. Then check the rate type. After the guest
confirms, cancel the stay and explain that the refund takes 5 to 7 days.

## Compensation

Do not offer compensation unless the guest asks for it. If the guest complains about a noisy room, offer a
voucher of 50 dollars.
"""


def read(text: str, tools: Sequence[Tool] = ()) -> tuple[WorkflowFinding, ...]:
    """Return the procedures of a Markdown text."""
    return read_procedures(read_markdown(text, "sop.md"), tools)


def named(found: Sequence[WorkflowFinding], name: str) -> WorkflowFinding:
    """Return the procedure of this name."""
    return next(workflow for workflow in found if workflow.name == name)


def tools_of(workflow: WorkflowFinding) -> list[str]:
    """Return the tools of a procedure, in order."""
    return [step.tool for step in workflow.steps if step.tool]


def step_with(workflow: WorkflowFinding, words: str) -> StepFinding:
    """Return the first step whose text holds these words."""
    return next(step for step in workflow.steps if words.lower() in step.text.lower())


def test_each_task_section_of_a_policy_is_a_procedure() -> None:
    """A policy with a section per task gives one procedure per task, and none for its definitions."""
    names = [workflow.name for workflow in read(HOTEL_POLICY, HOTEL)]
    assert [name for name in names if "stay" in name.lower()] == [
        "Book a stay",
        "Change a stay",
        "Cancel a stay",
    ]
    assert "Basics" not in names


def test_a_task_without_a_named_tool_gets_its_own_tool_and_the_look_up_that_its_checks_need() -> None:
    """ "Cancel a stay" calls cancel_stay, after the look-up of the stay that its check needs."""
    found = read(HOTEL_POLICY, HOTEL)
    assert tools_of(named(found, "Cancel a stay"))[-2:] == ["get_stay_details", "cancel_stay"]
    assert tools_of(named(found, "Book a stay"))[-2:] == ["search_rooms", "book_stay"]


def test_between_tools_that_do_alike_the_words_of_the_section_decide() -> None:
    """ "Change a stay" that speaks of dates changes dates, not the room."""
    assert tools_of(named(read(HOTEL_POLICY, HOTEL), "Change a stay"))[-1] == "update_stay_dates"


def test_the_identity_check_of_a_policy_opens_every_procedure() -> None:
    """What has to be done "first" for every customer stands first in every procedure."""
    for workflow in read(HOTEL_POLICY, HOTEL):
        if workflow.name.endswith("stay"):
            assert "identify the guest" in workflow.steps[0].text
            assert workflow.steps[0].tool == "get_guest_profile"


def test_a_section_that_holds_for_every_contact_opens_every_procedure() -> None:
    """ "Before anything is said, the patient gives …" calls the look-up that takes just these."""
    text = (
        "# Guide\n\n## Who is asking\n\nBefore anything is said or changed, the patient gives the patient "
        "number and the date of birth.\n\n## Cancelling\n\nAppointments can be cancelled until the day "
        "before.\n"
    )
    tools = (
        tool("find_patient", "Compare with the record.", "patient_number", "date_of_birth"),
        tool("cancel_appointment", "Cancel an appointment.", "patient_number"),
    )
    assert tools_of(named(read(text, tools), "Cancelling")) == ["find_patient", "cancel_appointment"]


def test_what_follows_once_it_is_done_comes_after_it() -> None:
    """ "Once the appointment is booked, tell …" is said after the booking, "before" ahead of it."""
    text = (
        "# Guide\n\n## Booking\n\n- Once the appointment is booked, tell the patient to come early.\n"
        "- Before the appointment is booked, tell the patient the price.\n\n## Moving\n\nAsk for the day.\n"
    )
    steps = named(read(text, (tool("book_appointment", "Enter an appointment.", "time"),)), "Booking").steps
    assert [step.tool or step.text for step in steps] == [
        "tell the patient the price.",
        "book_appointment",
        "tell the patient to come early.",
    ]


def test_unless_keeps_its_word_and_if_so_says_what_is_meant() -> None:
    """A condition is not turned around, and one that points back names what it points to."""
    text = (
        "# Returns\n\n1. Tell the customer the price, unless the item is damaged.\n"
        "2. See whether it starts today. If so, mention the fee.\n"
    )
    steps = read(text)[0].steps
    assert [step.condition for step in steps] == ["unless the item is damaged", None, "it starts today"]


def test_a_contract_is_no_procedure() -> None:
    """Clauses that bind parties to each other are not steps."""
    text = (
        "# Agreement\n\n1. The Receiving Party shall keep the information secret and use it pursuant "
        "hereto.\n"
        "2. The parties shall return documents, notwithstanding termination of this agreement.\n"
    )
    assert read(text) == ()


def test_what_a_customer_is_asked_for_is_named_as_people_say_it() -> None:
    """Inputs are the words of the text, without articles."""
    step = step_with(named(read(HOTEL_POLICY, HOTEL), "Book a stay"), "ask for the city")
    assert step.kind == "collect"
    assert step.inputs == ("city", "check-in date", "check-out date", "number of guests")


def test_a_step_under_a_condition_carries_the_condition() -> None:
    """The clause after "If" is the step's condition, word for word."""
    step = named(read(HOTEL_POLICY, HOTEL), "Compensation").steps[-1]
    assert (step.tool, step.condition) == ("send_voucher", "the guest complains about a noisy room")


def test_before_puts_a_step_ahead_of_what_it_has_to_precede() -> None:
    """ "Before booking, verify coverage" is done before the booking, wherever the text says it."""
    text = (
        "# Booking\n\n1. Find the patient record.\n2. Book the appointment.\n3. Read back the date.\n"
        "4. Before booking the appointment, verify insurance coverage.\n"
    )
    tools = (
        tool("find_patient", "Finds a patient record.", "name"),
        tool("book_appointment", "Books an appointment.", "slot"),
        tool("check_coverage", "Checks insurance coverage.", "patient"),
    )
    assert tools_of(read(text, tools)[0]) == ["find_patient", "check_coverage", "book_appointment"]


def test_a_named_tool_is_a_step_only_where_it_is_to_be_used() -> None:
    """A tool under "do not use", in a condition, or as another call's argument is not called."""
    text = (
        '# Travel notice\n\n1. Unlock it with unlock_tool("add_notice").\n2. Call add_notice.\n'
        "3. Do not use block_card.\n4. If you came here from close_card, tell the customer so.\n"
    )
    tools = [tool(name, "") for name in ("unlock_tool", "add_notice", "block_card", "close_card")]
    assert tools_of(read(text, tools)[0]) == ["unlock_tool", "add_notice"]


def test_a_button_label_is_found_however_it_is_inflected() -> None:
    """[Enter Detail] and 'Asking the Oracle' mean enter-details and ask-the-oracle."""
    text = "# Fee\n\n1. Check it by 'Asking the Oracle'.\n2. Put the amount into [Enter Detail].\n"
    tools = (
        tool("ask-the-oracle", "Button [Ask the Oracle]"),
        tool("enter-details", "Button [Enter Details]"),
    )
    assert tools_of(read(text, tools)[0]) == ["ask-the-oracle", "enter-details"]


def test_when_two_tools_fit_alike_none_is_chosen() -> None:
    """A wrong tool costs as much as a missing one: a tie is left to a person."""
    tools = (
        tool("update_order_address", "Update an order.", "order_id"),
        tool("update_order_payment", "Update an order.", "order_id"),
    )
    found = read("# Changes\n\n1. Ask for the order number.\n2. Update the order.\n", tools)
    assert all(step.tool is None for workflow in found for step in workflow.steps)


def test_bare_nouns_below_an_instruction_are_its_inputs() -> None:
    """A list of fields under "ask for the following" is collected by one step."""
    text = (
        "# Identity\n\n1. Ask the caller for two of these items:\n   - Zip code\n"
        "   - Phone number - any\n2. Thank them.\n"
    )
    step = read(text)[0].steps[0]
    assert (step.kind, step.inputs) == ("collect", ("zip code", "phone number"))


def test_a_branch_to_the_next_step_is_its_condition_and_a_loop_stays_a_decision() -> None:
    """ "If: No. Then go to step 3." before step 3 is its condition; going back is a step of its own."""
    text = (
        '# Flow\n\n1. Say: "More?"\n2. If: No. Then go to step 3.\n3. Say: "Goodbye!"\n'
        "4. If: Yes. Then go to step 1.\n"
    )
    steps = read(text)[0].steps
    assert [(step.kind, step.condition) for step in steps] == [
        ("say", None),
        ("say", "No"),
        ("decide", "Yes"),
    ]


def test_the_head_of_a_branch_conditions_everything_below_it() -> None:
    """ "If Gold or Silver:" over a list is the condition of each of its items."""
    text = (
        "# Fee\n\n1. Look at the level.\n   - If Gold or Silver:\n     - Remove the fee.\n"
        "   - If Guest:\n     - Apologize.\n"
    )
    steps = read(text)[0].steps
    assert [step.condition for step in steps[1:]] == ["Gold or Silver", "Guest"]


def test_a_table_of_steps_is_a_procedure() -> None:
    """A table with a step, an action and a condition column is read row by row."""
    text = (
        "# Visit\n\n| Step | Action | Condition |\n|---|---|---|\n| 1 | Ask for the full name. | |\n"
        "| 2 | Send the form. | The patient is new |\n"
    )
    steps = read(text, (tool("send_form", "Sends a form.", "form"),))[0].steps
    assert [(step.kind, step.condition) for step in steps] == [
        ("collect", None),
        ("tool", "The patient is new"),
    ]


def test_a_reported_process_is_read_clause_by_clause() -> None:
    """Prose that reports who does what becomes steps, with "if" and "otherwise" as conditions."""
    text = (
        "# Claims\n\nThe officer records the claim and checks the policy. If the policy is not valid, the "
        "claim is "
        "rejected. Otherwise, an expert inspects the damage. Finally, the case is closed.\n"
    )
    steps = read(text)[0].steps
    assert [step.condition for step in steps] == [None, None, "the policy is not valid", "Otherwise", None]


def test_a_policy_section_that_states_facts_is_no_process() -> None:
    """Rules in the passive are not read as a process, even when they speak of conditions."""
    text = (
        "# Policy\n\n## Money\n\nRefunds are paid to the card. If an item is damaged, the label is paid by "
        "us. "
        "When a gift is returned, a voucher is sent.\n\n## Time\n\nReturns are accepted for 30 days.\n"
    )
    assert read(text) == ()


def test_requirements_and_rules_are_no_steps() -> None:
    """A numbered list of facts is not a procedure."""
    text = (
        "# Policy\n\n1. Each task must have a title.\n2. Status can only be open or done.\n"
        "3. Users own tasks.\n"
    )
    assert read(text, (tool("create_task", "Create a task.", "title"),)) == ()


def test_plain_text_with_numbered_sections_is_read_too() -> None:
    """A .txt SOP with "2.1 …" lines is one procedure."""
    text = (
        "NO DATA\n\n1. Purpose\nThis helps.\n\n2. Procedure\n2.1 Ask for the phone number.\n"
        "2.2 Check data usage.\n2.3 Close the case.\n"
    )
    found = read_procedures(
        read_text(text, "sop.txt"), (tool("get_data_usage", "Get the data usage.", "line"),)
    )
    assert tools_of(found[0]) == ["get_data_usage"]


_WORDS = st.sampled_from(
    "If When Before check_order the customer asks, ask for order id. and then tell them: unless (yes) - 1. "
    "2) "
    "[Check Order] “no” | # ## \n \n\n   * **bold** step 2 otherwise transfer to a human agent; who or "
    "`x`".split(" ")
)


def _documents(words: list[str]) -> SourceDocument:
    return read_markdown(" ".join(words), "any.md")


@given(st.lists(_WORDS, max_size=60))
def test_every_quote_is_a_short_slice_of_the_source(words: list[str]) -> None:
    """Whatever the text, each step quotes it verbatim, in ≤ 400 characters, and names only given tools."""
    document = _documents(words)
    tools = (tool("check_order", "Button [Check Order]", "order_id"),)
    found = read_procedures(document, tools)
    for step in (step for workflow in found for step in workflow.steps):
        assert step.quote == document.text[step.start : step.end]
        assert 0 < len(step.quote) <= 400
        assert step.tool in {None, "check_order"}
    assert found == read_procedures(document, tools)


@pytest.mark.parametrize("text", ["", "   \n", "# Only a title\n", "x" * 5000, "1. " * 300])
def test_odd_documents_are_read_without_harm(text: str) -> None:
    """Empty, endless or degenerate texts give no procedure, and no error."""
    assert all(len(step.quote) <= 400 for workflow in read(text) for step in workflow.steps)
