"""Talk in a mail makes no rule; what holds for agents or customers from now on does."""

from __future__ import annotations

import pytest

from studio.cobuilder.changes.chat import is_mail, is_talk


@pytest.mark.parametrize(
    ("sentence", "talk"),
    [
        ("Hi Tom, can you please send me the new price list by Friday?", True),
        ("Thanks, I will forward it to the team.", True),
        ("ok will do", True),
        ("Best regards, Ana Silva, Head of Service", True),
        ("From now on, agents must charge £5 for a late return.", False),
        ("Never refund in cash.", False),
    ],
)
def test_only_what_is_said_to_a_colleague_is_talk(sentence: str, talk: bool) -> None:
    """Greetings, thanks, favours and signatures are talk; an order for everyone is not."""
    assert is_talk(sentence) is talk


def test_a_policy_is_no_mail() -> None:
    """Heads, or a greeting with a closing, make a mail; a handbook has neither."""
    assert is_mail("From: Ana\nTo: Tom\n\nHi Tom")
    assert not is_mail("# Policy\n\nNever refund in cash. Thank customers who wait.")
