"""Front matter: what a document itself says about its owner, force, scope, audience and predecessor.

- Only what is stated is suggested, with the verbatim words and their place; a person confirms it.
- Read are YAML front matter, the lines before the first section, tables and sections of document control,
  and sentences in which the document speaks of itself (“This policy replaces …”).
- Where a document states two different values for one field in the same way, none is suggested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, get_args

from studio.cobuilder.rules.front_matter_words import (
    ADDRESSED_CLASS,
    CHANNEL,
    CLASSES,
    INTERNAL,
    LABEL,
    NAME,
    NUMBERED_CLASS,
    QUOTABLE,
    REGION,
    TITLE_CLASS,
)
from studio.cobuilder.words.dates import days_in
from studio.cobuilder.words.sentences import sentences
from studio.domain.governance import SuggestedField, Suggestion
from studio.domain.source import Anchor, Block, SourceDocument

_YAML = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<body>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_YAML_FIELD = re.compile(
    r"^(?P<name>[A-Za-z][\w -]*):(?P<value>[^\n]*(?:\n[ \t]*-[ \t]+[^\n]*)*)", re.MULTILINE
)
_CONTROL = re.compile(
    r"document (?:control|information|details|history)|about this (?:document|policy|procedure)|scope"
    r"|(?:scope and )?applicability|validity|purpose(?: and scope)?|effective date",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[·|•]\s+|[ \t]*\r?\n")
_HEAD_BLOCKS = 14
_LABELLED = 0.9
_SELF = (
    r"(?:this|the present) (?:\w+ )?(?:edition|version|policy|procedure|document|guide|guideline|sop"
    r"|instruction|standard|notice)"
)
_REPLACES = re.compile(
    rf"\b{_SELF} (?:replaces|supersedes)(?: and replaces| and supersedes)? (?:the |our )?"
    r"(?P<what>(?:[^.;]|\.(?=\d)){4,120}?)(?=\.(?!\d)|;|,? which\b|,? and (?:applies|is|takes|comes)\b|$)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:nothing|neither|nor|not)\b", re.IGNORECASE)
_STARTS = re.compile(
    rf"\b(?:{_SELF}|it) (?:(?:is|becomes) (?:effective|valid|in force|applicable)|takes effect"
    r"|comes into (?:force|effect)|enters into force|applies)(?: as)?(?: from| on| of)? (?=\d|[A-Z])",
    re.IGNORECASE,
)
_ENDS = re.compile(
    rf"\b(?:{_SELF}|it) (?:expires|ends|is (?:valid|in force|effective) until|ceases to apply)(?: on)?"
    r" (?=\d|[A-Z])",
    re.IGNORECASE,
)
_REVIEWED = re.compile(
    rf"\b(?:{_SELF}|it|the policy) (?:is|will be|must be|shall be) (?:next )?reviewed"
    r" (?:by|on|before|no later than) (?=\d|[A-Z])",
    re.IGNORECASE,
)
_OWNED = re.compile(
    rf"\b{_SELF} is (?:owned|maintained|kept) by (?:the )?(?P<who>[A-Z][^.;]{{2,70}}?)(?=[.;]|$)",
    re.IGNORECASE,
)
_WRITTEN_FOR = re.compile(
    rf"\b(?:{_SELF}|it) is (?:written|intended|meant) for (?P<who>[^.;]{{4,90}}?)(?=[.;,]|$)", re.IGNORECASE
)
_FOR = re.compile(r"For (?P<who>(?:(?:all|our|the|every) )?[a-z][^.;:,!?]{3,80})")
_APPLIES = re.compile(
    rf"\b(?:{_SELF}|it) (?:only )?applies (?:only )?(?:to|in|for) (?P<what>[^.;]+)", re.IGNORECASE
)
_DATE_LINE = re.compile(
    r"(?:(?P<end>(?:in force|effective|valid) until|expires(?: on)?)"
    r"|(?P<start>(?:in force|effective|valid|applies|applicable)(?: (?:from|since|as of|on|date))?"
    r"|with effect from)"
    r"|(?P<review>(?:next )?review(?: is)?(?: by| due(?: by| on)?| on)))[\s:]+(?=\d|[A-Z])",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\s*(?:to|until|till|through|–|-|—)\s*")
_NOTHING = re.compile(
    r"(?:n/?a|none|nil|tbd|tbc|to be (?:defined|confirmed|decided)|unknown|-+|–|—)\.?", re.IGNORECASE
)
_DATES: tuple[SuggestedField, ...] = ("effective_from", "effective_until", "review_by")
_LISTS: tuple[SuggestedField, ...] = ("regions", "segments", "channels", "products")


class _Line(NamedTuple):
    """A stretch of the original text, and the block it stands in."""

    start: int
    end: int
    block: Block | None


def suggest(document: SourceDocument) -> tuple[Suggestion, ...]:
    """Return what a document states about itself, at most one value a field, most certain readings first."""
    reading = _Reading(document)
    found = [*reading.yaml(), *reading.lines(), *reading.tables(), *reading.prose(), *reading.classes()]
    chosen: dict[SuggestedField, Suggestion | None] = {}
    for each in sorted(found, key=lambda one: -one.confidence):
        known = chosen.setdefault(each.field, each)
        if known is not None and known.confidence == each.confidence and _differs(known, each):
            chosen[each.field] = None
    return tuple(each for each in chosen.values() if each is not None)


def _differs(one: Suggestion, other: Suggestion) -> bool:
    return one.value.casefold() != other.value.casefold()


class _Reading:
    """One pass over a document for each way in which it may state something."""

    def __init__(self, document: SourceDocument) -> None:
        """Find the blocks in front of the first section, and those that tell of the document."""
        self.document = document
        self.head: list[Block] = []
        self.control: list[Block] = []
        headings = 0
        for block in document.blocks:
            headings += block.kind == "heading"
            if headings <= 1 and len(self.head) < _HEAD_BLOCKS:
                self.head.append(block)
            elif block.anchor.section and _CONTROL.fullmatch(_bare(block.anchor.section[-1])):
                self.control.append(block)

    def yaml(self) -> Iterator[Suggestion]:
        """Yield what the front matter states."""
        front = _YAML.match(self.document.text)
        if front is None:
            return
        for match in _YAML_FIELD.finditer(front["body"]):
            start = front.start("body") + match.start()
            line = _Line(start, front.start("body") + match.end(), None)
            name = match["name"].replace("-", "_").strip()
            for spelled in (name, name.replace("_", " ")):
                if label := NAME.fullmatch(spelled):
                    value = (
                        re.sub(r"\n[ \t]*-[ \t]+", ", ", match["value"]).strip(" ,\t\r[]").replace('"', "")
                    )
                    yield from self._stated(label, value.replace("'", ""), line, 0.95)
                    break

    def lines(self) -> Iterator[Suggestion]:
        """Yield what lines of the title page and of document control state."""
        for block in (*self.head, *self.control):
            if block.kind in ("heading", "cell", "code"):
                continue
            at = block.start
            body = self.document.text[block.start : block.end]
            for stop in (*(match.span() for match in _SEPARATOR.finditer(body)), (len(body), len(body))):
                line = _Line(at, block.start + stop[0], block)
                at = block.start + stop[1]
                yield from self._line(line, block in self.head)

    def _line(self, line: _Line, in_head: bool) -> Iterator[Suggestion]:
        text = _plain(self.document.text[line.start : line.end])
        if label := LABEL.fullmatch(text):
            yield from self._stated(label, label["value"], line, 0.9)
        elif opening := _DATE_LINE.match(text):
            field: SuggestedField = (
                "effective_from" if opening["start"] else "effective_until" if opening["end"] else "review_by"
            )
            if len(text) < 90:
                yield from self._dates(field, text[opening.end() :], line, 0.85)
        elif in_head and INTERNAL.fullmatch(text.strip(" .!()[]")):
            yield self._made("permission", "internal", line, 0.85)
        elif in_head and len(text) < 100 and (match := _FOR.fullmatch(text)):
            yield self._made("audience", _who(match["who"]), line, 0.75)

    def tables(self) -> Iterator[Suggestion]:
        """Yield what rows of a label and a value state."""
        cells = [block for block in (*self.head, *self.control) if block.kind == "cell"]
        for left, right in pairwise(cells):
            beside = left.row == right.row and not left.column and right.column == 1
            if beside and (label := NAME.fullmatch(left.text)):
                yield from self._stated(label, right.text, _Line(left.start, right.end, right), 0.9)

    def prose(self) -> Iterator[Suggestion]:
        """Yield what the document says of itself in sentences."""
        for block in self.document.blocks:
            if block.kind not in ("paragraph", "item"):
                continue
            near = block in self.head or block in self.control
            for sentence in sentences(self.document, block):
                line = _Line(sentence.start, sentence.end, block)
                match = _REPLACES.search(sentence.text)
                if match and not _DENIED.search(sentence.text[: match.start()]):
                    yield self._made("supersedes", _bare(match["what"]), line, 0.85)
                if match := _OWNED.search(sentence.text):
                    yield self._made("owner", match["who"].strip(), line, 0.8)
                for field, pattern in zip(_DATES, (_STARTS, _ENDS, _REVIEWED), strict=True):
                    if match := pattern.search(sentence.text):
                        yield from self._dates(field, sentence.text[match.end() :], line, 0.85)
                if near and (match := _WRITTEN_FOR.search(sentence.text)):
                    yield self._made("audience", _who(match["who"]), line, 0.7)
                if near and (match := _APPLIES.search(sentence.text)):
                    yield from self._applies(match["what"], line, 0.7)

    def classes(self) -> Iterator[Suggestion]:
        """Yield the authority that the document's class gives it, by its number or its title."""
        for block in (each for each in self.head if each.kind != "heading"):
            body = self.document.text[block.start : block.end]
            if match := NUMBERED_CLASS.search(body):
                line = _Line(block.start + match.start(), block.start + match.end(), block)
                yield self._made("authority", _authority(match), line, 0.85)
                return
            if match := ADDRESSED_CLASS.search(body):
                first = match.start(match.lastgroup or 0)
                line = _Line(block.start + first, block.start + match.end(), block)
                yield self._made("authority", _authority(match), line, 0.75)
                return
        if self.head and self.head[0].kind == "heading":
            block = self.head[0]
            found = list(TITLE_CLASS.finditer(block.text))
            if found and len({_authority(match) for match in found}) == 1:
                yield self._made("authority", _authority(found[0]), _Line(block.start, block.end, block), 0.7)

    def _stated(self, label: re.Match[str], value: str, line: _Line, sure: float) -> Iterator[Suggestion]:
        """Yield the suggestions of a labelled value."""
        value = value.strip(" \t\r\n*_").rstrip(".")
        field = _field(label)
        if not value or _NOTHING.fullmatch(value) or len(value) > 160:
            return
        if field is None:
            yield from self._applies(value, line, sure)
        elif field in _DATES:
            yield from self._dates(field, value, line, sure, fully=True)
        elif field == "permission":
            if INTERNAL.fullmatch(value):
                yield self._made(field, "internal", line, sure)
            elif QUOTABLE.fullmatch(value):
                yield self._made(field, "may be quoted", line, sure)
        elif field == "authority":
            if match := TITLE_CLASS.search(value):
                yield self._made(field, _authority(match), line, sure)
        elif field in _LISTS:
            yield self._made(field, ", ".join(_members(value)), line, sure)
        elif len(value.split()) <= 14:
            yield self._made(field, _bare(value), line, sure)

    def _dates(
        self, field: SuggestedField, text: str, line: _Line, sure: float, fully: bool = False
    ) -> Iterator[Suggestion]:
        """Yield the date that opens a text, and the one that ends its range."""
        days = days_in(text)
        if not days or days[0].start > 4 or (fully and len(text) > 80):
            return
        yield self._made(field, days[0].day.isoformat(), line, sure)
        if (
            field == "effective_from"
            and len(days) > 1
            and _UNTIL.fullmatch(text[days[0].end : days[1].start])
        ):
            yield self._made("effective_until", days[1].day.isoformat(), line, sure)

    def _applies(self, text: str, line: _Line, sure: float) -> Iterator[Suggestion]:
        """Yield the regions and channels that a document applies to; nothing where it excludes some."""
        if re.search(r"\b(?:not|except|excluding|other than|outside|unless)\b", text, re.IGNORECASE):
            return
        regions = list(dict.fromkeys(_region(match[0]) for match in REGION.finditer(text)))
        if regions:
            yield self._made("regions", ", ".join(regions), line, sure)
        channels = [each for each in _members(text) if CHANNEL.fullmatch(each)]
        # A sentence names a channel beside much else; only a list of its own is a scope.
        if channels and sure >= _LABELLED:
            yield self._made("channels", ", ".join(channels), line, sure)

    def _made(self, field: SuggestedField, value: str, line: _Line, sure: float) -> Suggestion:
        text = self.document.text
        first, last = (text.count("\n", 0, at) + 1 for at in (line.start, max(line.start, line.end - 1)))
        base = line.block.anchor if line.block else Anchor(line_start=first, line_end=last)
        anchor = base.model_copy(update={"line_start": first, "line_end": last})
        return Suggestion(
            field=field, value=value, quote=text[line.start : line.end], anchor=anchor, confidence=sure
        )


