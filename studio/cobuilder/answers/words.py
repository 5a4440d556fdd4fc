"""What a sentence says once an open word in it was answered: the sentence, filled with the answer.

- An answer that is a whole sentence about the same thing takes the sentence's place; a short one fills
  the open words where it fits the grammar; any other is added as what the words mean.
- Nothing is added that neither the sentence nor the answer says.
"""

from __future__ import annotations

import re

from studio.cobuilder.words.matching import topic
from studio.cobuilder.words.values import values_in
from studio.domain.proposal import OpenQuestion

SHORT = 7
"""So many words an answer has at most that fills a gap."""
_BOUND = re.compile(
    r"^(?:up to|at (?:most|least)|(?:no|not) (?:more|less|fewer|later|longer|earlier|sooner) than|"
    r"(?:more|less|fewer|longer|later|earlier) than|over|under|above|below|within|exactly|from|until|by|"
    r"after|before|about|around|roughly|approximately|between|(?:a |the )?(?:max|maximum|minimum)(?: of)?)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:yes|no|well|ok|okay|sure)\s*[,;:.!–—-]+\s*|(?:keep|make|set|leave|let) it\s+(?:be |to |at |as )?"
    r"|(?:it|that|this) (?:is|means|(?:should|must|shall|has to|needs to) be)\s+|(?:say|use|put|take)\s+)+",
    re.IGNORECASE,
)
"""What people say before the value that they mean."""
_MIDWORDS = frozenset(
    "a an the some any all each every both no not only whatever what who whom whose which when where how if "
    "it its they their them we our us you your he she this that these those one two three four five six "
    "seven eight nine ten up at more less fewer over under above below within exactly from until by after "
    "before about around roughly approximately between maximum minimum in on for to of with without as "
    "either customers people members anyone everyone someone anybody everybody nobody".split()
)
"""Words that are written small within a sentence, whatever follows."""
_SIDE = re.compile(r"\b(late|early|over|above|below|higher|lower|more|less)$", re.IGNORECASE)
_PERIOD = re.compile(r"\b(?:period|time|while|delay|wait|timeframe|window|deadline)(?: of time)?$", re.I)
_PRICED = re.compile(r"\b(?:fees?|charges?|rates?|prices?|penalt(?:y|ies)|amounts?|credit|discount)$", re.I)
_KNOWN = re.compile(r"(?:usual|standard|normal|applicable|regular|additional)\b", re.IGNORECASE)
_ARTICLE = r"(?:\b(?:an?|the|some)\s+)?"


def open_words(question: OpenQuestion) -> str:
    """Return the words of the cited sentence that a question asks about, or nothing."""
    said = _plain(question.citation.quote)
    for words in re.findall(r"“([^”]+)”", question.text):
        found = re.search(re.escape(words), said, re.IGNORECASE)
        if found is not None and len(words) < 0.7 * len(said):
            return found[0]
    return ""


def filled(sentence: str, words: str, answer: str) -> str:
    """Return a sentence in which the answer stands for open words."""
    said, bare = _plain(sentence), _meant(_plain(answer).rstrip(".!"))
    if _is_whole(said, words, bare):
        return f"{bare[:1].upper()}{bare[1:]}."
    first = _midway(said, bare)
    short = len(bare.split()) <= SHORT and words in said
    made = _fitted(said, words, first) if short else ""
    if made:
        return made
    subject = f"“{words[:1].upper()}{words[1:]}” means" if words else "That means"
    return f"{said} {subject} {first}."


def _meant(bare: str) -> str:
    """Return an answer without what is said before its value."""
    rest = _LEAD.sub("", bare, count=1)
    return rest if rest and values_in(rest) else bare


def _midway(said: str, bare: str) -> str:
    """Return an answer as it is written within a sentence; names keep their capital letter."""
    head, _, tail = bare.partition(" ")
    counted = any(value.start == 0 for value in values_in(bare))
    known = counted or head.casefold() in _MIDWORDS or re.search(rf"\b{re.escape(head.casefold())}\b", said)
    return f"{head.casefold()} {tail}".rstrip() if known and head.istitle() else bare


def _plain(text: str) -> str:
    return " ".join(text.split())


def _is_whole(said: str, words: str, bare: str) -> bool:
    """Return whether an answer says all that the sentence is about."""
    rest = topic(said.replace(words, " ")) if words else topic(said)
    return len(bare.split()) > SHORT and len(rest & topic(bare)) >= 0.6 * len(rest)


def _fitted(said: str, words: str, bare: str) -> str:
    """Return the sentence with a short answer in place of the open words, or nothing if it does not fit."""
    values = [value for value in values_in(bare) if value.kind != "date"]
    if not values:
        return _named(said, words, bare)
    if bare[: values[0].start].strip(" £$€") and not _BOUND.match(bare):
        return ""
    kind = values[0].kind
    side = _SIDE.search(words)
    if kind == "duration" and side is not None:
        bound = bare if _BOUND.match(bare) else f"up to {bare}"
        tail = "" if re.search(rf"\b{side[0]}\b", bare, re.IGNORECASE) else f" {side[0]}"
        only = "only " if f"only {words}" in said else ""  # the limit says it
        return said.replace(f"{only}{words}", f"{bound}{tail}", 1)
    if kind == "duration" and words.lower().endswith("notice"):
        own = "’" if bare.endswith("s") else "’s"
        return said.replace(words, f"{bare}{own} notice", 1)
    if kind == "duration" and _PERIOD.search(words):
        return _after_preposition(said, words, bare)
    if kind in ("money", "percent") and _PRICED.search(words):
        return _priced(said, words, bare)
    return ""


def _after_preposition(said: str, words: str, bare: str) -> str:
    """Put a length of time for "a reasonable time", without a second preposition."""
    found = re.search(rf"(?P<front>\b(?:within|for|after|up to|until)\s+)?{_ARTICLE}{re.escape(words)}", said)
    if found is None:
        return ""
    front = "" if _BOUND.match(bare) else (found["front"] or "")
    return f"{said[: found.start()]}{front}{bare}{said[found.end() :]}"


def _priced(said: str, words: str, bare: str) -> str:
    head = words.split()[-1]
    keep = (
        words if re.match(r"(?:usual|standard|normal|applicable|regular|additional)\b", words, re.I) else head
    )
    found = re.search(rf"(?P<article>\b(?:an?|the)\s+)?{re.escape(words)}", said)
    if found is None:
        return ""
    article = found["article"] or ""
    if keep == head and article.strip().casefold() in ("a", "an"):
        article = "an " if head[:1] in "aeio" else "a "
    joint = "" if _BOUND.match(bare) else "of "
    return f"{said[: found.start()]}{article}{keep} {joint}{bare}{said[found.end() :]}"


def _named(said: str, words: str, bare: str) -> str:
    """Put a name for a role ("the appropriate team"), or the missing words for a placeholder."""
    is_role = re.search(
        r"\b(?:team|department|person|manager|contact|colleague|group|unit|specialist|authority|channel|"
        r"queue|supervisor|agent|charge|ups?)$",
        words,
        re.IGNORECASE,
    )
    if is_role is None and not re.match(r"[\[<?]|TB|TODO|FIXME|to be|X{3}", words):
        return ""
    found = re.search(rf"{_ARTICLE if is_role else ''}{re.escape(words)}", said)
    return f"{said[: found.start()]}{bare}{said[found.end() :]}" if found else ""
