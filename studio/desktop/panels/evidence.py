"""The evidence panel: the sentence that demands something, highlighted in the paragraph it stands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.document import locate
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.paragraph import Link, Marked
from studio.domain.check import CheckResult
from studio.domain.source import Block, Citation


@dataclass(frozen=True, slots=True)
class Quoted:
    """A citation with what is known of its document; `block` is the paragraph around it."""

    citation: Citation
    about: str
    block: Block | None = None


def quote_in(quote: str, around: str) -> Marked:
    """Return the paragraph with the quote in it highlighted; the quote alone where it is not found."""
    start, end = locate(quote, around)
    whole = " ".join(around.split()) == " ".join(quote.split())
    text = f"“{around}”"
    return Marked(text, 1 if whole else start + 1, len(text) - 1 if whole else end + 1)


class EvidenceCard(Card):
    """Where it is written: document, place, standing of the document, the sentence, and the way to it."""

    def __init__(self, quoted: Quoted, show: Callable[[Citation], object]) -> None:
        cite = quoted.citation
        super().__init__(f"{cite.source_name} · {cite.anchor.label}")
        if quoted.about:
            self.say(quoted.about, muted=True)
        self.add(quote_in(cite.quote, quoted.block.text if quoted.block else cite.quote))
        name = f"Show the sentence in {cite.source_name}"
        self.add(Link("Show it in the document", partial(show, cite), name=name))


class GroundCards(QWidget):
    """The sentences that a step or a row stands on, with ways to add one and to take one away."""

    def __init__(
        self,
        citations: Sequence[Citation],
        show: Callable[[Citation], object],
        add: Callable[[], object],
        remove: Callable[[str], object],
        remark: QWidget | None = None,
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        if remark is not None:
            column.addWidget(remark)
        for citation in citations:
            card = EvidenceCard(Quoted(citation, ""), show)
            card.add(Link("It no longer stands on this", partial(remove, citation.fingerprint)))
            column.addWidget(card)
        words = "Add a sentence…" if citations else "Say where this is written…"
        column.addWidget(Link(words, add, name="Add a sentence it stands on"))


class ProofCard(Card):
    """What the checks say: sentences with a tick or a cross."""

    def __init__(self, title: str, broken: Sequence[CheckResult], mended: Sequence[CheckResult]) -> None:
        super().__init__(title, "bad" if broken else "")
        for result in mended:
            self.add(label(f"✓ Mends: {result.detail}", "", "ok", wrap=True))
        for result in broken:
            self.add(label(f"✕ {result.detail}", "", "bad", wrap=True))
            for line in path_lines(result):
                self.say(line, muted=True)


def path_lines(result: CheckResult) -> list[str]:
    """Return the counterexample as one line of steps."""
    if not result.counterexample:
        return []
    return ["For example: " + " → ".join(step.title for step in result.counterexample)]