def _field(label: re.Match[str]) -> SuggestedField | None:
    """Return the one field that a label names; None for “applies to”."""
    return next((field for field in get_args(SuggestedField) if label[field]), None)


def _plain(text: str) -> str:
    """Return a line without list signs, quote marks and emphasis."""
    return re.sub(r"^[\s>*_#+-]+|[*_\s]+$", "", re.sub(r"\*\*|__", "", text))


def _bare(text: str) -> str:
    """Return words without emphasis, quotation marks and the number of a heading."""
    text = re.sub(r"[*_`“”\"]", "", text).strip(" .,")
    return re.sub(r"^(?:\d+(?:\.\d+)*[.)]?\s+)", "", text)


def _who(text: str) -> str:
    return re.sub(r"\band for\b", "and", text).strip()


def _members(text: str) -> list[str]:
    parts = re.split(r"\s*[,;/]\s*(?:and\s+)?|\s+and\s+|\s+or\s+", text)
    return [
        part for part in (re.sub(r"^the\s+", "", _bare(each), flags=re.IGNORECASE) for each in parts) if part
    ]


def _region(name: str) -> str:
    return name.removeprefix("the ").replace(".", "")


def _authority(match: re.Match[str]) -> str:
    return next(authority.value for authority, _ in CLASSES if match[authority.name])
