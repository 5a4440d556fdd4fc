"""Sentences: the text of a block cut where a reader would pause for a full stop.

- Every sentence has a verbatim span: `document.text[sentence.start:sentence.end]`.
- Abbreviations, section numbers, amounts, quoted speech and links do not end a sentence.
- Own code, because it keeps offsets and reads twenty pages in milliseconds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from studio.cobuilder.words.markup import Readable, readable
from studio.domain.pulse import beat
from studio.domain.source import Block, SourceDocument

_STOP = re.compile(r"(?:[.!?…]+|\.\.\.)[\"'”’)\]]*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“‘]|(?<!\w)')(?:e\.?g|i\.?e|etc|cf|viz|vs|approx|incl|excl|resp|esp|sec|sect|no|nos|art"
    r"|para|fig|ch|cl"
    r"|app|vol|pp?|ed|eds|dr|mr|mrs|ms|prof|st|sr|jr|inc|ltd|co|corp|llc|dept|ext|tel|max|min|hrs?|wk|mo|yr"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|u\.s|u\.k|a\.m|p\.m|a\.k\.a|et al"
    r"|[A-Za-z])\.$",
    re.IGNORECASE,
)
_MAY_END = re.compile(
    r"(?:etc|inc|ltd|co|corp|llc|a\.m|p\.m|u\.s|u\.k|dept|ext|hrs?|yr|mo|wk|jr|sr)\.$", re.I
)
_NAMED = re.compile(
    r"\b(?:category|class|group|type|level|option|annex|appendix|tier|zone|part|plan|grade|band|room|gate|team"
    r"|vitamin|hepatitis|case) [A-Z]\.$",
    re.IGNORECASE,
)
"""A letter that names something may well end a sentence, unlike an initial."""
_OPENERS = "\"'“‘([*_¿¡"
_QUOTES = {'"': '"', "“": "”", "‘": "’", "'": "'"}
_OPENS_SPEECH = re.compile("[(" + "".join(_QUOTES) + "]")


class Sentence(NamedTuple):
    """One sentence: readable text, the verbatim span, and the block it stands in."""

    text: str
    start: int
    end: int
    block: str


def sentences(document: SourceDocument, block: Block) -> list[Sentence]:
    """Return the sentences of a block, in order; together they cover all of its words."""
    if block.kind == "code" or block.tracked == "deleted":
        return []  # a deletion that nobody has accepted yet binds nobody, nor do lines of code
    plain = is_plain(document)
    form = readable(document.text[block.start : block.end], block.start, not plain)
    return [_sentence(form, start, end, block.id) for start, end in cuts(form.text)]


def is_plain(document: SourceDocument) -> bool:
    """Say whether a document's text has no inline markup to remove."""
    return document.media_type != "text/markdown"


def _sentence(form: Readable, start: int, end: int, block: str) -> Sentence:
    first, last = form.span(start, end)
    return Sentence(form.text[start:end], first, last, block)


def cuts(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence in readable text."""
    beat()
    return list(_cuts(text))


@lru_cache(maxsize=1024)
def _cuts(text: str) -> tuple[tuple[int, int], ...]:
    protected = _spoken(text)
    found: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
        if end <= start or not _ends(text, start, stop, protected):
            continue
        found.append(_trim(text, start, end))
        start = end
    if text[start:].strip():
        found.append(_trim(text, start, len(text)))
    return tuple((first, last) for first, last in found if last > first)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _ends(text: str, start: int, stop: re.Match[str], protected: list[tuple[int, int]]) -> bool:
    """Say whether a stop ends the sentence: what follows opens a new one, and it is no abbreviation."""
    if any(first < stop.start() < last - 1 for first, last in protected):
        return False
    rest = text[stop.end() :].lstrip()
    if not rest:
        return True
    opens = rest.lstrip(_OPENERS)[:1]
    if not (opens.isupper() or opens.isdigit() or rest[0] in '“"[•-–—'):
        return False
    if stop[0][0] != "." or len(stop[0].rstrip("\"'”’)]")) > 1:
        return True
    before = text[start : stop.start() + 1]
    if not _ABBREVIATION.search(before):
        return True
    return bool(_MAY_END.search(before) or _NAMED.search(before)) and opens.isupper()


def _spoken(text: str) -> list[tuple[int, int]]:
    """Return the spans of quoted speech and brackets, inside which no sentence ends."""
    spans: list[tuple[int, int]] = []
    at = 0
    while (mark := _OPENS_SPEECH.search(text, at)) is not None:
        at, char = mark.start(), mark[0]
        opens = at == 0 or text[at - 1].isspace() or text[at - 1] in "([—–"
        close = _QUOTES.get(char) if opens else ")" if char == "(" else None
        end = _closing(text, at, close) if close else -1
        if end > 0:
            spans.append((at, end + 1))
            at = end
        at += 1
    return spans


def _closing(text: str, at: int, close: str) -> int:
    """Return where a quote or bracket closes, or -1 when it does not within a reasonable distance."""
    end = text.find(close, at + 1, at + 400)
    while end > 0 and close in "'’" and text[end + 1 : end + 2].isalnum():
        end = text.find(close, end + 1, at + 400)
    return end
