"""The identity card: whether two sentences of two versions are the same statement."""

from __future__ import annotations

from collections.abc import Callable

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.wrap import WrapLayout


def identity_card(old: str, new: str, why: str, decide: Callable[[bool], object]) -> Card:
    """Return the card; `decide` hears whether they are the same."""
    card = Card("Is this the same statement?", "warn")
    card.say(f"Before: “{' '.join(old.split())}”")
    card.say(f"Now: “{' '.join(new.split())}”")
    card.say(why, muted=True)
    line = WrapLayout(8)
    line.addWidget(Button("The same, worded anew", lambda: decide(True), kind="primary"))
    line.addWidget(Button("A different one", lambda: decide(False)))
    card.content.addLayout(line)
    return card
