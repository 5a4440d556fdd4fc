"""What stands beside a rule: how it is really kept, where it is written, what refers to it, what is live."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from studio.desktop.panels.evidence import EvidenceCard, Quoted
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.paragraph import Link
from studio.domain.charter import Rule
from studio.domain.check import RuleEnforcement
from studio.domain.source import Citation

_HEADINGS = {
    "guard": "Kept by code",
    "tool permission": "Kept by what the systems permit",
    "step": "Kept by a step",
    "text only": "Kept by words only",
}


class EnforcedCard(Card):
    """How the rule is really kept: amber where nothing makes it so."""

    def __init__(self, kept: RuleEnforcement, go: Callable[[str], object]) -> None:
        amber = kept.how == "text only" or (kept.how == "step" and not kept.every_path)
        heading = _HEADINGS[kept.how]
        if kept.how == "step":
            heading = "Kept by a step on every path" if kept.every_path else "Kept by a step on some paths"
        super().__init__(heading, "warn" if amber or not kept.reached else "")
        self.say(kept.why)
        for way in kept.ways:
            if way.why != kept.why:
                self.say(way.why, muted=True)
        for path in dict.fromkeys(way.path for way in kept.ways if not way.path.startswith("charter/")):
            self.add(Link("Show it", partial(go, path), name=f"Show where it is kept: {path.split('/')[1]}"))
            break
        if kept.declared != kept.how:
            self.say(f"It is declared to be kept by: {_declared(kept.declared)}.", muted=True)
        if not kept.reached:
            self.add(label("No workflow ever comes to what it is about.", "", "warn", wrap=True))


def _declared(how: str) -> str:
    return {"text only": "words only", "tool permission": "what the systems permit"}.get(how, f"a {how}")


class GroundCard(Card):
    """The sentences a rule stands on; where it can be edited, with ways to add one and to take one away."""

    def __init__(
        self,
        rule: Rule,
        show: Callable[[Citation], object],
        add: Callable[[], object] | None,
        remove: Callable[[str], object] | None,
    ) -> None:
        super().__init__("Where it is written")
        if not rule.citations:
            self.say("Nothing in the documents is given as the ground of this rule.", muted=True)
        for citation in rule.citations:
            card = EvidenceCard(Quoted(citation, ""), show)
            if remove is not None:
                card.add(Link("It no longer stands on this", partial(remove, citation.fingerprint)))
            self.add(card)
        if add is not None:
            self.buttons(Button("Add a sentence…", add))


def rule_cards(rule: Rule, live: Rule | None, live_number: int, uses: Sequence[str]) -> Iterator[Card]:
    """Yield what the live version says where it differs, and what refers to the rule."""
    if live is not None and live != rule:
        card = Card(f"In live version {live_number}")
        if live.text != rule.text:
            card.say(live.text)
        else:
            card.say("The words are the same; how it is kept or where it counts differs.", muted=True)
        yield card
    if uses:
        card = Card("Refers to it")
        for each in uses:
            card.say(f"{each[:1].upper()}{each[1:]}.")
        yield card
