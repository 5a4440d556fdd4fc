"""Suspicions: passages that speak to the reading machine instead of to people, or hide themselves.

- They change nothing in what is read; they are told to the author, with the reason, and what is proposed
  from them carries the reason into review (`Analysis.warnings`).
- So are orders that do harm whoever carries them out (`suspicion_orders`); these speak to the agent.
- Hidden text is never read as a rule. Text concealed from the eye is always told; text that is switched off
  when it would bind; comments and descriptions when they speak to the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.cobuilder.rules.sentence_readings import read_sentence
from studio.cobuilder.rules.structure import Context
from studio.cobuilder.suspicion.codes import decoded, turned
from studio.cobuilder.suspicion.disguises import mixed_words, parted_words, undisguised, unleeted
from studio.cobuilder.suspicion.orders import ORDER_HINTS, ORDERS
from studio.cobuilder.suspicion.words import DENIED, HINTS, ROLE_MARKS, ROLE_REASON, SIGNS
from studio.cobuilder.words.sentences import cuts, is_plain, sentences
from studio.domain.finding import Suspicion
from studio.domain.pulse import beat
from studio.domain.source import Anchor, Block, HiddenText, SourceDocument
from studio.domain.statement import StatementKind

MOST = 200
MAX_QUOTE = 400
Find = tuple[int, int, str, str]
"""Start and end in a text, category and reason."""

_TAGS = re.compile("[\U000e0000-\U000e007f]{3,}")
_FLAG = "\U0001f3f4"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}")
_REVERSAL = re.compile("\u202e[^\u202c\n]*")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] ){9,}[^\W\d_](?!\w)")
_BINDING = re.compile(r"\b(?:must|never|always|shall|may not|do not|don't|only)\b", re.IGNORECASE)
_FEWEST_ORDER_WORDS = 6
_INVISIBLE = (
    "invisible characters",
    "Invisible characters stand inside its words or carry words of their own.",
)
_BESIDE = (
    "same passage",
    "The sentence beside it speaks to the reading machine; this may be of the same hand.",
)
_NEAR = 2
"""So many sentences on either side of one that speaks to the machine belong to its passage."""
_OF_LETTERS = frozenset(("invisible characters", "look-alike letters", "spaced-out letters"))
_REVERSED = (
    "invisible characters",
    "Invisible characters turn the order of its letters, so it reads otherwise.",
)
_MIXED = ("look-alike letters", "Its words mix letters of several alphabets that look alike.")
_CODED = "It holds text in a code that a person cannot read; decoded it says “{}”."
_SPELLED = ("spaced-out letters", "Its words are spaced out letter by letter.")


def find_suspicions(document: SourceDocument) -> tuple[Suspicion, ...]:
    """Return the suspicious passages of a document in reading order, one reason for each stretch of text."""
    markdown = not is_plain(document)
    found = [_of_hidden(each) for each in document.hidden]
    for block in document.blocks:
        beat()
        raw = document.text[block.start : block.end]
        if block.altered:
            found.append(
                _suspicion(raw, block.start, block.end, block.anchor, "invisible characters", block.altered)
            )
        spoken = list(_in_text(raw, block.start, markdown=markdown and block.kind != "code"))
        ordered = _ordered(raw, block.start, markdown=markdown and block.kind != "code")
        for start, end, category, reason in (*spoken, *_neighbours(document, block, spoken), *ordered):
            quote = document.text[start:end]
            found.append(_suspicion(quote, start, end, block.anchor, category, reason))
    kept: dict[tuple[int, int, str], Suspicion] = {}
    for each in found:
        if each is not None:
            kept.setdefault((each.start, each.end, each.quote), each)
    return tuple(sorted(kept.values(), key=lambda each: (each.start, each.end)))[:MOST]


def _neighbours(document: SourceDocument, block: Block, spoken: list[Find]) -> Iterator[Find]:
    """Yield what binds beside a sentence that speaks to the machine, in the same paragraph: one passage."""
    addressed = [find for find in spoken if find[2] not in _OF_LETTERS]
    if not addressed or block.kind not in ("paragraph", "item"):
        return
    every = sentences(document, block)
    hit = [
        at
        for at, each in enumerate(every)
        if any(start < each.end and each.start < end for start, end, *_ in addressed)
    ]
    for at, each in enumerate(every):
        near = min((abs(at - other) for other in hit), default=_NEAR + 1)
        if 0 < near <= _NEAR and _binds(document.text[each.start : each.end]):
            yield each.start, each.end, *_BESIDE


def speaks_to_the_machine(text: str) -> bool:
    """Say whether a text that is no document's speaks to a reading machine, or hides something."""
    return next(_in_text(text, 0, markdown=False), None) is not None


