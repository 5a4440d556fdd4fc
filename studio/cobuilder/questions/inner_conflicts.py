"""Sentences of one document that cannot both hold: other numbers for one matter, or opposed wordings.

- Set against each other are only sentences that share a rare word of the document; a list's own cases,
  the rows of a table and special cases that name themselves in front are left out.
- Numbers: of one measure, for nearly the same words, and not as floor and ceiling of one range.
- The later sentence is quoted: it is the one that undoes what was said.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from studio.cobuilder.questions.consistency import content_words
from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.questions.inner_words import GENERIC, LASTING, OPPOSED, Opposed
from studio.cobuilder.words.quantities import Quantity, normalized, quantities_in
from studio.cobuilder.words.sentences import Sentence
from studio.cobuilder.words.spans import Spans
from studio.domain.source import Block

MOST_WORDS = 16
RAREST, RARE = 2, 8
"""A word leads from one sentence to another where so many sentences of the document hold it."""
SAME_MATTER, SAME_ROW = 0.4, 0.6
FEW_WORDS = 6
_NOTE = re.compile(r"^\W*(?:q|note|example|sample)\b|\?$|\baverage\b|\babout\b|\blast year\b", re.I)
_NUMBER = re.compile(
    r"\d|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|\w+teen|\w+ty)\b", re.I
)
_CASE = re.compile(
    r"^\W*(?:\d+(?:\.\d+)*\s+)?(?:if|when|where|after|should|in (?:the )?(?:case|event))\b", re.I
)
_DONE = re.compile(
    r"\b(?:is|are|be|been|being)\s+(?:(?:not|only|\w+ly)\s+)?(?P<verb>\w+(?:ed|en|id|ld|ught))\b", re.I
)
_UNDONE = re.compile(r"\b(?:has|have) not been\b|\bif not\b|\botherwise\b|\bunless\b|\binstead\b", re.I)
_RATE = re.compile(r"^(?:an?|per|each|every|1) ", re.I)
"""“5 % a month” measures no month."""
_CLOSES = re.compile(r"(?:\bto|\buntil|\bby|\btill|[-–])\s*(?P<time>\d{1,2}[.:]\d\d)\b(?!\s*%)")
_OPEN = re.compile(r"\b(?:open|welcome|leave|close[sd]?|closing)\b", re.I)


LEAST_SHARED = min(pair.shared for pair in OPPOSED)
LEAST_ALIKE = min(pair.alike for pair in OPPOSED)
"""What any two wordings need in common before they can be opposed."""


class _Said:
    """A sentence with what is compared of it."""

    def __init__(self, block: Block, sentence: Sentence, binding: bool) -> None:
        self.block, self.sentence, self.binding = block, sentence, binding
        self.text = sentence.text
        self.words = content_words(sentence.text) - GENERIC

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Return what is measured in it."""
        return quantities_in(normalized(self.text)) if _NUMBER.search(self.text) else ()

    @cached_property
    def head(self) -> str | None:
        """Return the first word that tells what it is about."""
        for word in re.findall(r"[a-z]{3,}", self.text.lower())[:5]:
            own = content_words(word) & self.words
            if own:
                return next(iter(own))
        return None

    @cached_property
    def opposed(self) -> tuple[Opposed, ...]:
        """Return the wordings it holds beside which others cannot stand."""
        low = self.text.lower()
        return tuple(
            pair for pair in OPPOSED if any(cue in low for cue in pair.cues) and pair.one.search(self.text)
        )


def inner_conflicts(parts: Sequence[tuple[Block, Sentence]], bound: Spans) -> Iterator[Gap]:
    """Yield the sentences that cannot hold beside an earlier one, each with the nearest of those."""
    said = [
        _Said(block, sentence, bound.meet(sentence.start, sentence.end))
        for block, sentence in parts
        if block.kind not in ("heading", "code")
    ]
    counts = Counter(word for item in said for word in item.words)
    index: dict[str, list[int]] = defaultdict(list)
    for at, later in enumerate(said):
        if not 0 < len(later.words) <= MOST_WORDS:
            continue
        telling = [word for word in later.words if counts[word] >= RAREST]
        near = sorted({place for word in telling if counts[word] <= RARE for place in index[word]})
        found = [
            (score, said[place], why) for place in near for score, why in _against(said[place], later, counts)
        ]
        if found:
            _, earlier, why = max(found, key=lambda each: each[0])
            yield _gap(earlier, later, why)
        for word in telling:
            index[word].append(at)


