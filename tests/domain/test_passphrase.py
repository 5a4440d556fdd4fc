"""The estimate of guesses: what adds to it, what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.passphrase import strength

NAMES = ("Ana Silva", "ana-2026")


@pytest.mark.parametrize(
    "words",
    ["aaaaaaaaaaaa", "12345678", "qwertyuiop", "abcabcabcabc", "p4ssw0rd", "ana silva 1990", "short", ""],
)
def test_what_is_guessed_at_once_is_too_weak(words: str) -> None:
    """Repeats, rows, a disguised word, the own name with a year, and short ones make no key."""
    assert strength(words, NAMES).grade == "too weak"


def test_more_words_are_harder() -> None:
    """Each unrelated word adds; four of them are good, a random one of twelve signs is strong."""
    said = [strength(" ".join(["lamp", "river", "window", "stone"][:count])).bits for count in (1, 2, 3, 4)]
    assert said == sorted(set(said))
    assert strength("lamp river window stone").grade == "good"
    assert strength("xK9#mQ2$vL7p").grade == "strong"


def test_the_own_names_hardly_count() -> None:
    """The same words are worth less to one whose name they are, and the advice says why."""
    known, unknown = strength("silva lamp river", NAMES), strength("silva lamp river")
    assert known.bits < unknown.bits - 5
    assert "name" in known.advice


def test_the_words_are_for_people() -> None:
    """The estimate is said as a grade and a round number of guesses."""
    assert strength("correct horse battery").words == "Fair: about 100 billion guesses."


@given(st.text(max_size=40), st.text(max_size=10))
def test_any_text_has_an_estimate(passphrase: str, name: str) -> None:
    """No passphrase and no name upsets it, and doubling a passphrase hardly helps."""
    found = strength(passphrase, (name,))
    assert found.bits >= 0 and found.words
    assert len(passphrase) >= 8 or found.grade == "too weak"
