"""Units: every sentence, item and table row of a document with what stands around it, ready to be weighed.

- The neighbours' patterns count, too: a sentence among rules is more likely to be one.
- A sentence after a question answers it; one that opens with “Not …” goes on where the last one stopped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studio.cobuilder.rules.bearing_signs import Unit, signs
from studio.cobuilder.rules.structure import Context
from studio.cobuilder.words.sentences import Sentence
from studio.domain.pulse import beat
from studio.domain.source import Block, SourceDocument


class Passage(NamedTuple):
    """A piece of a document that may bind: where it stands, and what patterns read in it."""

    block: Block
    sentence: Sentence
    context: Context
    place: int = 0
    number: int = 1
    leads: bool = False
    head: str = ""
    case: str = ""
    found: tuple[tuple[str, float], ...] = ()


_QUESTION = re.compile(r"\?[\"”’*]*$")
_VOICE = re.compile(
    r"\{[^}]{2,30}\}|(?:^|[\"“'‘:*`_\s])(?:Hi|Hello|Dear|Hey)\b[ ,!{\[]|^\**(?:Caller|Customer|User|"
    r"Guest)\**:"
)
"""How a sample of what is said to a customer gives itself away."""
_LABEL = re.compile(r"^(?P<label>[^\s:.;?!][^:.;?!]{0,50}):\s+\S")


def units(document: SourceDocument, passages: Sequence[Passage]) -> list[Unit]:
    """Return one unit for each passage, in the same order."""
    found: list[Unit] = []
    asked, before = "", ""
    asked_in: tuple[str, ...] = ()
    for at, passage in enumerate(passages):
        block, text = passage.block, passage.sentence.text
        titles = block.anchor.section
        title = titles[-1] if titles else ""
        if titles != asked_in:
            asked, asked_in, before = (title if _QUESTION.search(title) else ""), titles, ""
        elif not passage.place and passages[at - 1].block.id != block.id and passages[at - 1].place > 1:
            asked = title if _QUESTION.search(title) else ""
        head = _LABEL.match(text)
        found.append(
            Unit(
                text,
                "row" if block.kind == "cell" else block.kind,
                passage.context,
                titles,
                passage.place,
                passage.number == 1,
                before,
                asked,
                passage.case or (head["label"] if head else ""),
                passage.head,
                passage.leads,
                _is_quoted(document, block),
                passage.found,
            )
        )
        if _QUESTION.search(text) and len(text) < 160:
            asked = text
        before = text
    return found


def _place_in_document(at: int, every: int) -> list[str]:
    share = at / max(1, every)
    return ["at the start of the document"] if share < 0.06 else ["at its end"] if share > 0.94 else []


def _is_quoted(document: SourceDocument, block: Block) -> bool:
    line = document.text.rfind("\n", 0, block.start) + 1
    return document.text[line : block.start].lstrip().startswith(">")


def _signs(unit: Unit) -> list[str]:
    beat()
    return signs(unit)


def weighed_signs(document: SourceDocument, passages: Sequence[Passage]) -> list[list[str]]:
    """Return the signs of every passage: its own, its neighbours' and its document's."""
    around = units(document, passages)
    own = [_signs(unit) for unit in around]
    hits = [bool(passage.found) for passage in passages]
    hits_of_lead = {p.block.id: hit for p, hit in zip(passages, hits, strict=True)}
    kinds_of_lead = {p.block.id: sorted({kind for kind, _ in p.found}) for p in passages}
    share = sum(hits) / max(1, len(hits))
    places = _numbered_places(passages)
    for at, passage in enumerate(passages):
        if len(passages) < FEW:
            continue
        extra = [f"rules in the document over {step}" for step in _STEPS if share > step]
        extra += _place_in_document(at, len(passages))
        if _VOICE.search(passage.block.text):
            extra.append("a sample of what is said")
        if passage.context.lead is not None and hits_of_lead.get(passage.context.lead.id):
            extra.append("its lead-in is a rule")
            extra += [f"its lead-in is {kind}" for kind in kinds_of_lead[passage.context.lead.id]]
        extra += _neighbours(at, places, hits)
        own[at] += extra
    return own


FEW = 6
"""Below so many passages there is no neighbourhood that would tell anything."""
_STEPS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55)


def _numbered_places(passages: Sequence[Passage]) -> list[tuple[int, int]]:
    """Return the numbers of each passage's section and block."""
    sections: dict[tuple[str, ...], int] = {}
    blocks: dict[str, int] = {}
    return [
        (
            sections.setdefault(passage.block.anchor.section, len(sections)),
            blocks.setdefault(passage.block.id, len(blocks)),
        )
        for passage in passages
    ]


def _neighbours(at: int, places: Sequence[tuple[int, int]], hits: Sequence[bool]) -> list[str]:
    """Return what the neighbours tell; `places` are the numbers of each passage's section and block."""
    found = []
    section, block = places[at]
    if at and hits[at - 1]:
        found.append("a rule before it")
    if at + 1 < len(hits) and hits[at + 1]:
        found.append("a rule after it")
    near = [hits[i] for i in range(max(0, at - 4), min(len(hits), at + 5)) if i != at]
    close = sum(near) / max(1, len(near))
    found += [f"rules close by over {step}" for step in (0.1, 0.25, 0.4, 0.6) if close > step]
    same = [
        hits[i]
        for i in range(max(0, at - 25), min(len(hits), at + 26))
        if places[i][0] == section and i != at
    ]
    part = sum(same) / max(1, len(same))
    found += [f"rules in the section over {step}" for step in (0.0, 0.2, 0.4, 0.6) if part > step]
    inside = [
        hits[i] for i in range(max(0, at - 12), min(len(hits), at + 13)) if places[i][1] == block and i != at
    ]
    if inside:
        found.append("rules in its block" if any(inside) else "no rules in its block")
    return found
