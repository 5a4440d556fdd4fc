"""A customer's question that gets only what was said before is not answered; all else is no remark."""

from __future__ import annotations

import pytest

from studio.runtime.recording import turn
from studio.simulation.communication import remarks

ASK = "Which email address is on the order?"


def _talk(*said: tuple[str, str]) -> list[str]:
    return remarks([turn("agent" if who == "a" else "customer", words, []) for who, words in said], False)


def test_the_same_words_again_answer_no_question() -> None:
    """The remark quotes the question that was passed over, the last one of the turn."""
    found = _talk(("a", ASK), ("c", "One moment. How long does a refund take? Tell me."), ("a", ASK))
    assert found == ["Did not answer “How long does a refund take?”, but said the same again."]


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("How long does it take?", f"Five days. {ASK}"),
        ("I do not know.", ASK),
        ("", ASK),
        ("???", "Five days."),
    ],
)
def test_another_reply_or_no_question_is_no_remark(words: str, reply: str) -> None:
    """A reply that says more, and a turn without a question, are left alone."""
    assert _talk(("a", ASK), ("c", words), ("a", reply)) == []
