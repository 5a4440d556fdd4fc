"""Editions: which document says in its own words that it replaces another one, and in which sentence.

- “This policy replaces version 2.1”, “supersedes the guide of 2024”, “all earlier editions are withdrawn”;
  or, the other way round, “was replaced by …”. What is denied, or said of a thing, replaces no document.
- The other one is known by its name, or as an edition of the same title; versions, days and years that are
  told must fit, and nothing replaces what is newer than itself.
- Where two documents say that they replace each other, neither does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz

from studio.cobuilder.rules.front_matter import suggest
from studio.cobuilder.words.dates import days_in
from studio.cobuilder.words.sentences import sentences
from studio.domain.source import Source, SourceDocument

_ANY = re.compile(r"replac|supersed|supplant|takes? the place|withdrawn|repeal|revok|cancels", re.IGNORECASE)
_KIND = (
    r"(?:edition|version|issue|revision|release|polic(?:y|ies)|procedures?|documents?|guides?|guidelines?"
    r"|sops?|(?:working )?instructions?|standards?|notices?|notes?|rules?|manuals?|handbooks?"
    r"|terms(?: and conditions)?|regulations?|circulars?|memos?|text|page|paper|schedule|tariff|price list)"
)
_SELF = (
    rf"(?:(?:this|these|the present|the new|the current|our new)\s+(?:[\w-]+ ){{0,3}}?{_KIND}|it|they|which)"
)
_WORDS = r"(?:[^.;]|\.(?=\d))"
"""Words of one clause; the point in “version 2.1” ends none."""
_DO = r"(?:replac|supersed|supplant|cancel|revok|repeal|withdraw)"
_REPLACES = re.compile(
    rf"\b{_SELF}\b(?P<between>{_WORDS}{{0,60}}?)\b(?:{_DO}(?:es?|s|ed)?|takes? the place of)"
    rf"(?: and (?:replaces?|supersedes?|cancels?|withdraws?|revokes?))?\s+(?P<what>{_WORDS}{{3,160}})",
    re.IGNORECASE,
)
_OPENS = re.compile(
    rf"^\W*(?:(?:version|edition|issue)\s+[\w.]+[,:]?\s+)?(?:hereby )?(?:replac|supersed)(?:es|ing)\b:?\s+"
    rf"(?P<what>{_WORDS}{{3,160}})",
    re.IGNORECASE,
)
_ENDED = re.compile(
    rf"\b(?P<what>(?:all|any|every|the|our) (?:\w+ ){{0,2}}?"
    rf"(?:earlier|previous|prior|former|older|preceding|last)\s{_WORDS}{{0,80}}?)"
    rf"\s+(?:is|are|was|were|has been|have been|shall be)\s+(?:hereby |herewith )?"
    rf"(?:{_DO}(?:e?d|n)?|withdrawn|cancelled|no longer (?:valid|in force|applicable))\b(?!\s+by\b)",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    rf"\b{_SELF}\s+(?:is|was|has been|will be)\s+(?:now |since )?{_DO}e?d\s+by\s+(?P<what>{_WORDS}{{3,160}})",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|nothing|neither|nor|no longer|without|n't|(?-i:may)|might|can|could|if|unless|would)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?:the |any |all )?(?:(?:first|second|third|last|following) )?(?:sections?|clauses?|paragraphs?"
    r"|chapters?|parts?|appendix|annex|tables?|pages?|sentences?|steps?|words?|need"
    r"|requirement)\b",
    re.IGNORECASE,
)
_PARTLY = re.compile(
    r"\b(?:only|part(?:ly|ially)|in part|in some (?:parts|points)|(?:so|as|in so) far as|in respect of"
    r"|as regards|until)\b",
    re.IGNORECASE,
)
"""What replaces another one in one respect, or did for a time, does not go before it in every conflict."""
_STOPS = re.compile(
    r",? (?:which|who|because|since|so that|and (?:applies|is|takes|comes|was|will|must|says|now)|in force|"
    r"as of|with effect|from \d|on \d|when|where)\b",
    re.IGNORECASE,
)
_OWN_SERIES = re.compile(
    rf"^(?:(?:the|all|any|every|our|its|and|other|of) )*(?:(?:previous|earlier|prior|former|older|preceding"
    rf"|last|existing|current|old) )*(?:{_KIND}s?|ones?)(?: (?:of|to) (?:this|the|our) {_KIND})?\b"
    r"|^(?:edition|version|issue|revision|release|v|rev)\.?\s*\d",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"\b(?:versions?|v|issue|revision|rev|release|edition)\.?\s*(\d+(?:\.\d+)*)\b", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_IDLE = frozenset(
    "the a an of and our this that edition version issue revision release new old earlier previous former "
    "any all january february march april may june july august september october november december from "
    "dated".split()
)
NAMED, SAME_TITLE, HEAD = 88, 92, 8


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence in which a document says what it replaces, or (`by`) what has replaced it."""

    what: str
    sentence: str
    by: bool = False


