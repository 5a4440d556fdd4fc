"""The evidence panel: the sentence that demands something, highlighted in the paragraph it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from studio.desktop.theme.current import tokens
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import rich
from studio.domain.check import CheckResult
from studio.domain.source import Block, Citation


@dataclass(frozen=True, slots=True)
class Quoted:
    """A citation with what is known of its document; `block` is the paragraph around it."""

    citation: Citation
    about: str
    block: Block | None = None


def quote_html(quote: str, around: str) -> str:
    """Return the paragraph as inline markup, the quote in it highlighted; both are escaped."""
    flat, whole = " ".join(quote.split()), " ".join(around.split())
    mark = f'<span style="background:{tokens().mark}">{escape(flat)}</span>'
    before, found, after = whole.partition(flat)
    return f"“{escape(before)}{mark}{escape(after)}”" if found else f"“{mark}”"


class EvidenceCard(Card):
    """Where it is written: document, place, standing of the document, and the sentence."""

    def __init__(self, quoted: Quoted) -> None:
        cite = quoted.citation
        super().__init__(f"{cite.source_name} · {cite.anchor.label}")
        if quoted.about:
            self.say(quoted.about, muted=True)
        words = rich(quote_html(cite.quote, quoted.block.text if quoted.block else cite.quote))
        words.setAccessibleName(cite.quote)
        self.add(words)


class ProofCard(Card):
    """What the checks say: sentences with a tick or a cross."""

    def __init__(self, title: str, broken: Sequence[CheckResult], mended: Sequence[CheckResult]) -> None:
        super().__init__(title, "bad" if broken else "")
        t = tokens()
        for result in mended:
            self.add(rich(f'<span style="color:{t.ok}">✓</span> Mends: {escape(result.detail)}'))
        for result in broken:
            self.add(rich(f'<span style="color:{t.bad}">✕</span> {escape(result.detail)}'))
            for line in path_lines(result):
                self.say(line, muted=True)


def path_lines(result: CheckResult) -> list[str]:
    """Return the counterexample as one line of steps."""
    if not result.counterexample:
        return []
    return ["For example: " + " → ".join(step.title for step in result.counterexample)]