def _suspicion(quote: str, start: int, end: int, anchor: Anchor, category: str, reason: str) -> Suspicion:
    end = min(end, start + MAX_QUOTE)
    return Suspicion(
        category=category, reason=reason, quote=quote[:MAX_QUOTE], start=start, end=end, anchor=anchor
    )


def _of_hidden(hidden: HiddenText) -> Suspicion | None:
    spoken = next(_in_text(hidden.text, 0, markdown=False), None)
    if hidden.kind == "aside" and spoken is None:
        return None
    if hidden.kind == "unshown" and spoken is None and not _binds(hidden.text):
        return None
    if hidden.kind == "concealed" and spoken is None and len(re.findall(r"[^\W\d_]{2,}", hidden.text)) < 2:
        return None
    reason = f"Nobody sees this text on the page. {hidden.reason}" + (f" {spoken[3]}" if spoken else "")
    return Suspicion(
        category="hidden text",
        reason=reason,
        quote=hidden.text[:MAX_QUOTE],
        start=hidden.start,
        end=hidden.end,
        anchor=hidden.anchor,
    )


def _binds(text: str) -> bool:
    """Say whether a text that is switched off would bind somebody if it were shown."""
    for start, end in cuts(text):
        sentence = text[start:end]
        readings = read_sentence(sentence, Context(), [])
        ordered = len(sentence.split()) >= _FEWEST_ORDER_WORDS
        if any(
            ordered or _BINDING.search(sentence) or each.force.kind is not StatementKind.OBLIGATION
            for each in readings
            if each.force.kind is not StatementKind.DEFINITION
        ):
            return True
    return False


def _in_text(raw: str, base: int, *, markdown: bool) -> Iterator[Find]:
    """Yield what is suspicious in a raw stretch of text that stands at `base`, the plainest reason first."""
    if match := ROLE_MARKS.search(raw):
        yield *_line(raw, base, match.start(), match.end()), "false role", ROLE_REASON
    plain = undisguised(raw, base, markdown=markdown)
    for start, end, category, reason in _spoken(plain.text):
        yield *plain.span(start, end), category, reason
    for start, end, words in decoded(raw):
        yield base + start, base + end, "encoded text", _CODED.format(" ".join(words.split())[:120])
    if (other := turned(raw)) and any(True for _ in _spoken(other)):
        yield base, base + len(raw), "encoded text", _CODED.format(" ".join(other.split())[:120])
    if not raw.isascii():
        yield from _of_characters(raw, base)
    if match := _SPACED.search(raw):
        yield base + match.start(), base + match.end(), *_SPELLED


def _spoken(text: str) -> Iterator[Find]:
    """Yield the sentences of a plain text that speak to the machine."""
    low = _lower(text)
    spans: list[tuple[int, int]] | None = None
    forms = [low] if HINTS.search(low) else []
    if (other := unleeted(low)) != low and HINTS.search(other):
        forms.append(other)
    for form in forms:
        for sign in SIGNS:
            for match in sign.pattern.finditer(form):
                spans = cuts(text) if spans is None else spans
                start = max((first for first, _ in spans if first <= match.start()), default=0)
                last = match.end() - 1 if match.end() > match.start() else match.start()
                end = min((stop for _, stop in spans if stop > last), default=len(text))
                if sign.denied and DENIED.search(form[start : match.start()]):
                    continue
                yield start, max(end, start + 1), sign.category, sign.reason


def _ordered(raw: str, base: int, *, markdown: bool) -> Iterator[Find]:
    """Yield the sentences of a raw text that stands at `base` whose orders do harm."""
    if not ORDER_HINTS.search(_lower(raw)):
        return
    plain = undisguised(raw, base, markdown=markdown)
    for first, last in cuts(plain.text):
        sentence = _lower(plain.text[first:last])
        for order in ORDERS:
            if order.pattern.search(sentence) and not order.honest.search(sentence):
                yield *plain.span(first, last), order.category, order.reason


def _lower(text: str) -> str:
    """Return a text in lower case, of the same length."""
    low = (
        text.lower()
        if text.isascii()
        else "".join(c if len(c := char.lower()) == 1 else char for char in text)
    )
    return low.replace("’", "'")


def _of_characters(raw: str, base: int) -> Iterator[Find]:
    """Yield the stretches in which characters hide something from the eye."""
    whole = (base, base + len(raw))
    hidden = next((m for m in _TAGS.finditer(raw) if raw[max(0, m.start() - 1) : m.start()] != _FLAG), None)
    if hidden or _SELECTORS.search(raw) or parted_words(raw):
        yield *whole, *_INVISIBLE
    if match := _REVERSAL.search(raw):
        yield base + match.start(), base + match.end(), *_REVERSED
    if mixed_words(raw):
        yield *whole, *_MIXED


def _line(raw: str, base: int, start: int, end: int) -> tuple[int, int]:
    first = raw.rfind("\n", 0, start) + 1
    last = raw.find("\n", end)
    return base + first, base + (len(raw) if last < 0 else last)
