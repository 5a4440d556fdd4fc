"""Statements: the normative sentences of a source, and the questions it leaves open."""

from __future__ import annotations

from enum import StrEnum

from studio.domain.frozen import Frozen
from studio.domain.source import Anchor


class StatementKind(StrEnum):
    """What a sentence does to the agent."""

    OBLIGATION = "obligation"
    PROHIBITION = "prohibition"
    PERMISSION = "permission"
    DISCLOSURE = "disclosure"
    ESCALATION = "escalation"
    DEFINITION = "definition"


class Statement(Frozen):
    """One normative sentence or list item.

    - `quote` is verbatim (`document.text[start:end]`); `text` stands alone: heading scope, lead-in
      and anaphora resolved, markup removed.
    - A table's value tells nobody anything alone: it is quoted with its row, from the row's beginning to the
      cell's end. `value` is the cell by itself, the last of the quote.
    - `fingerprint` is taken of the quote's words; of a value, so that those beside it do not count, of its
      text: its case, title and value. `block_fingerprint` is taken of the paragraph around it.
    - `confidence` 0–1: how sure the engine is that the sentence binds the agent in this way.
    - `found_by` names the engines that read it so, where more than the embedded one was asked.
    """

    id: str
    kind: StatementKind
    text: str
    quote: str
    start: int
    end: int
    block_id: str
    anchor: Anchor
    fingerprint: str
    block_fingerprint: str
    condition: str | None = None
    exception: str | None = None
    actor: str | None = None
    value: str | None = None
    confidence: float = 0.5
    is_step: bool = False
    found_by: tuple[str, ...] = ()

    @property
    def core(self) -> str:
        """Return the words that bind: the quote, of a table's value its cell alone."""
        return self.value or self.quote

    @property
    def span(self) -> tuple[int, int]:
        """Return where the words that bind stand."""
        if not self.value:
            return self.start, self.end
        return self.end - len(self.value), self.end


class Question(Frozen):
    """Something a source leaves open, that its owner has to answer."""

    id: str
    text: str
    quote: str
    start: int
    end: int
    anchor: Anchor
    reason: str
    category: str
