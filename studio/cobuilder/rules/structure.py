"""What a document's shape says about its sentences: lists, lead-ins, headings, kinds of text.

- A list under “You must never:” forbids, whatever its items say by themselves; so does a heading “Don'ts”.
- A list of instructions that is numbered, or called steps, is a written procedure.
- Stories, source code and price lists bind nobody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from studio.cobuilder.words.clauses import Clause, clauses
from studio.cobuilder.words.grammar import mask
from studio.cobuilder.words.lexicon import FORCE_WORDS, STORY_PAST, STORY_PERSONS
from studio.cobuilder.words.sentences import cuts
from studio.domain.source import Block, SourceDocument

Frame = Literal["never", "must", "may", "exempt", "case", ""]

_NEVER = re.compile(
    r"\b(?:never|do not|don't|don'?ts|prohibited|forbidden|not allowed|what not to|must not|cannot"
    r"|can't|not permitted"
    r"|things to avoid|what to avoid|not to do)\b",
    re.IGNORECASE,
)
_MUST = re.compile(
    r"^(?:always\b|required\b|mandatory\b|.*\bmust(?: always)?\b|do'?s\b|.*\bobligations$)", re.IGNORECASE
)
_MAY = re.compile(r"\b(?:what (?:you|agents?) (?:can|may)|allowed|permitted|may do|can do)\b", re.IGNORECASE)
_STEPS = re.compile(
    r"\b(?:steps?|procedures?|process|workflow|how to|instructions|flow|script|checklist"
    r"|walkthrough|follow (?:this|these))\b",
    re.IGNORECASE,
)
_STEP_TITLE = re.compile(r"^(?:step|phase|stage)\s+\w+\b", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"^(?:for example|e\.g\.|examples?\b(?!.*\b(?:we|you)\b)|sample\b|for instance)", re.IGNORECASE
)
_ORDERED = re.compile(r"\(?(?:\d|[a-zA-Z]\b|[ivx]+\b|step)", re.IGNORECASE)
_CARVE = frozenset(
    ["apply", "include", "restrict", "prevent", "preclude", "extend", "limit", "prohibit", "affect", "be"]
)


class Context(NamedTuple):
    """What surrounds a block: its lead-in, the force it stands under, whether it is a step or an example."""

    lead: Block | None = None
    frame: Frame = ""
    condition: str | None = None
    orders: bool = False
    step: bool = False
    example: bool = False
    siblings: tuple[str, ...] = ()
    title: str = ""


def contexts(document: SourceDocument) -> dict[str, Context]:
    """Return the context of every block of a document, by block id."""
    by_id = {block.id: block for block in document.blocks}
    groups: dict[tuple[str | None, int, tuple[str, ...], int], list[Block]] = defaultdict(list)
    run = 0
    for block in document.blocks:
        if block.kind in ("heading", "paragraph") and block.parent is None:
            run += 1
        if block.kind == "item":
            groups[block.parent, block.level, block.anchor.section, run].append(block)
    found: dict[str, Context] = {}
    for group in groups.values():
        for lead, members in _lists(group, by_id.get(group[0].parent or "")):
            shared = _list_context(members, lead, found)
            found.update({block.id: shared for block in members})
    for lead, members in _run_on(document.blocks):
        shared = _list_context(members, lead, found)._replace(step=False, orders=False)
        found.update({block.id: shared for block in members})
    for block in document.blocks:
        if block.id not in found:
            title = block.anchor.section[-1] if block.anchor.section else ""
            outer = found.get(block.parent or "", Context())
            step = bool(_STEP_TITLE.match(title)) or outer.step
            found[block.id] = Context(
                step=step, frame=heading_frame(title), example=bool(_EXAMPLE.match(title))
            )
    return found


def _lists(group: list[Block], lead: Block | None) -> Iterator[tuple[Block | None, list[Block]]]:
    """Yield the lists in a group of items: one that ends open leads into those that are counted otherwise.

    “(a) Neither of them will:” has “(i) …” and “(ii) …” under it, though all stand at one depth.
    """
    outer: list[Block] = []
    inner: list[Block] = []
    for block in group:
        opened = bool(outer) and outer[-1].text.rstrip()[-1:] in _OPEN_ENDS
        if opened and _counted(block) not in ("", _counted(outer[-1])):
            inner.append(block)
            continue
        if inner:
            yield outer[-1], inner
            inner = []
        outer.append(block)
    if inner:
        yield outer[-1], inner
    yield lead, outer


def _run_on(blocks: Sequence[Block]) -> Iterator[tuple[Block, list[Block]]]:
    """Yield the lists of paragraphs: “(i) …” after one that ends open is as much an item as with a dash."""
    for (kind, _), run in groupby(blocks, key=lambda block: (block.kind, block.parent)):
        paragraphs = list(run) if kind == "paragraph" else []
        counted = [bool(_COUNTED.match(block.text)) for block in paragraphs]
        first = next((at for at, is_counted in enumerate(counted) if is_counted), len(counted))
        lead = paragraphs[first - 1] if 0 < first < len(counted) else None
        group = [block for block, is_counted in zip(paragraphs, counted, strict=True) if is_counted]
        for above, members in _lists(group, lead):
            if above is not None and members and above.text.rstrip()[-1:] in _OPEN_ENDS:
                yield above, members


_COUNTED = re.compile(r"\((?P<marker>[a-z]{1,4}|\d{1,2})\)\s+\S")
_OPEN_ENDS = frozenset(":-\u2013\u2014")


def _counted(block: Block) -> str:
    """Return how an item is counted: by numbers, by letters or by Roman numerals; nothing for a dash."""
    own = _COUNTED.match(block.text) if not block.marker else None
    bare = own["marker"] if own else block.marker.strip("().[] ").lower()
    if re.fullmatch(r"\d+", bare):
        return "1"
    if re.fullmatch(r"[ivx]+", bare):
        return "i"
    return "a" if re.fullmatch(r"[a-z]", bare) else ""


def _list_context(members: list[Block], lead: Block | None, found: dict[str, Context]) -> Context:
    section = members[0].anchor.section
    title = section[-1] if section else ""
    frame, condition = lead_frame(lead.text) if lead else ("", None)
    outer = found.get(lead.id, Context()) if lead is not None and lead.kind == "item" else Context()
    orders = [is_instruction(member.text) for member in members]
    many = sum(orders) >= max(1, 0.4 * len(orders))
    ordered = all(_ORDERED.match(member.marker) for member in members)
    named = bool(_STEPS.search(title)) or bool(lead and _STEPS.search(lead.text))
    loose = [is_instruction(member.text, sure=False) for member in members]
    numbered = ordered and len(loose) > 1 and sum(loose) >= 0.6 * len(loose)
    step = outer.step or (many and named) or numbered
    example = bool(_EXAMPLE.match(title)) or bool(lead and _EXAMPLE.match(lead.text))
    siblings = tuple(member.id for member in members)
    own_frame: Frame = frame or outer.frame or heading_frame(title)
    return Context(
        lead, own_frame, condition, many, step or bool(_STEP_TITLE.match(title)), example, siblings, title
    )


def is_instruction(text: str, *, sure: bool = True) -> bool:
    """Say whether a text opens with an order, after its condition if it has one."""
    first = clauses(text, orders=not sure)[:1]
    return bool(first and first[0].modality == "order")


def heading_frame(title: str) -> Frame:
    """Return the force that a heading gives to the fragments below it."""
    if title.endswith("?") or len(title) > 90:
        return ""
    if _NEVER.search(title.replace("\u2019", "'")):
        return "never"
    if _MUST.search(title):
        return "must"
    return "may" if _MAY.search(title) else ""


def lead_clause(text: str) -> Clause | None:
    """Return the last clause of a lead-in's last sentence, which bears on its list."""
    spans = cuts(text)
    if not spans:
        return None
    last = text[slice(*spans[-1])].rstrip(" :,-\u2013\u2014")
    found = clauses(last) if last else ()
    binding = tuple(clause for clause in found if clause.modality != "plain")
    return next(reversed(binding or found), None)


