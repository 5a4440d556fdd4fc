"""The conflict card: two sentences that cannot both hold, which wins and why, and the buttons that decide."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.governance import Collision, CollisionDecision

_VALUE = re.compile(
    r"[£$€]\s?\d[\d.,]*\d|[£$€]\s?\d|\d[\d.,]*\s?%"
    r"|\d+(?:[.,]\d+)*(?:\s(?:\w+ )?(?:hours|days|months|years|times)\b)?"
)
_ASKS = {
    "number": "which number holds?",
    "date": "which date holds?",
    "limit": "which limit holds?",
    "list": "which list holds?",
    "modality": "allowed or not?",
    "order": "what comes first?",
    "outcome": "what shall happen?",
}


class ShownCollision(Protocol):
    """A conflict, as it is read."""

    @property
    def collision(self) -> Collision: ...  # noqa: D102
    @property
    def left_name(self) -> str: ...  # noqa: D102
    @property
    def right_name(self) -> str: ...  # noqa: D102
    @property
    def decided(self) -> bool: ...  # noqa: D102
    @property
    def decision(self) -> CollisionDecision | None: ...  # noqa: D102


def names_of_sides(row: ShownCollision) -> tuple[str, str]:
    """Return what the two sides are called on a button: their values where those differ, or their sources."""
    quotes = (row.collision.left.citation.quote, row.collision.right.citation.quote)
    mine, theirs = (list(dict.fromkeys(v.strip(" .,") for v in _VALUE.findall(quote))) for quote in quotes)
    only = [v for v in mine if v not in theirs], [v for v in theirs if v not in mine]
    if len(only[0]) == len(only[1]) == 1:
        return only[0][0], only[1][0]
    if row.left_name != row.right_name:
        return f"“{row.left_name}”", f"“{row.right_name}”"
    return "the first sentence", "the second sentence"


def conflict_card(
    row: ShownCollision, decide: Callable[[str], object], show: Callable[[str], object], here: str = ""
) -> Card:
    """Return the card; `decide` hears left, right, both, neither or later, `show` left or right.

    `here` is the statement that is in sight already: no way leads to it.
    """
    found = row.collision
    card = Card(f"Conflict: {_ASKS.get(found.kind, 'which one holds?')}", "" if row.decided else "bad")
    for side, name, ref in (("left", row.left_name, found.left), ("right", row.right_name, found.right)):
        where = ref.citation.anchor.label.removeprefix(f"{name} · ")
        card.say(f"{name} ({where}) says: “{' '.join(ref.citation.quote.split())}”")
        if ref.statement_id != here:
            card.add(_show(side, name, show))
    if row.decided:
        card.say(_outcome(row))
        return card
    if found.why:
        card.say(found.why, muted=True)
    elif found.winner is None:
        card.say("Neither outranks the other: a person has to say.", muted=True)
    sides = names_of_sides(row)
    order = ("right", "left") if found.winner == "right" else ("left", "right")
    line = WrapLayout(8)
    for place, side in enumerate(order):
        first = place == 0 and found.winner is not None
        words = f"Use {sides[0 if side == 'left' else 1]}"
        words = words if len(words) < 34 else words[:32] + "…”"
        line.addWidget(_button(words, side, decide, primary=first))
    for words, outcome in (("Both hold", "both"), ("Neither holds", "neither"), ("Decide later", "later")):
        line.addWidget(_button(words, outcome, decide))
    card.content.addLayout(line)
    return card


def _button(words: str, outcome: str, decide: Callable[[str], object], primary: bool = False) -> Button:
    return Button(words, lambda: decide(outcome), kind="primary" if primary else "")


def _show(side: str, name: str, show: Callable[[str], object]) -> Button:
    return Button("Show it", lambda: show(side), kind="link", name=f"Show the sentence in {name}")


def _outcome(row: ShownCollision) -> str:
    if row.decision is None:
        return "Decided by the answer to CoBuilder's question."
    said = row.decision
    names = dict(zip(("left", "right"), names_of_sides(row), strict=True))
    words = {"both": "Both hold", "neither": "Neither holds"}.get(said.holds) or f"{names[said.holds]} holds"
    return f"{words}, decided by {said.by}. {said.why}".strip()
