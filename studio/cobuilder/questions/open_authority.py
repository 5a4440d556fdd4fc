"""Open authority: what is decided, or put right, up to a figure only.

- An authority that ends at a figure, where the text speaks of more than that and does not say who decides.
- A remedy for little of a thing, of which the text speaks nowhere else.
- A cap alone is no gap: above it there is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.questions.open_cases import Part, missing_case
from studio.cobuilder.words.sentences import Sentence
from studio.cobuilder.words.values import Value, values_in
from studio.cobuilder.words.whole import words_in

SIDED = re.compile(
    r"\b(?:within|up to|between|from|at (?:most|least)|than|exceed|maximum|minimum|until|more|over|"
    r"above|beyond|after|past|under|"
    r"below|before|less|later|longer|fewer)",
    re.IGNORECASE,
)


def words_of(text: str, value: Value) -> str:
    """Return a bound as the text words it ("under two hours", "three hours or more")."""
    tail = re.match(r"\s*(?:or|and) (?:more|longer|later|above|over|less|fewer|earlier)\b", text[value.end :])
    if tail:
        return f"{value.words}{tail[0]}"
    lead = _LEAD.search(text[: value.start])
    return f"{lead[0].lower() if lead else ''}{value.words}".strip()


_LEAD = re.compile(
    r"\b(?:within|up to|at most|at least|(?:no|not) (?:more|less|later|earlier|fewer) than|(?:more|less|"
    r"longer|"
    r"later|fewer|earlier|shorter|greater) than|over|above|under|below|beyond|after|before|until|past|"
    r"exceed\w*)"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)


_MORE = re.compile(
    r"\b(?:in excess of|above|over|more than|exceeding|beyond)\s+(?P<figure>[€£$]?\s?\d[\d,.]*)",
    re.IGNORECASE,
)
_MORE_THAN = frozenset("excess above over more exceeding beyond larger bigger higher longer".split())
_LARGER = re.compile(r"^(?:larger|bigger|higher|longer)\s+[a-z]+s\b", re.IGNORECASE)
_THAT = re.compile(
    r"\b(?:above|beyond|over) (?:that|this),? (?:the|a|it|its)\b[^.;,]*?\b(?:turns?|shows?|appears?|becomes?|"
    r"changes?|blinks?|displays?|lights?)\b",
    re.IGNORECASE,
)
_MERELY_HAPPENS = re.compile(
    r"\b(?:happens?|occurs?|arises?|comes? up|exists?|(?:are|is) (?:rare|seldom|common|frequent)|"
    r"(?:were|was) "
    r"(?:\w+ed|seen|made|paid|given))\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:must|may|can|cannot|should|shall|need\w*|goes? to|decid\w+|approv\w+|handed|passed|"
    r"escalat\w+|refused|"
    r"not|never|no)\b|n['’]t\b",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(
    r"\b(?:approv\w+|decid\w+|authori[sz]\w+|signs?|grants?|waives?|(?:may|can) (?:approve|decide|"
    r"authori[sz]e|sign|"
    r"grant|waive|refund|credit|offer|release|pay))\b",
    re.IGNORECASE,
)
_FEWEST_RUNGS = 2
_APPROVES = re.compile(
    r"\bup to\s+(?P<last>[€£$]\s?\d[\d,.]*\d|\d[\d,.]*\d?\s*(?:euros?|pounds|dollars|EUR|GBP|USD|%))\b,?\s*"
    r"(?:the|an?|every|your)\s+(?:[a-z]+\s+){0,2}(?:approves|decides|signs|authori[sz]es)\b"
    r"|\b(?:approves?|decides? on|signs?(?: off)?|"
    r"authori[sz]es?)\s[^.;]{0,30}\bup to\s+(?P<own>[€£$]\s?\d[\d,.]*\d|"
    r"\d[\d,.]*\d?\s*(?:euros?|pounds|dollars|EUR|GBP|USD|%))(?!\w)",
    re.IGNORECASE,
)
_GRANTED = re.compile(
    r"\b(?:you|agents?|staff|managers?|leads?|leaders?|supervisors?|specialists?|assessors?|colleagues?|team|"
    r"clerks?|advis[eo]rs?|handlers?|receptionists?|hosts?|technicians?)\s+(?:may|can)\s+(?:\w+ )?(?:approve|"
    r"grant|offer|waive|refund|credit|give|pay|authori[sz]e|release|reimburse|settle|write off)\b[^.;]{0,60}"
    r"\bup to\s+(?P<last>[€£$]\s?\d[\d,.]*\d|\d[\d,.]*\d?\s*(?:euros?|pounds|dollars|EUR|GBP|USD|%))(?!\w)",
    re.IGNORECASE,
)
_BIGGER = frozenset("larger bigger higher greater".split())
_BETWEEN = re.compile(
    r"\b(?:between|from)\s+[€£$]?\s?\d[\d,.]*\s+(?:and|"
    r"to)\s+(?P<last>[€£$]?\s?\d[\d,.]*\d(?:\s?%)?)[^.;]{0,12}\s(?:the|an?)\s"
    r"(?:[a-z]+\s+){1,3}(?:approves|decides|signs|authori[sz]es)\b",
    re.IGNORECASE,
)
_BEYOND = re.compile(
    r"\b(?:above|over|beyond|exceed\w*|in excess|more than|larger|bigger|higher|greater|from|between)\b",
    re.IGNORECASE,
)


def above_authority(parts: Sequence[Part], told: Sequence[Part]) -> Iterator[Gap]:
    """Yield what happens above a figure where nobody is told to decide it, and ladders that just end."""
    limits = {_bare(match["n"]) for _, one in told for match in _UP_TO.finditer(one.text)}
    for at, (block, sentence) in enumerate(parts):
        if block.kind in ("heading", "cell") or words_in(sentence.text).isdisjoint(_MORE_THAN):
            continue
        if _THAT.search(sentence.text) and _UP_TO.search(sentence.text):
            figure = [match["n"] for match in _UP_TO.finditer(sentence.text)][-1]
            yield _open_above(sentence, figure)
        elif _TELLS.search(sentence.text) or not _MERELY_HAPPENS.search(sentence.text):
            continue
        elif (match := _MORE.search(sentence.text)) and _bare(match["figure"]) in limits:
            yield _open_above(sentence, match["figure"])
        elif _LARGER.search(sentence.text) and at and parts[at - 1][1].block == sentence.block:
            figures = re.findall(r"(?<![\w.])[€£$]?\d[\d,.]*\d", parts[at - 1][1].text)
            if figures:
                yield _open_above(sentence, figures[-1])
    yield from _ladders(parts, told)


def _ladders(parts: Sequence[Part], told: Sequence[Part]) -> Iterator[Gap]:
    """Yield who decides up to a figure, alone or in rungs, where nobody is named for more."""
    for block, sentence in told:
        if not SIDED.search(sentence.text) or not _AUTHORITY.search(sentence.text):
            continue
        rungs = [value for value in values_in(sentence.text) if _UP_TO.search(words_of(sentence.text, value))]
        match = next(
            (m for each in (_APPROVES, _BETWEEN, _GRANTED) if (m := each.search(sentence.text))), None
        )
        last = ""
        if (
            len({each.amount for each in rungs}) >= _FEWEST_RUNGS
            and len({each.measure for each in rungs}) == 1
        ):
            last = max(rungs, key=lambda each: each.amount).words
        elif match:
            last = next(name for name in match.groupdict().values() if name)
        section = block.anchor.section
        near = (one.text for each, one in parts if each.anchor.section == section)
        if last and not any(_goes_beyond(text, last) for text in near):
            yield _open_above(sentence, last)


_UP_TO = re.compile(r"\bup to\s+(?P<n>(?:[€£$]|EUR|GBP|USD)?\s?\d[\d,.]*)", re.IGNORECASE)


def _bare(figure: str) -> str:
    return re.sub(r"[^\d.]", "", figure).rstrip(".")


def _goes_beyond(text: str, figure: str) -> bool:
    """Say whether a text speaks of more than a figure."""
    if not words_in(text).isdisjoint(_BIGGER):
        return True
    match = _BEYOND.search(text)
    return match is not None and (
        _bare(figure) in _bare_numbers(text[match.end() :]) or "that" in text.lower()
    )


def _bare_numbers(text: str) -> set[str]:
    return {_bare(each) for each in re.findall(r"\d[\d,.]*", text)}


def _open_above(sentence: Sentence, figure: str) -> Gap:
    figure = figure.strip().rstrip(".,")
    return missing_case(sentence, f"it is more than {figure}", f"The text decides up to {figure} only", 0.88)


_LITTLE = re.compile(
    r"^(?P<what>[A-Z][a-z]+(?: [a-z]+){0,3}?) (?:of )?(?P<bound>(?:below|under|less than|fewer than|up to)\s+"
    r"[\w€£$.,]+)\s+(?:[a-z]+\s+)?(?:is|are|can be|may be)\s+(?:simply |just |automatically )?(?!not\b|"
    r"approved\b)"
    r"(?P<done>\w+(?:ed|en|de|id)\b|made up)",
)


def below_only(parts: Sequence[Part], told: Sequence[Part]) -> Iterator[Gap]:
    """Yield a remedy for little of a thing of which the text speaks nowhere else."""
    for _, sentence in told:
        match = _LITTLE.search(sentence.text)
        if match is None:
            continue
        what = match["what"].lower()
        told_once = sum(what in one.text.lower() for _, one in parts) == 1
        if told_once and not any(_goes_beyond(one.text, match["bound"]) for _, one in parts):
            bound = match["bound"]
            case = (
                f"it is more than {bound[6:].strip()}"
                if bound.lower().startswith("up to")
                else f"it is not {bound}"
            )
            yield missing_case(sentence, case, f"Only “{match['what']} {bound}” is told", 0.84)
