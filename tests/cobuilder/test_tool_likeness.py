"""Which system a clause means that does not name it: what users rely on when their words are other words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cobuilder.procedures.procedures import read_procedures
from studio.cobuilder.systems.likeness import Clause, ToolLikeness
from studio.cobuilder.systems.matching import ToolMatcher
from studio.cobuilder.systems.pieces import pieces
from studio.cobuilder.systems.profiles import ToolProfile
from studio.domain.tool import Tool
from studio.readers.markdown import read_markdown


def tool(name: str, description: str, *arguments: str) -> Tool:
    """Return a system with arguments of these names."""
    return Tool(
        name=name,
        description=description,
        parameters={"type": "object", "properties": {each: {"type": "string"} for each in arguments}},
    )


TOOLS = (
    tool("find_shipment", "Find a shipment and where it is.", "tracking_number"),
    tool("void_purchase", "Void a purchase that has not been sent.", "purchase_id"),
    tool("send_sms", "Send a text message to a phone.", "phone", "text"),
    tool("book_engineer", "Book a visit of an engineer.", "postcode", "date"),
)
PAGE = """# Late parcels

1. Look up the parcel.
2. Cancel the order.
3. Drop the customer a line.
4. Thank the caller politely.
"""


def likeness(text: str = PAGE, tools: tuple[Tool, ...] = TOOLS) -> ToolLikeness:
    """Return the comparison of a text's clauses with systems."""
    read = pieces(read_markdown(text, "page.md"))
    return ToolLikeness(
        [ToolProfile(each) for each in tools], [Clause.of(piece.text, piece.around) for piece in read]
    )


@pytest.mark.parametrize(
    ("clause", "name"),
    [
        ("Look up the parcel", "find_shipment"),
        ("Cancel the order", "void_purchase"),
        ("Arrange for a technician to call", "book_engineer"),
    ],
)
def test_a_system_described_in_other_words_is_matched(clause: str, name: str) -> None:
    """Nobody has to write down what a system is called: the same thing in other words is understood."""
    scores = dict(zip(likeness().names, likeness().scores(Clause.of(clause)), strict=True))
    assert max(scores, key=lambda each: scores[each]) == name
    assert scores[name] > 0.02


def test_a_system_in_other_words_stands_in_the_procedure() -> None:
    """The steps that are read call the systems, and the step that none does calls none."""
    (workflow,) = read_procedures(read_markdown(PAGE, "page.md"), TOOLS)
    used = {step.quote.rstrip("."): step.tool for step in workflow.steps}
    assert used["Look up the parcel"] == "find_shipment"
    assert used["Cancel the order"] == "void_purchase"
    assert "Thank the caller politely" not in used or used["Thank the caller politely"] is None


@pytest.mark.parametrize("clause", ["Thank the caller politely", "Smile", "", "Count to ten quietly"])
def test_where_nothing_fits_there_is_no_system(clause: str) -> None:
    """A step that none of the systems does stays a step for people."""
    assert likeness().likely(Clause.of(clause)) is None


def test_without_systems_nothing_is_guessed() -> None:
    """An agent that has no systems yet is read all the same."""
    assert likeness(tools=()).likely(Clause.of("Look up the parcel")) is None


def test_where_two_systems_fit_alike_none_is_chosen() -> None:
    """A wrong system costs as much as a missing one, so that a tie is left to people."""
    twins = (
        tool("find_shipment", "Find a shipment.", "number"),
        tool("locate_shipment", "Locate a shipment.", "number"),
    )
    clause = Clause.of("Track the parcel down")
    compared = likeness(tools=twins)
    first, second = compared.scores(clause)
    assert first == pytest.approx(second) and first > 0
    assert compared.likely(clause) is None


def test_a_name_that_is_written_wins_over_a_guess() -> None:
    """A document that calls a system by its name calls all of them so: nothing is guessed beside it."""
    text = "# Late parcels\n\n1. Use void_purchase to look up the parcel.\n2. Look up the parcel.\n"
    matcher = ToolMatcher(TOOLS)
    matcher.compare(pieces(read_markdown(text, "page.md")))
    (named,) = matcher.named("Use void_purchase to look up the parcel.")
    assert (named.tool, named.literal) == ("void_purchase", True)
    assert matcher.spells_out and not matcher.guesses
    assert matcher.likely("Look up the parcel", "", 0.0) is None


def test_the_order_of_the_systems_changes_nothing() -> None:
    """The same document and systems give the same answer, in whatever order the systems are listed."""
    turned = tuple(reversed(TOOLS))
    for line in ("Look up the parcel", "Cancel the order", "Drop the customer a line", "Smile"):
        clause = Clause.of(line, "Late parcels")
        there = dict(zip(likeness().names, likeness().scores(clause), strict=True))
        back = dict(zip(likeness(tools=turned).names, likeness(tools=turned).scores(clause), strict=True))
        assert there == pytest.approx(back)
        assert likeness().likely(clause) == likeness(tools=turned).likely(clause)


WORDS = "look up the parcel order cancel send text engineer it visit postcode not if friendly book".split()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=9), st.lists(st.sampled_from(WORDS), max_size=6))
def test_same_clause_same_answer_and_probabilities_are_probabilities(
    words: list[str], around: list[str]
) -> None:
    """What is remembered from one clause never changes the answer for another."""
    fresh, used = likeness(), likeness()
    clause = Clause.of(" ".join(words), " ".join(around))
    for other in ("Look up the parcel", "Cancel it", " ".join(reversed(words))):
        used.scores(Clause.of(other))
    assert fresh.scores(clause) == used.scores(clause)
    assert all(0 <= score <= 1 for score in fresh.scores(clause))
    found = fresh.likely(clause)
    assert found == used.likely(clause)
    assert found is None or (found.tool in fresh.names and 0 <= found.probability <= 1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
def test_a_clause_that_shares_nothing_with_a_system_has_no_signs_of_it(words: list[str]) -> None:
    """Passing over systems with which a clause shares no word or concept loses nothing."""
    compared, clause = likeness(), Clause.of(" ".join(words))
    for at in range(len(TOOLS)):
        signs = compared.signs(clause, at)
        assert len(signs) == 11
        assert any(signs) or compared.scores(clause)[at] == min(compared.scores(clause))
