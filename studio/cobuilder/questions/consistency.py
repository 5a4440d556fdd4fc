"""Consistency: what a document says in one place and contradicts, forgets or leaves unexplained in another.

- Numbers disagree only when two sentences speak of the same matter in nearly the same words; a sentence that
  contradicts several is told beside the first of them.
- References are checked within the document: steps, sections, appendices.
- A capability that is announced in a list should be explained somewhere below.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.words.lexicon import MATTERLESS, base_form, is_verb
from studio.cobuilder.words.near import Near
from studio.cobuilder.words.sentences import Sentence
from studio.cobuilder.words.whole import words_in
from studio.domain.source import Block, SourceDocument
from studio.domain.statement import Statement, StatementKind

_QUANTITY = re.compile(
    r"(?P<money>[$€£]\s?(?P<amount>\d[\d,.]*))|(?P<value>\d+(?:[.,]\d+)?)\s*-?\s*(?P<unit>%"
    r"|percent|(?:business |working |calendar )?days?|hours?|hrs?|minutes?|mins?"
    r"|weeks?|months?|years?|times|attempts?|items?)",
    re.IGNORECASE,
)
_STEP = re.compile(r"\b(?:step|steps)\s+(?P<number>\d{1,2})\b", re.IGNORECASE)
_SECTION = re.compile(
    r"\b(?:section|sec\.|chapter|clause|paragraph|§)\s*(?P<number>\d{1,2}(?:\.\d{1,2})*)\b(?! of the)",
    re.IGNORECASE,
)
_APPENDIX = re.compile(
    r"\b(?P<kind>(?i:appendix|annex|attachment|schedule|exhibit|table|figure))\s+(?P<label>[A-Z]|\d{1,2})\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:of|in) (?:the|your|our|that|another) [\w ]*(?:guide|manual|policy|handbook|act|law"
    r"|agreement|code|document|article)\b",
    re.I,
)
_PAID = re.compile(
    r"\brefund(?:s|ed)?\b[^.]*\b(?:within|in|takes?)\b[^.]*\d|\bpaid\b[^.]*\bwithin\b", re.IGNORECASE
)
_TIMING = re.compile(
    r"\b(?:\d+(?:\s*(?:to|-|–)\s*\d+)?\s+(?:business |working |calendar )?(?:days?|hours?|weeks?))\b",
    re.IGNORECASE,
)

ALIKE, NEARLY_THE_SAME = 0.5, 0.75
"""The part of all their words that two sentences share when they speak of one matter, or of the very same."""
FEWEST_WORDS = 3
_OPPOSED = (StatementKind.PROHIBITION, StatementKind.PERMISSION, StatementKind.OBLIGATION)
Quantities = frozenset[tuple[str, frozenset[str]]]
"""The values that a text gives, by unit."""


@lru_cache(maxsize=16384)
def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that carry its matter, in base form."""
    return frozenset(_matter(word) for word in _WORD.findall(text.lower()) if word not in MATTERLESS)


_WORD = re.compile(r"[a-z]{3,}")


@lru_cache(maxsize=16384)
def _matter(word: str) -> str:
    """Return the base form of a word, one and many alike."""
    return base_form(word).removesuffix("s")


def number_conflicts(statements: Sequence[Statement], sentence_of: dict[str, Sentence]) -> Iterator[Gap]:
    """Yield statements with the first one before on the same matter whose numbers of the same unit differ."""
    every = [(item, _quantities(item.core)) for item in statements]
    told = [item for item, numbers in every if numbers]
    rows = [(content_words(item.core), numbers) for item, numbers in every if numbers]
    for at, alike in Near(rows, ALIKE, _differ).earlier():
        second, count = told[at], len(rows[at][0])
        for place, shared in alike:
            first = told[place]
            apart = count + len(rows[place][0]) - 2 * shared
            if (
                shared >= FEWEST_WORDS
                and first.start != second.start
                and not _told_apart(first, second, apart)
            ):
                text = f"Which is right? Elsewhere the text says: “{_short(first.quote)}”."
                why = "Two sentences give different numbers for the same matter."
                yield Gap(sentence_of[second.id], "contradiction", f"{first.id}{second.id}", text, why, 1.0)
                break


def _differ(one: Quantities, two: Quantities) -> bool:
    """Say whether two sets of quantities share a unit and not one value of it."""
    other = dict(two)
    return any(unit in other and not values & other[unit] for unit, values in one)


