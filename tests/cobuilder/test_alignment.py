"""A statement keeps its id through the versions of its document, and no link changes its sense unseen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cobuilder.alignment.statements import Version, align, carry_ids, decide
from studio.cobuilder.rules.statements import read_statements
from studio.domain.finding import Analysis
from studio.domain.governance import Alignment, Match
from studio.domain.statement import Statement
from studio.readers.markdown import read_markdown
from studio.readers.text import read_text

RULES = (
    "Agents must verify the caller's identity before they open the account.",
    "A refund above 200 euros must have the approval of a supervisor.",
    "Never share the access code with a neighbour.",
    "The customer may return a lamp within 30 days of delivery.",
    "Tell the customer that the courier calls one hour ahead.",
    "Complaints about a fire must be handed to the safety desk at once.",
)


def version(*paragraphs: str) -> Version:
    """Return a small document and its statements."""
    body = "\n\n".join(
        ("# Desk", *paragraphs, "This page is for the support team of a shop that sells lamps.")
    )
    document = read_markdown(body, "desk.md")
    return document, read_statements(document)


def only(alignment: Alignment) -> Match:
    """Return the one match that is not unchanged."""
    (match,) = [each for each in alignment.matches if each.how != "unchanged"]
    return match


def quoted(version: Version, statement_id: str) -> Statement:
    """Return a statement by its id."""
    return next(each for each in version[1] if each.id == statement_id)


def edited(at: int, *instead: str) -> Version:
    """Return the rules with one of them replaced."""
    return version(*RULES[:at], *instead, *RULES[at + 1 :])


def test_the_same_text_is_unchanged() -> None:
    """Reading a document again changes no statement."""
    alignment = align(version(*RULES), version(*RULES))
    assert len(alignment.matches) == len(RULES)
    assert {(each.how, each.score, each.turned) for each in alignment.matches} == {("unchanged", 1.0, False)}
    assert (alignment.doubts, alignment.gone, alignment.added) == ((), (), ())


def test_a_sentence_that_moves_keeps_its_id() -> None:
    """A sentence that stands elsewhere, word for word, has moved."""
    new = version(*RULES[1:], RULES[0])
    match = only(align(version(*RULES), new))
    assert (match.how, match.turned) == ("moved", False)
    assert quoted(new, match.new_id).quote == RULES[0]


def test_other_words_of_one_sense_keep_the_id() -> None:
    """A reworded sentence in its place is the same statement, with nothing to warn of."""
    match = only(
        align(
            version(*RULES),
            edited(0, "Before they open the account, agents must check the identity of the caller."),
        )
    )
    assert (match.how, match.turned) == ("reworded", False)


@pytest.mark.parametrize(
    ("at", "instead"),
    [
        (3, "The customer may return a lamp within 45 days of delivery."),
        (3, "The customer may return a lamp within 30 working days of delivery."),
        (3, "The customer must not return a lamp within 30 days of delivery."),
        (2, "Always share the access code with a neighbour."),
        (1, "A refund below 200 euros must have the approval of a supervisor."),
        (0, "Agents must verify the caller's identity after they open the account."),
        (0, "Agents may verify the caller's identity before they open the account."),
    ],
)
def test_another_sense_in_the_same_place_is_flagged(at: int, instead: str) -> None:
    """Another number, unit, limit, order, modality or negation is the same statement with another meaning."""
    match = only(align(version(*RULES), edited(at, instead)))
    assert (match.how, match.turned) == ("reworded", True)


def test_another_sense_elsewhere_is_asked() -> None:
    """A look-alike with another number that turns up elsewhere never inherits links unasked."""
    new = version(
        "The customer may return a lamp within 45 days of delivery.",
        *[each for each in RULES if "30" not in each],
    )
    alignment = align(version(*RULES), new)
    (doubt,) = alignment.doubts
    assert "30 days" in doubt.old_quote and "45 days" in doubt.new_quote and doubt.turned
    assert doubt.new_id not in alignment.heirs and "elsewhere" in doubt.why


def test_a_lead_in_that_turns_turns_its_items() -> None:
    """Items whose own words stay equal are flagged when what leads into them now forbids them."""
    items = "\n\n- open the drawer at night\n- call the owner at home"
    old, new = version(f"You must:{items}"), version(f"You must never:{items}")
    alignment = align(old, new)
    assert len(alignment.matches) == 2
    assert all(each.turned and each.how == "reworded" for each in alignment.matches)


def test_a_cell_is_flagged_when_its_row_changes() -> None:
    """“No return” means another thing when the case in its row does."""

    def table(days: int) -> Version:
        return version(
            *RULES,
            f"| Case | What we do |\n|---|---|\n| more than {days} days | no return |\n| damaged | refund |",
        )

    flagged = [quoted(table(30), each.old_id).core for each in align(table(30), table(45)).turned]
    assert flagged == ["no return"]


def test_a_split_sentence_gives_its_id_to_one_part() -> None:
    """Of two parts of a sentence one inherits the id, and both are told."""
    old = version(
        *RULES, "Agents must read the order back to the customer, and they must note the agreed time."
    )
    new = version(
        *RULES,
        "Agents must read the order back to the customer. They must note the agreed time in the diary.",
    )
    alignment = align(old, new)
    parts = [each for each in alignment.matches if each.how == "split"]
    assert {each.old_id for each in parts} <= {old[1][-1].id, old[1][-2].id} and len(parts) == 2
    assert len(set(alignment.heirs.values())) == len(alignment.heirs)


def test_two_sentences_joined_are_told_as_merged() -> None:
    """One sentence made of two inherits the id of the closer one."""
    first, second = "Agents must read the order back slowly.", "They must note the agreed time in the diary."
    alignment = align(
        version(*RULES, f"{first} {second}"),
        version(
            *RULES, "Agents must read the order back slowly; they must note the agreed time in the diary."
        ),
    )
    merged = [each for each in alignment.matches if each.how == "merged"]
    assert len({each.old_id for each in merged}) == 2
    assert len([new for new, old in alignment.heirs.items() if old in {each.old_id for each in merged}]) == 1


def test_plain_text_of_the_same_words_keeps_every_id() -> None:
    """Other line breaks, list signs and markup are no change of words."""
    items = "\n".join(f"- {rule}" for rule in RULES)
    marked = version(items.replace("must", "**must**"))
    text = "Desk\n\n" + "\n".join("• " + rule.replace(" the ", "\n  the ", 1) for rule in RULES) + "\n"
    document = read_text(text, "desk.txt")
    alignment = align(marked, (document, read_statements(document)))
    assert len(alignment.matches) == len(RULES) and not alignment.turned
    assert {each.how for each in alignment.matches} <= {"reformatted", "unchanged"}


def test_fresh_ids_were_never_used() -> None:
    """A new statement gets an id that no version of the document ever had."""
    old, new = version(*RULES), edited(2, "Offer every caller a cup of hot lemon tea.")
    before, after = (Analysis(statements=each[1], workflows=(), questions=()) for each in (old, new))
    carried = carry_ids(before, after, align(old, new), frozenset({"S-040"}))
    ids = [each.id for each in carried.statements]
    assert len(set(ids)) == len(ids)
    assert "S-041" in ids and "S-003" not in ids
    assert [each.quote for each in carried.statements] == [each.quote for each in after.statements]


def test_a_persons_answer_settles_a_doubt() -> None:
    """Yes makes a doubt a match, no makes one statement gone and the other new."""
    new = version(
        "The customer may return a lamp within 45 days of delivery.",
        *[each for each in RULES if "30" not in each],
    )
    alignment = align(version(*RULES), new)
    (doubt,) = alignment.doubts
    yes = decide(alignment, {(doubt.old_id, doubt.new_id): True})
    assert yes.heirs[doubt.new_id] == doubt.old_id and not yes.doubts and len(yes.turned) == 1
    no = decide(alignment, {(doubt.old_id, doubt.new_id): False})
    assert (no.gone, no.added, no.doubts) == ((doubt.old_id,), (doubt.new_id,), ())


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(len(RULES))), st.sets(st.integers(0, len(RULES) - 1)))
def test_every_statement_is_accounted_for_once(order: list[int], left_out: set[int]) -> None:
    """However a text is shuffled and cut, each statement is matched, in doubt, gone or added, once."""
    old, new = version(*RULES), version(*[RULES[at] for at in order if at not in left_out])
    alignment = align(old, new)
    olds = [each.old_id for each in alignment.matches] + [each.old_id for each in alignment.doubts]
    news = [each.new_id for each in alignment.matches] + [each.new_id for each in alignment.doubts]
    assert sorted([*olds, *alignment.gone]) == sorted(each.id for each in old[1])
    assert sorted([*news, *alignment.added]) == sorted(each.id for each in new[1])
    assert all(quoted(old, each.old_id).quote == quoted(new, each.new_id).quote for each in alignment.matches)
