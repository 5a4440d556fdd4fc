"""Statements are the sentences that bind the agent, each with its kind, condition and exception."""

from __future__ import annotations

import pytest

from studio.cobuilder.rules.statements import read_statements
from studio.domain.statement import Statement, StatementKind
from studio.readers.markdown import read_markdown

FILLER = "\n\nThis page is for the support team of a shop that sells lamps and chairs.\n"
KINDS = {
    "must": StatementKind.OBLIGATION,
    "never": StatementKind.PROHIBITION,
    "allow": StatementKind.PERMISSION,
    "disclose": StatementKind.DISCLOSURE,
    "escalate": StatementKind.ESCALATION,
    "define": StatementKind.DEFINITION,
}


def read(body: str) -> tuple[Statement, ...]:
    """Return the statements of a small document with this body."""
    return read_statements(read_markdown(f"# Desk\n\n{body}\n{FILLER}", "a.md"))


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Agents must verify the caller's identity.", "must"),
        ("Always read the order back before you close the chat.", "must"),
        ("A receipt is required for every exchange.", "must"),
        ("We'll look into every complaint within two days.", "must"),
        ("You need to confirm the new address.", "must"),
        ("Don't share the access code.", "never"),
        ("No refunds after 30 days.", "never"),
        ("Under no circumstances may a door be opened for a stranger.", "never"),
        ("Sale items are non-refundable.", "never"),
        ("Neither party shall publish the results.", "never"),
        ("An order can only be changed once.", "never"),
        ("We never sell your data.", "never"),
        ("If it breaks within a year, we'll give you a full refund.", "allow"),
        ("You don't need to ask for a reason.", "allow"),
        ("Members are entitled to free shipping.", "allow"),
        ("Customers may return a lamp within 60 days.", "allow"),
        ("Let the customer know that delivery takes a week.", "disclose"),
        ("Customers have to be informed about the fee.", "disclose"),
        ("Escalate to a supervisor when the caller threatens legal action.", "escalate"),
        ("Anything above that goes to the duty manager.", "escalate"),
        ("“Peak season” means the weeks before Christmas.", "define"),
    ],
)
def test_kinds_of_real_prose(sentence: str, kind: str) -> None:
    """Rules are read with or without “must”, in the words people really use."""
    assert [item.kind for item in read(sentence)] == [KINDS[kind]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Agents usually ask for the order number first.",
        "Delays may occur around the holidays.",
        "Our store has 50 kinds of lamps.",
        "Can I return a lamp that I used?",
        "For example, a customer could ask for a discount.",
        "The status of an order can be: open, paid or closed.",
        "It may take up to five days until the mail arrives.",
        "Customers may want to pay by card.",
        "The parcel should arrive within a week.",
    ],
)
def test_background_binds_nobody(sentence: str) -> None:
    """What usually happens, what can happen and what things are is no rule."""
    assert read(sentence) == ()


def test_condition_exception_and_actor_are_found() -> None:
    """A rule knows when it applies, when it does not, and whom it binds."""
    (found,) = read("If the parcel is late, the agent must refund the postage unless the address was wrong.")
    assert found.condition == "If the parcel is late"
    assert found.exception == "unless the address was wrong"
    assert found.actor == "the agent"


def test_one_sentence_with_two_rules_gives_two_statements() -> None:
    """“… only if pending, and you should check …” permits and demands."""
    found = read("An order can only be cancelled if it is pending, and you should check the status first.")
    assert [item.kind for item in found] == [StatementKind.PERMISSION, StatementKind.OBLIGATION]
    assert found[0].quote == found[1].quote


def test_a_modal_in_a_condition_or_a_relative_clause_does_not_bind() -> None:
    """“If you can't find it, ask” is an instruction to ask."""
    (first,) = read("If you can't find the order, ask for the e-mail address.")
    (second,) = read("Agents who cannot reach the caller must close the ticket.")
    assert first.kind is second.kind is StatementKind.OBLIGATION


def test_items_take_force_from_their_lead_in() -> None:
    """Under “You must never:”, every item forbids, and its text stands alone."""
    found = read("You must never:\n\n- share a password\n- promise a date\n")
    assert [item.kind for item in found] == [StatementKind.PROHIBITION] * 2
    assert found[0].text == "You must never: share a password"
    assert found[0].quote == "share a password"


def test_a_heading_forbids_what_stands_below_it() -> None:
    """A list under “Don't” is a list of things not to do."""
    found = read_statements(
        read_markdown(f"## Don't\n\n- Promise delivery dates.\n- Use slang.\n{FILLER}", "a.md")
    )
    assert [item.kind for item in found] == [StatementKind.PROHIBITION] * 2


def test_conditions_listed_under_a_rule_stay_with_it() -> None:
    """“You may refund if: …” is one rule with its cases, not a rule for each case."""
    (found,) = read(
        "You may refund the fee if any of the following applies:\n\n- the order was late\n- it broke\n"
    )
    assert found.kind is StatementKind.PERMISSION
    assert "the order was late; it broke" in found.text


