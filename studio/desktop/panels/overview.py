"""The overview card: what is open in a document, each line a way to the first sentence that it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from studio.desktop.widgets.card import Card
from studio.desktop.widgets.paragraph import Link


@dataclass(frozen=True, slots=True)
class Open:
    """Something that is open: what, and the ids of the sentences."""

    words: str
    ids: tuple[str, ...]


def overview_card(open_ones: Sequence[Open], read: bool, show: Callable[[str], object]) -> Card:
    """Return the card; `read` says whether CoBuilder has proposed changes from the document."""
    if not open_ones:
        card = Card("Nothing is open here")
        card.say(
            "Choose a marked sentence to see what it demands and where it lives in the agent.", muted=True
        )
        return card
    card = Card("Open in this document")
    for each in open_ones:
        card.add(Link(each.words, partial(show, each.ids[0])))
    words = "Or choose any marked sentence."
    if not read:
        words = f"Propose changes lets CoBuilder say what the document demands of the agent. {words}"
    card.say(words, muted=True)
    return card