@dataclass(frozen=True, slots=True)
class _Text:
    """A document that is known by its text."""

    text: str
    document: SourceDocument = field(compare=False, hash=False)


def replaces(one: Source, other: Source) -> str | None:
    """Return the sentence that says that one document replaces the other, or None."""
    said = _said(one, other)
    return said if said is not None and _said(other, one) is None else None


def _said(one: Source, other: Source) -> str | None:
    if one.id == other.id or not one.versions or not other.versions:
        return None
    for claim in claims_of(one):
        if not claim.by and _means(claim.what, one, other):
            return claim.sentence
    for claim in claims_of(other):
        if claim.by and _means(claim.what, other, one, backwards=True):
            return claim.sentence
    return None


def claims_of(source: Source) -> tuple[Claim, ...]:
    """Return what a document says of the documents that it replaces, or that have replaced it."""
    document = source.current.document
    return _claims(_Text(document.text, document))


@lru_cache(maxsize=256)
def _claims(text: _Text) -> tuple[Claim, ...]:
    document = text.document
    if not _ANY.search(text.text):
        return ()
    found = [
        Claim(each.value, " ".join(each.quote.split()))
        for each in suggest(document)
        if each.field == "supersedes" and not _REPLACES.search(each.quote)
    ]
    for block in document.blocks:
        if block.kind in ("paragraph", "item") and _ANY.search(block.text):
            for sentence in sentences(document, block):
                found += _claims_in(sentence.text)
    return tuple({(each.what, each.by): each for each in reversed(found)}.values())[::-1]


def _claims_in(sentence: str) -> Iterator[Claim]:
    if len(sentence) > 600 or not _ANY.search(sentence):
        return
    plain = re.sub(r"[*_`]", "", sentence)
    if (match := _REPLACED.search(plain)) is not None:
        yield Claim(_cut(match["what"]), plain, by=True)
        return
    for pattern in (_REPLACES, _OPENS, _ENDED):
        match = pattern.search(plain)
        if match is None or _DENIED.search(plain[: match.start("what")]) or _PART.match(match["what"]):
            continue
        what = _cut(match["what"])
        if _PARTLY.search(what) or _PARTLY.search(plain[match.start() : match.start("what")]):
            continue
        yield Claim(what, plain)
        return


def _cut(what: str) -> str:
    stop = _STOPS.search(what)
    return (what[: stop.start()] if stop else what).strip(" ,“”\"'")


def _means(what: str, source: Source, other: Source, *, backwards: bool = False) -> bool:
    """Return whether words of one document mean another one: by name, or as an edition of its own title."""
    named = any(_is_named(name, what) for name in _names(other))
    if not named and not (_OWN_SERIES.match(what) and _same_title(source, other)):
        return False
    older, newer = (source, other) if backwards else (other, source)
    return _fits(what, other, named) and not _is_newer(older, newer)


def _is_named(name: str, what: str) -> bool:
    bare, said = _bare(name), _bare(what)
    own = bare.split()
    return len(own) > 1 and len(said) >= len(bare) - 2 and fuzz.partial_ratio(bare, said) >= NAMED


def _same_title(source: Source, other: Source) -> bool:
    pairs = ((one, two) for one in _names(source) for two in _names(other))
    return any(_bare(one) and fuzz.ratio(_bare(one), _bare(two)) >= SAME_TITLE for one, two in pairs)


def _fits(what: str, other: Source, named: bool) -> bool:
    """Return whether the versions and years that are told fit a document, as far as it tells its own."""
    wanted = set(_VERSION.findall(what))
    own = set(_VERSION.findall(_head(other)))
    if wanted and own and not wanted & own:
        return False
    if wanted and not own and not named:
        return False
    years, theirs = {int(year) for year in _YEAR.findall(what)}, _years(other)
    told = named or bool(wanted & own)
    return not years or (bool(years & theirs) if theirs else told)


def _years(source: Source) -> set[int]:
    named = {int(year) for name in _names(source) for year in _YEAR.findall(name)}
    since = {source.effective_from.year} if source.effective_from else set()
    if named or since:
        return named | since
    days = days_in(_head(source))
    return {days[0].day.year} if days else set()


def _is_newer(one: Source, other: Source) -> bool:
    """Return whether one document is surely newer than the other: by its day, its version or its year."""
    if one.effective_from and other.effective_from:
        return one.effective_from > other.effective_from
    mine, theirs = (_VERSION.findall(" ".join(_names(each))) for each in (one, other))
    if mine and theirs:
        return _number(mine[0]) > _number(theirs[0])
    years, others = _years(one), _years(other)
    return bool(years and others) and min(years) > max(others)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _names(source: Source) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (source.name, source.current.document.title) if name))


def _head(source: Source) -> str:
    """Return how a document begins, where its version and day stand; not what it says that it replaces."""
    lines = [block.text for block in source.current.document.blocks[:HEAD]]
    return "\n".join((*_names(source), *(line for line in lines if not _ANY.search(line))))[:1500]


def _bare(name: str) -> str:
    return " ".join(word for word in re.findall(r"[a-z]+", name.lower()) if word not in _IDLE)
