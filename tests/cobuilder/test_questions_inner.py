"""One document against itself: what it says in one place and undoes in another is asked about."""

from __future__ import annotations

import time

import pytest

from studio.cobuilder.questions.questions import read_questions
from studio.cobuilder.rules.statements import read_statements
from studio.domain.statement import Question
from studio.readers.markdown import read_markdown

FILLER = "This page is for the support team of a shop that sells lamps and chairs to people at home."


def ask(*sentences: str) -> tuple[Question, ...]:
    """Return the questions of a document with these paragraphs, each quoted verbatim and shortly."""
    body = "\n\n".join(sentences)
    document = read_markdown(f"# Desk\n\n{body}\n\n{FILLER}\n", "a.md")
    found = read_questions(document, read_statements(document), ())
    for question in found:
        assert document.text[question.start : question.end] == question.quote
        assert len(question.quote) <= 400 and question.reason
    return found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Claims must reach us within 30 days.", "Claims older than 14 days must be refused."),
        ("A chair can be replaced after four years.", "Managers may replace their chair after three years."),
        (
            "You must cancel the contract with 30 days' notice.",
            "You may cancel a contract with one week's notice.",
        ),
        ("A lamp can be swapped only once.", "You must swap the lamp as often as needed."),
        ("One copy may be kept by the lawyer.", "All copies, without exception, must be destroyed."),
        (
            "You must leave delivery fees excluded from the cap.",
            "Delivery fees must be counted. Delivery fees count towards the cap.",
        ),
        (
            "Customers may ask for a credit within 45 days.",
            "Credits must be applied automatically to the next bill.",
        ),
        ("You must announce changes 30 days ahead.", "Changes take effect immediately."),
        ("Customers may file appeals within 28 days.", "Decisions are final and can't be appealed."),
        ("A pallet may be released only by the foreman.", "The driver can release a pallet at night."),
        (
            "You may rebook only after the guest has agreed.",
            "You may rebook without a reply when the hotel is full.",
        ),
        ("A voucher may be given to a friend.", "Vouchers are personal and must be used by the buyer."),
        ("You must not offer free months.", "After a long complaint a free month is fine."),
        ("Visitors are welcome from 11.00 to 20.00.", "All visitors must leave by 18.00."),
    ],
)
def test_a_sentence_that_undoes_another_is_asked_about(first: str, second: str) -> None:
    """The later of the two is quoted, and the earlier told in the question."""
    found = [question for question in ask(first, FILLER, second) if question.category == "contradiction"]
    assert [question.quote in second for question in found] == [True]
    assert first[:30] in found[0].text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Gambling limits must be raised after 48 hours.", "Limits must be raised after six months."),
        ("Chairs must be quoted within a week.", "Chairs can be cancelled within 48 hours."),
        ("You must answer complaints within 30 days.", "Complaints must be kept for six years."),
        ("You must give a credit of 5 % a month.", "Customers may ask for a credit within 45 days."),
        ("If the parcel is late, you must refund $10.", "You must refund a lost parcel with $50."),
        ("A lamp can be swapped only once.", "You must answer calls as often as needed."),
        ("A pallet may be released only by the foreman.", "The driver can load a truck at night."),
        ("Decisions on refunds can be appealed within 28 days.", "Academic judgement can't be appealed."),
        (
            "A reservation can be changed up to two hours before pickup.",
            "Reservations must not be changed by phone.",
        ),
    ],
)
def test_two_matters_are_no_contradiction(first: str, second: str) -> None:
    """Special cases, other deeds, storage times and rates may differ without a question."""
    assert [question.category for question in ask(first, FILLER, second)].count("contradiction") == 0


def test_cases_of_a_list_are_no_contradiction() -> None:
    """A ladder in a list gives each case its own number."""
    found = ask(
        "- Monthly plans: refund lamps within 14 days\n- Annual contracts: refund lamps within 30 days"
    )
    assert "contradiction" not in [question.category for question in found]


@pytest.mark.parametrize(
    ("body", "category"),
    [
        ("When the loss is big, the fraud desk decides.", "threshold"),
        ("You must explain a gap of more than a few per cent in writing.", "threshold"),
        ("You must serve businesses with a high usage first.", "threshold"),
        ("You must say that there is a surcharge for long boards.", "limit"),
        ("You may hold a payout if something looks off.", "undefined term"),
        ("Close family can have a refund on all fares.", "undefined term"),
        ("You must tell business lines that they follow their own page.", "dangling reference"),
        ("Farm supplies must follow the rural guide.", "dangling reference"),
    ],
)
def test_further_open_points_are_asked_about(body: str, category: str) -> None:
    """A size without a figure, and a paper that is not here each give a question."""
    assert category in [question.category for question in ask(body)]


@pytest.mark.parametrize(
    "body",
    [
        "Cards with large print must be sent free of charge.",
        "You may extend it when there's a good reason, such as illness.",
        "When the loss is bigger than $500, the fraud desk decides.",
        "No approval is needed for a swap.",
    ],
)
def test_what_is_told_is_not_asked(body: str) -> None:
    """A word on which nothing hangs, and examples beside a term leave nothing to ask."""
    assert ask(body) == ()


def test_a_long_document_is_compared_quickly() -> None:
    """Ten thousand words are set against each other in well under the time a reader would notice."""
    lines = [
        f"Parcels of kind {n} must be collected within {n % 28 + 2} days by carrier {n % 90}."
        for n in range(900)
    ]
    document = read_markdown("# Desk\n\n" + "\n\n".join(lines), "a.md")
    statements = read_statements(document)
    read_questions(document, statements, ())
    start = time.process_time()
    read_questions(document, statements, ())
    assert time.process_time() - start < 60