_OPEN_CASE = re.compile(
    r"\b(?:if|when|whenever|unless|where|in case|because)$|\b(?:if|when|where) (?:any|one|all"
    r"|either|at least one)(?: or more)? of "
    r"(?:the following|these)(?: \w+){0,3}$|\bin (?:any of )?(?:the following|these) (?:cases"
    r"|situations|circumstances)$"
)
_OPEN_NEVER = re.compile(
    r"\b(?:not to|must not|shall not|will not|may not|cannot|can't|never|do not|don't|should not"
    r"|shouldn't|not)$"
)
_OPEN_MUST = re.compile(
    r"\b(?:agrees?|undertakes?|shall|will|must|should|agrees? to|undertakes? to|covenants?"
    r"|warrants?|always|needs? to|ha(?:s|ve) to)$"
    r"|\bprovided,?(?: however,?)? that\b[^.;]*$"
)
_NOBODY = re.compile(
    r"(?:^|\bthat |[,;:] )(?:neither|no|nobody|no one|none of)\b(?! (?:later|longer|more|less|fewer)\b)"
    r"[^.;:]*$"
)
"""A lead-in about nobody: “neither party will:” forbids, as “both parties will not:” does."""
_EXEMPT = re.compile(
    r"\b(?:does not|doesn't|do not|don't) (?:apply|include|restrict|cover|extend)\b|\b(?:is"
    r"|are) not subject to\b"
)


