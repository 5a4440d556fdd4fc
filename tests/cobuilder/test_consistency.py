"""Contradictions inside a document: found without trying all pairs, and the same as if all were tried."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from studio.cobuilder.questions import consistency
from studio.cobuilder.questions.consistency import content_words, number_conflicts, polarity_conflicts
from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.words.sentences import Sentence
from studio.domain.source import Anchor
from studio.domain.statement import Statement, StatementKind

WORDS = ("refund", "parcel", "invoice", "carrier", "deposit", "voucher")
UNITS = ("days", "hours", "percent")


def statement(number: int, quote: str, kind: StatementKind, section: str = "", block: str = "") -> Statement:
    """Return a statement that stands `number`th in its document."""
    return Statement(
        id=f"S-{number:03d}",
        kind=kind,
        text=quote,
        quote=quote,
        start=1000 * number,
        end=1000 * number + len(quote),
        block_id=block or f"b{number}",
        anchor=Anchor(section=(section,) if section else (), line_start=number + 1, line_end=number + 1),
        fingerprint=str(number),
        block_fingerprint=str(number),
        confidence=1.0,
    )


@st.composite
def documents(draw: st.DrawFn) -> list[Statement]:
    """Return a handful of statements in few words, so that many are alike."""
    found = []
    for number in range(draw(st.integers(2, 9))):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5, unique=True))
        values = draw(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(UNITS)), max_size=2))
        quote = " ".join([*words, *(f"within {value} {unit}" for value, unit in values)])
        kind = draw(st.sampled_from(list(StatementKind)))
        section, block = draw(st.sampled_from(["", "Fees"])), draw(st.sampled_from(["b1", "b2"]))
        found.append(statement(number, quote, kind, section, block))
    return found


def of_all_pairs(statements: Sequence[Statement]) -> Iterator[tuple[str, str]]:
    """Yield each statement with the first one before whose numbers differ, by trying every pair."""
    for at, second in enumerate(statements):
        words, numbers = content_words(second.quote), dict(consistency._quantities(second.quote))
        for first in statements[:at]:
            others, values = content_words(first.quote), dict(consistency._quantities(first.quote))
            alike = len(words & others) >= 3 and len(words & others) / len(words | others) >= 0.5
            differ = any(unit in values and not numbers[unit] & values[unit] for unit in numbers)
            apart = len(words ^ others) > 2 and first.block_id != second.block_id
            if alike and differ and not (apart and first.anchor.section == second.anchor.section):
                yield first.id, second.id
                break


def opposed_of_all_pairs(statements: Sequence[Statement]) -> Iterator[tuple[str, str]]:
    """Yield each statement with the first one before of opposite force in the same words, likewise."""
    never = (StatementKind.PROHIBITION,)
    allow = (StatementKind.PERMISSION, StatementKind.OBLIGATION)
    for at, second in enumerate(statements):
        words = content_words(second.quote)
        for first in statements[:at]:
            others = content_words(first.quote)
            forbidding = words if second.kind in never else others
            opposed = (first.kind in never and second.kind in allow) or (
                first.kind in allow and second.kind in never
            )
            if opposed and len(forbidding) >= 3 and len(words & others) >= 0.75 * len(words | others):
                yield first.id, second.id
                break


def told(gaps: Iterator[Gap]) -> list[tuple[int, set[str]]]:
    """Return where each contradiction is told, and the ids of the two statements."""
    return [(gap.sentence.start, {f"S-{part}" for part in gap.term.split("S-") if part}) for gap in gaps]


@given(documents())
def test_the_quick_search_finds_what_trying_all_pairs_finds(found: list[Statement]) -> None:
    """Whatever a document says, no contradiction is lost or added for the sake of speed."""
    at = {item.id: Sentence(item.quote, item.start, item.end, item.block_id) for item in found}
    place = {item.id: item.start for item in found}
    assert told(number_conflicts(found, at)) == [(place[two], {one, two}) for one, two in of_all_pairs(found)]
    assert told(polarity_conflicts(found, at)) == [
        (place[two], {one, two}) for one, two in opposed_of_all_pairs(found)
    ]


def test_thousands_of_sentences_in_the_same_words_are_compared_in_seconds() -> None:
    """A price list of 3,000 sentences that differ in one name and a number does not hold the reading up."""
    names = [
        f"{'abcdefghij'[n % 10] * 3}{'klmnopqrst'[n // 10 % 10] * 3}{'uvwxyz'[n // 100 % 6]}"
        for n in range(3000)
    ]
    found = [
        statement(
            n,
            f"The fee for closing an account of branch {name} takes {n % 50} days.",
            StatementKind.OBLIGATION,
        )
        for n, name in enumerate(names)
    ]
    at = {item.id: Sentence(item.quote, item.start, item.end, item.block_id) for item in found}
    begin = time.process_time()
    assert len(told(number_conflicts(found, at))) > 2000
    assert time.process_time() - begin < 120