def _told_apart(first: Statement, second: Statement, apart: int) -> bool:
    """Say whether conditions or list labels show that two statements speak of different cases.

    `apart` is the number of words that only one of them has.
    """
    if (first.condition or "") != (second.condition or "") and first.condition and second.condition:
        return len(content_words(first.condition) ^ content_words(second.condition)) > 0
    return apart > 2 and first.block_id != second.block_id and first.anchor.section == second.anchor.section


def _quantities(text: str) -> Quantities:
    found: dict[str, set[str]] = defaultdict(set)
    for match in _QUANTITY.finditer(text):
        if match["money"]:
            found["money"].add(match["amount"].replace(",", "").rstrip("."))
        else:
            unit = re.sub(r"^(?:business|working|calendar) ", "", match["unit"].lower()).rstrip("s")
            found[unit].add(match["value"])
    return frozenset((unit, frozenset(values)) for unit, values in found.items())


def polarity_conflicts(statements: Sequence[Statement], sentence_of: dict[str, Sentence]) -> Iterator[Gap]:
    """Yield statements with the first one before that forbids what they permit or demand, or the reverse."""
    plain = [
        (item, item.kind is StatementKind.PROHIBITION, content_words(item.core))
        for item in sorted(statements, key=lambda item: item.start)
        if item.kind in _OPPOSED and not item.condition and not item.exception
    ]
    rows = [(words, forbids) for _, forbids, words in plain]
    for at, alike in Near(rows, NEARLY_THE_SAME, lambda one, two: one != two).earlier():
        later, forbids, words = plain[at]
        for place, _ in alike:
            earlier, _, others = plain[place]
            if later.start == earlier.start or len(words if forbids else others) < FEWEST_WORDS:
                continue
            first, second = (later, earlier) if forbids else (earlier, later)
            text = f"Which is right? Elsewhere the text says: “{_short(earlier.quote)}”."
            why = "One sentence allows what another forbids."
            yield Gap(sentence_of[later.id], "contradiction", f"{first.id}{second.id}", text, why, 1.0)
            break


def _short(text: str) -> str:
    words = re.sub(r"\s+", " ", text)
    return words if len(words) <= 120 else words[:117].rsplit(" ", 1)[0] + " …"


def dangling_references(document: SourceDocument, parts: Sequence[tuple[Block, Sentence]]) -> Iterator[Gap]:
    """Yield references to steps, sections and appendices that the document does not have."""
    numbers = {re.sub(r"\D+$", "", block.marker) for block in document.blocks if block.marker}
    heads = [block.text for block in document.blocks if block.kind == "heading"]
    titles = " | ".join(heads)
    for head in heads:
        numbers |= {
            number.rstrip(".")
            for number in re.findall(r"^(?:step |section )?(\d+(?:\.\d+)*)", head, re.IGNORECASE)
        }
    whole = document.text
    for block, sentence in parts:
        if block.kind == "heading" or (
            words_in(sentence.text).isdisjoint(_REFERRED) and "§" not in sentence.text
        ):
            continue
        if _ELSEWHERE.search(sentence.text):
            continue
        for pattern, kind in ((_STEP, "step"), (_SECTION, "section")):
            for match in pattern.finditer(sentence.text):
                number = match["number"]
                known = number in numbers or bool(
                    re.search(
                        rf"^\W*(?:step |section |clause )?{re.escape(number)}[.):\s]", whole, re.I | re.M
                    )
                )
                if not known and (numbers or kind == "section"):
                    yield _reference(sentence, match[0])
        for match in _APPENDIX.finditer(sentence.text):
            if match[0].lower() not in titles.lower() and not re.search(
                rf"^\W*{match[0]}\b", whole, re.I | re.M
            ):
                yield _reference(sentence, match[0])


_REFERRED = frozenset(
    "step steps section sec chapter clause paragraph appendix annex attachment schedule exhibit table "
    "figure".split()
)


def _reference(sentence: Sentence, name: str) -> Gap:
    text = f"“{name}” is referred to, but this document has none: what is meant?"
    return Gap(
        sentence, "dangling reference", name.lower(), text, "A reader cannot follow the reference.", 0.95
    )


class _Action(NamedTuple):
    """One thing that can be done, as announced: the words for people, and the words that carry the matter."""

    label: str
    words: frozenset[str]


def unexplained_capabilities(
    document: SourceDocument, parts: Sequence[tuple[Block, Sentence]]
) -> Iterator[Gap]:
    """Yield actions that are announced but not explained below, where other actions are."""
    heads = [
        (block.start, content_words(block.text))
        for block in document.blocks
        if block.kind == "heading" and block.level > 1
    ]
    for block, sentence, action, siblings in _announced(document, parts):
        after = [words for start, words in heads if start > block.start]
        others = any(_explains(words, other.words) for other in siblings for words in after)
        mine = any(_explains(words, action.words) for words in after)
        if not others or mine or _told_below(document, block, action.words):
            continue
        text = f"How is this done: {action.label}? Others announced here are explained below."
        yield Gap(
            sentence, "missing procedure", action.label, text, "Announced, but no procedure follows.", 0.8
        )


