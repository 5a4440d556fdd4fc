"""The card on how a document was read by a language model, and where that differs from CoBuilder's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from studio.desktop.widgets.card import Card
from studio.desktop.widgets.paragraph import Link
from studio.domain.finding import Disagreement, Engine, ModelRun

MOST = 6
_LONGEST = 110


class ReadBy(Protocol):
    """How a source was read."""

    @property
    def read_by(self) -> Engine: ...  # noqa: D102
    @property
    def run(self) -> ModelRun | None: ...  # noqa: D102
    @property
    def disagreements(self) -> Sequence[Disagreement]: ...  # noqa: D102


def reading_card(page: ReadBy, show: Callable[[Disagreement], object]) -> Card | None:
    """Return the card; None where CoBuilder alone read. `show` goes to the place of a difference."""
    if page.read_by == "embedded":
        return None
    count = len(page.disagreements)
    differ = f": {count} difference{'' if count == 1 else 's'}" if count else ""
    card = Card(f"Two readings{differ}" if page.read_by == "both" else f"Read by the language model{differ}")
    for line in page.run.sentences if page.run is not None else ("Nothing of it was sent: it binds nobody.",):
        card.say(line, muted=True)
    for each in page.disagreements[:MOST]:
        quote = " ".join(each.quote.split())
        words = f"“{quote if len(quote) <= _LONGEST else quote[: _LONGEST - 2] + '…'}”"
        card.add(Link(words, partial(show, each), name=f"Show where the readings differ: {words}"))
        card.say(each.sentence)
    if (rest := count - MOST) > 0:
        card.say(f"and {rest:,} more; each marked sentence tells its own", muted=True)
    return card