def test_steps_of_a_procedure_are_marked() -> None:
    """Numbered instructions are steps; a ban among them remains a rule."""
    found = read("1. Greet the caller.\n2. Ask for the order number. Never guess it.\n3. Close the ticket.\n")
    assert [item.is_step for item in found] == [True, True, False, True]


def test_carve_outs_permit() -> None:
    """“This shall not apply to …” lifts a duty instead of forbidding."""
    found = read("The obligations in this agreement shall not apply to information which is public.")
    assert [item.kind for item in found] == [StatementKind.PERMISSION]


def test_tables_bind_with_their_row_and_column() -> None:
    """A cell that tells what to do names the case of its row."""
    table = (
        "| Case | Action |\n|---|---|\n| No-show | No refund |\n| Noise | Move the guest to a quiet room |\n"
    )
    found = read(table)
    assert [item.kind for item in found] == [StatementKind.PROHIBITION, StatementKind.OBLIGATION]
    assert found[1].text == "Noise — Action: Move the guest to a quiet room"


def test_quotes_are_verbatim_and_short_enough_to_show() -> None:
    """Even a sentence of a page is quoted by a verbatim part of at most 400 characters."""
    long = (
        "The receiving party shall keep "
        + "the plans, the drawings, the notes and the samples, " * 12
        + "secret."
    )
    document = read_markdown(f"# T\n\n{long}\n{FILLER}", "a.md")
    for item in read_statements(document):
        assert document.text[item.start : item.end] == item.quote
        assert 0 < len(item.quote) <= 400


def test_confidence_is_a_probability_and_ids_count_up() -> None:
    """People can say “S-002” and see how sure the engine is."""
    found = read("You must ask. You may refund.")
    assert [item.id for item in found] == ["S-001", "S-002"]
    assert all(0 < item.confidence < 1 for item in found)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Gift cards can only be exchanged, not refunded.", StatementKind.PROHIBITION),
        ("Sale items are not refundable.", StatementKind.PROHIBITION),
        ("No reply → close the case.", StatementKind.OBLIGATION),
        ("No receipt → no refund.", StatementKind.PROHIBITION),
    ],
)
def test_what_is_left_over_or_left_of_an_arrow_does_not_turn_the_kind(text: str, kind: StatementKind) -> None:
    """“Only exchanged, not refunded” forbids; left of an arrow stands a case, whatever it denies."""
    found = read_statements(read_markdown(f"# Desk\n\n{text}\n", "x.md"))
    assert [each.kind for each in found] == [kind]
    if "→" in text:
        assert found[0].condition == text.partition(" →")[0]


def test_a_case_that_is_ranked_is_no_ban() -> None:
    """“No heating is priority 2” sorts a case in and forbids nothing."""
    found = read_statements(read_markdown("# Desk\n\nNo heating in winter is priority 2.\n", "x.md"))
    assert all(each.kind is not StatementKind.PROHIBITION for each in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "All times are UTC.",
        "All times in the booking system are CET and 24 hour based.",
        "Prices shown here are in euros.",
        "The amounts in this table are given in USD.",
    ],
)
def test_the_unit_of_figures_binds_nobody(sentence: str) -> None:
    """In which zone or currency figures are given is a fact about them, told to nobody as a duty."""
    others = {each.text for each in read(f"{sentence} {FILLER}")}
    assert others == {each.text for each in read(FILLER)}


def test_what_is_to_be_done_with_figures_still_binds() -> None:
    """A duty to write times in one way is no mere fact about them."""
    assert read(f"All times must be written in UTC. {FILLER}")[0].kind is StatementKind.OBLIGATION


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Lamps made to measure can be repaired, not returned.", StatementKind.PROHIBITION),
        ("Regular hosts pay no surcharge.", StatementKind.PERMISSION),
        ("There's no exit fee when you move.", StatementKind.PERMISSION),
        ("More than 90 days before: nothing is owed.", StatementKind.PERMISSION),
        ("Nothing shall oblige either party to proceed.", StatementKind.PERMISSION),
        ("Repairs up to 150 euros: no estimate needed, just the bill.", StatementKind.PERMISSION),
        ("A bag you've paid for and don't bring is refunded as a voucher.", StatementKind.OBLIGATION),
    ],
)
def test_a_no_forbids_only_what_it_denies(sentence: str, kind: StatementKind) -> None:
    """A denial of a fee, of a duty, or within what the sentence is about is no ban; “not returned” is one."""
    found = read_statements(read_markdown(f"# Rules\n\nAgents must check the order.\n\n{sentence}\n", "x.md"))
    assert [each.kind for each in found[1:]] == [kind]


def test_an_idiom_without_a_verb_binds_nobody() -> None:
    """“It can't if you don't” says what happens; nobody is forbidden anything."""
    text = "# Moving\n\nTell us your new address. We forward your mail. It can't if you don't.\n"
    assert not any("can't" in each.quote for each in read_statements(read_markdown(text, "x.md")))