def _announced(
    document: SourceDocument, parts: Sequence[tuple[Block, Sentence]]
) -> Iterator[tuple[Block, Sentence, _Action, list[_Action]]]:
    by_id = {block.id: block for block in document.blocks}
    for block, sentence in parts:
        lead = by_id.get(block.parent or "")
        if block.kind == "item" and lead is not None and _OFFERS.search(lead.text):
            members = [other for other in document.blocks if other.parent == lead.id]
            siblings = [
                action for member in members if member is not block for action in _actions(member.text)
            ]
            for action in _actions(block.text):
                yield block, sentence, action, siblings
        elif not words_in(sentence.text).isdisjoint(_CHANGES) and (match := _ONE_OF.search(sentence.text)):
            objects = re.split(r",\s*(?:or\s+|and\s+)?|\s+or\s+|\s+and\s+", match["objects"])
            wanted = [
                _Action(f"{match['verb']} {name.strip()}", content_words(f"{match['verb']} {name}"))
                for name in objects
            ]
            for number, action in enumerate(wanted):
                if len(action.words) > 1:
                    yield block, sentence, action, wanted[:number] + wanted[number + 1 :]


_CHANGES = frozenset("modify change update edit cancel book return exchange request order reschedule".split())
_OFFERS = re.compile(r"\b(?:can|may|help|able to|handle|responsible)\b")
_ONE_OF = re.compile(
    r"\b(?:can|may)\b[^.;]{0,40}?\b(?P<verb>modify|change|update|edit|cancel|book|return|exchange"
    r"|request|order|reschedule)\s+"
    r"(?:(?:its|their|the|his|her|your)\s+)?(?P<objects>[\w ]+,[\w, ]+?\b(?:or|and)\b [\w ]+)"
)
_TALK = frozenset(
    ["provide", "help", "answer", "support", "give", "tell", "explain", "inform", "offer", "assist", "handle"]
)


def _actions(text: str) -> list[_Action]:
    """Return the verb-and-object pairs that a capability names (“cancel or modify orders” names two)."""
    match = re.match(
        r"(?P<verbs>\w+(?:(?:,| or| and|, or) \w+)*?)\s+(?P<object>(?!or\b|and\b).+)",
        text.lower().rstrip(" .;"),
    )
    if match is None:
        return []
    verbs = re.findall(r"\w+", re.sub(r"\b(?:or|and)\b", " ", match["verbs"]))
    known = [verb for verb in verbs if is_verb(verb) and verb not in _TALK]
    return [
        _Action(f"{verb} {match['object']}", content_words(f"{verb} {match['object']}")) for verb in known
    ]


def _explains(heading: frozenset[str], action: frozenset[str]) -> bool:
    return len(heading & action) >= min(2, len(action)) and len(heading & action) >= 0.6 * min(
        len(heading), len(action)
    )


def _told_below(document: SourceDocument, block: Block, action: frozenset[str]) -> bool:
    """Say whether a sentence in another section speaks of the action with all of its words."""
    return any(
        action <= content_words(other.text)
        for other in document.blocks
        if other.start > block.end
        and other.anchor.section != block.anchor.section
        and other.kind != "heading"
    )


def one_sided_timing(document: SourceDocument, parts: Sequence[tuple[Block, Sentence]]) -> Iterator[Gap]:
    """Yield a time that is given for one kind of refund and withheld for another."""
    sections: dict[tuple[str, ...], list[Sentence]] = defaultdict(list)
    for block, sentence in parts:
        if block.kind != "heading" and re.search(r"\brefund(?:s|ed)?\b", sentence.text, re.IGNORECASE):
            sections[block.anchor.section].append(sentence)
    timed = {name: [item for item in items if _TIMING.search(item.text)] for name, items in sections.items()}
    missing = [
        name
        for name, items in timed.items()
        if not items and len(name) > 1 and re.search(r"return|refund|cancel", name[-1], re.IGNORECASE)
    ]
    given = [item for items in timed.values() for item in items[-1:] if _PAID.search(item.text)]
    if given and 0 < len(missing) <= 2 and len(sections) > 2:
        text = f"Does this time also hold for “{missing[0][-1]}”? It speaks of a refund but gives no time."
        yield Gap(
            given[-1],
            "missing time",
            "refund time",
            text,
            "The customer will ask when the money arrives.",
            0.7,
        )