def _against(one: _Said, two: _Said, counts: Counter[str]) -> Iterator[tuple[float, str]]:
    """Yield how sure it is, and why, that two sentences cannot both hold."""
    if _are_cases(one.block, two.block):
        return
    shared = one.words & two.words
    alike = 2 * len(shared) / (len(one.words) + len(two.words))
    if _numbers_differ(one, two, shared, alike, counts):
        yield alike, "Two sentences give different numbers for the same matter."
    if "cell" in (one.block.kind, two.block.kind) or len(shared) < LEAST_SHARED or alike < LEAST_ALIKE:
        return
    for first, second in ((one, two), (two, one)):
        for pair in first.opposed:
            near = len(shared) >= pair.shared and alike >= pair.alike
            if near and pair.other.search(second.text) and pair not in second.opposed:
                yield alike, pair.why


def _are_cases(one: Block, two: Block) -> bool:
    """Say whether two blocks are rows of tables, or cases of one list or of like lists."""
    return one.kind == two.kind and (one.kind == "cell" or (one.kind == "item" and one is not two))


def _numbers_differ(
    one: _Said, two: _Said, shared: frozenset[str], alike: float, counts: Counter[str]
) -> bool:
    near = len(shared) >= 2 and alike >= SAME_MATTER
    rows = "cell" in (one.block.kind, two.block.kind)
    if not one.binding or not (two.binding or rows) or (rows and alike < SAME_ROW):
        return False
    most, fewest = max(len(one.words), len(two.words)), min(len(one.words), len(two.words))
    short = most <= FEW_WORDS and len(shared) >= 0.5 * fewest
    few = short and one.head == two.head and one.head in shared
    if not (near or few) or _NOTE.search(one.text) or _NOTE.search(two.text):
        return False
    if bool(LASTING.search(one.text)) != bool(LASTING.search(two.text)):
        return False
    if _UNDONE.search(one.text) or _UNDONE.search(two.text) or _special(one, two) or _special(two, one):
        return False
    if bool(_CASE.search(one.text)) != bool(_CASE.search(two.text)) or _other_deeds(one, two):
        return False
    return _exclude(one.quantities, two.quantities) or (few and _close_apart(one.text, two.text))


def _special(one: _Said, two: _Said) -> bool:
    """Say whether one names in front a case of its own ("gambling limits" beside "limits")."""
    words = re.findall(r"[a-z]{3,}", one.text.lower())[:2]
    if len(words) < 2:
        return False
    first, second = (content_words(word) for word in words)
    return bool(first - two.words - GENERIC) and bool(second & two.words) and bool(first & one.words)


def _other_deeds(one: _Said, two: _Said) -> bool:
    """Say whether two sentences tell what is done to a thing, and it is not the same."""
    first, second = _DONE.search(one.text), _DONE.search(two.text)
    if first is None or second is None:
        return False
    return not content_words(first["verb"]) & two.words and not content_words(second["verb"]) & one.words


def _exclude(left: Sequence[Quantity], right: Sequence[Quantity]) -> bool:
    """Say whether there are two quantities of one measure that cannot both bind."""
    left, right = ([each for each in side if not _RATE.match(each.words)] for side in (left, right))
    mine = [one for one in left if not any(one.same_measure(two) and one.agrees(two) for two in right)]
    theirs = [two for two in right if not any(one.same_measure(two) and one.agrees(two) for one in left)]
    return any(one.same_measure(two) for one in mine for two in theirs)


def _close_apart(one: str, two: str) -> bool:
    """Say whether two texts name different times of day at which the same thing ends."""
    first, second = _CLOSES.search(one), _CLOSES.search(two)
    if first is None or second is None or not (_OPEN.search(one) and _OPEN.search(two)):
        return False
    return first["time"].replace(":", ".") != second["time"].replace(":", ".")


def _gap(earlier: _Said, later: _Said, why: str) -> Gap:
    shown = re.sub(r"\s+", " ", earlier.text)
    shown = shown if len(shown) <= 120 else shown[:117].rsplit(" ", 1)[0] + " …"
    text = f"Which is right? Elsewhere the text says: “{shown}”."
    return Gap(
        later.sentence, "contradiction", f"{earlier.sentence.start} {later.sentence.start}", text, why, 0.97
    )