def is_open_modal(text: str) -> bool:
    """Say whether a lead-in breaks off right after its modal (“You may not:”)."""
    tail = mask(text).rstrip(" :,-\u2013\u2014")
    return bool(
        _OPEN_NEVER.search(tail)
        or re.search(r"\b(?:must|shall|should|may|can|agrees? to|needs? to|ha(?:s|ve) to)$", tail)
    )


def lead_frame(text: str) -> tuple[Frame, str | None]:
    """Return the force and the condition that a lead-in lends to its list."""
    clause = lead_clause(text)
    if clause is None:
        return "", None
    low = clause.main.strip()
    tail = mask(text).rstrip(" :,-\u2013\u2014")
    if _OPEN_CASE.search(tail) and not is_carve_out(clause) and not _EXEMPT.search(low):
        return "case", None
    if _OPEN_NEVER.search(tail):
        return "never", clause.condition
    if _OPEN_MUST.search(tail):
        return ("never" if _NOBODY.search(tail) else "must"), clause.condition
    if re.fullmatch(
        r"(?:never|do not|don't|must not|not allowed|prohibited|forbidden|please avoid|avoid)", low
    ):
        return "never", None
    if clause.modality == "order" and not clause.negated:
        return "", clause.condition
    if re.search(r"[.!]$", tail) and not re.search(r"\b(?:following|these|below)\b", tail):
        return "", None
    if clause.modality == "plain":
        bare = re.fullmatch(r"(?:always|must|required|mandatory)", low)
        exempt = _EXEMPT.search(low)
        condition = (
            text.rstrip(" :") if re.match(r"(?:if|when|once|for|unless)\b", text, re.IGNORECASE) else None
        )
        return ("must" if bare else "exempt" if exempt else ""), clause.condition or condition
    if clause.negated and is_carve_out(clause):
        return "exempt", clause.condition
    if clause.negated:
        return "never", clause.condition
    if clause.modality == "may" and clause.verb in ("be", "have", "contain", "include", "vary"):
        return "", clause.condition
    return ("may" if clause.modality == "may" else "must"), clause.condition


def is_carve_out(clause: Clause) -> bool:
    """Say whether a negated clause lifts a restriction (“this shall not apply to …”) rather than forbids."""
    subject = re.search(
        r"\b(?:agreement|policy|obligations?|information|provisions?|restrictions?|terms?"
        r"|undertakings?|nothing"
        r"|section|clause|paragraph|foregoing|above|limitations?|confidentiality|liability|materials?)\b",
        clause.subject,
    )
    if clause.verb == "be":
        return bool(re.match(r" (?:no|any) (?:liability|restriction)", clause.rest))
    return bool(subject) and clause.verb in _CARVE


def is_bare_data(document: SourceDocument) -> bool:
    """Say whether a document is mostly numbers, with hardly a word that binds."""
    words = re.findall(r"[a-z']+", document.text.lower())
    modal = sum(1 for word in words if word in FORCE_WORDS)
    numbers = len(re.findall(r"[$€£]?\d[\d.,]*", document.text))
    return numbers > 0.25 * len(words) and modal < 0.01 * len(words)


def is_no_procedure(document: SourceDocument) -> bool:
    """Say whether a document is a story or source code, or hardly has words."""
    text = document.text
    words = re.findall(r"[a-z']+", text.lower())
    if len(words) < 5:
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    code = sum(1 for line in lines if _CODE.search(line))
    if code > 0.3 * len(lines) and len(lines) > 4:
        return True
    modal = sum(1 for word in words if word in FORCE_WORDS)
    persons = sum(1 for word in words if word in STORY_PERSONS)
    past = sum(1 for word in words if word in STORY_PAST or (word.endswith("ed") and len(word) > 4))
    story = len(words) > 60 and persons > 0.035 * len(words) and past > 0.045 * len(words)
    return story and modal < max(0.02 * len(words), 0.4 * persons)


_CODE = re.compile(
    r"^\s*(?:def \w+\(|class \w+[:({]|import \w|from \w+ import|return\b.*;$|#include|public "
    r"|private |function \w+\("
    r"|(?:const|let|var) \w+ =|if ?\(.*\{|else ?\{|for ?\(|while ?\(|\}|@\w+$|//|/\*|<\?"
    r"|</?\w+[^>]*>$|SELECT .* FROM|INSERT INTO)"
    r"|^\s*\S.{0,70}[{}]\s*$|=>|^\s*[\w.]+\([^)]*\)\s*[:;{]?\s*$|^\s*[\w.\[\]]+ [+*/-]?= |^.{0,60}\);\s*$"
)
