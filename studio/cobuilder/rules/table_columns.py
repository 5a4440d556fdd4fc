"""Columns of a table: what each says of the case in its row: a fee, a limit, a term, who approves, yes or no.

- The column's title carries the noun and the unit; where titles name the cases instead (plans, countries,
  fare classes), the first cell of the row does, and else the section's title.
- “—” and “n/a” say nothing, “ditto” repeats the cell above, “free” and “none” turn a value round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from studio.cobuilder.rules.force import Force
from studio.domain.statement import StatementKind as Kind

Purpose = Literal[
    "case", "fee", "limit", "least", "window", "duty", "award", "approval", "grant", "demand", ""
]

_PATTERNS: tuple[tuple[Purpose, str], ...] = (
    (
        "approval",
        r"\bapprov\w*|\bsign(?:s|ed)?[ -]?off\b|\bauthori[sz]\w*|\bsignature of\b|\bwho (?:decides|signs)\b"
        r"|\bwho grants\b|\bescalat\w+|\bdecided by\b",
    ),
    (
        "demand",
        r"\b(?:required|mandatory|compulsory|needed|necessary|obligatory)\b|\b(?:proof|receipt|signature|"
        r"id|passport|documents?|evidence|verification)\b(?! (?:number|no))",
    ),
    (
        "grant",
        r"\b(?:allowed|permitted|eligible|\w*refundable|\w*returnable|exchangeable|changeable|cancell?able|"
        r"transferable|accepted|possible|entitled|included|covered|bookable|available|insured|renewable|"
        r"may|can)\b",
    ),
    (
        "limit",
        r"\b(?:limits?|max(?:imum)?|caps?|ceiling|allowance|quota|up to|at most|no more than|not more than|"
        r"how many|highest)\b",
    ),
    ("least", r"\b(?:min(?:imum)?|at least|lowest)\b"),
    (
        "award",
        r"\b(?:refunds?|compensation|credits?|vouchers?|goodwill|discounts?|reimburs\w+|pay-?outs?|bonus|"
        r"rebate|money back|reductions?|days off|leave|entitlements?|you get|customer gets|we pay)\b",
    ),
    (
        "duty",
        r"\b(?:respon(?:se|d)\w*|answer\w*|resolution|resolve\w*|repl(?:y|ies)|deadline|due|notice|retention|"
        r"kept|keep|process(?:ed|ing)|delete[ds]?|first reply|update every|review\w*|turnaround)\b|"
        r"\b(?!return|claim|cancel|exchange|refund|report)\w+ within\b",
    ),
    (
        "window",
        r"\b(?:window|(?:return|refund|claim|cancellation|exchange|warranty|trial|grace|loan) (?:period|"
        r"time)|"
        r"valid\w*|return within|warranty|guarantee|how long|period|within|days to)\b",
    ),
    (
        "fee",
        r"\b(?:fees?|charges?|costs?|prices?|surcharges?|penalt(?:y|ies)|deposits?|excess|postage|fines?|"
        r"tariffs?|rates?|price per|per (?:item|parcel|person|night|kg|hour|day|month|year)|you pay|"
        r"customer pays|supplement|premium|shipping|amount due)\b",
    ),
)
_TITLES = tuple((purpose, re.compile(pattern, re.IGNORECASE)) for purpose, pattern in _PATTERNS)
_CASES = re.compile(
    r"\b(?:condition|when|if|applies|situation|scenario|case|class|tier|plan|membership|status|level|country|"
    r"region|zone|weight|size|age|type|category|reason|channel|customer|card|fare|product|item|service)s?\b",
    re.IGNORECASE,
)
_PASSED = re.compile(r"\b(?:ago|how old|since when|so far)\b", re.IGNORECASE)
"""How much time has passed is the case, not what holds in it."""
_FACTS = re.compile(
    r"\b(?:examples?|contact|phone|e-?mail|owner|team|code|id|ref(?:erence)?|link|version|date|name|symptom|"
    r"meaning|description|colou?r|hours|address|sender|author|average|median|total|share of|volume|"
    r"tickets|calls|"
    r"last year|cases|number of|per cent of)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:figures|statistics|numbers|facts|results|history|last (?:year|month))\b", re.IGNORECASE
)
_MONEY = (
    r"(?:[$€£¥]\s?\d[\d.,]*|\d[\d.,]*\s?"
    r"(?:[$€£¥]|eur|usd|gbp|chf|sek|dkk|nok|euros?|dollars?|pounds?|cents?)(?!\w))"
)
_AMOUNT = re.compile(
    rf"^\W{{0,2}}(?:(?:up to|max\.?|at most|from|about|ca\.?|only|under|over|min\.?|at least|within|"
    rf"until|till|"
    rf"plus|then|first)\s+)?(?:{_MONEY}|\d[\d.,]*\s?(?:%|[a-zµ°/.]{{0,12}}\b)|\d+\s?[–—-]\s?\d+|half|"
    rf"double|one|two|"
    rf"three|four|five|six|seven|eight|ten|twelve)",
    re.IGNORECASE,
)
_PRICED = re.compile(_MONEY, re.IGNORECASE)
_TIMED = re.compile(
    r"\d\s?(?:min\w*|h|hours?|days?|weeks?|months?|years?|working days|business days)\b", re.I
)
_BLANK = re.compile(r"(?:[-–—.…/·]+|n\.?/?a\.?|not applicable|tbd|tbc|\?+)?", re.IGNORECASE)
_DITTO = re.compile(
    r"[\"″”〃]+|ditto|idem|(?:the )?same(?: as above)?|as above|see above|-\"-", re.IGNORECASE
)
_NONE = re.compile(
    r"(?:no|none|never|nil|nothing|zero|not? \w+(?: \w+)?|non-\w+|✗|✘|×|x|❌|☐|"
    r"[$€£]?\s?0(?:[.,]0+)?\s?(?:%|[$€£])?)",
    re.IGNORECASE,
)
_YES = re.compile(r"(?:yes|y|always|✓|✔|✅|☑|ok|okay|allowed|possible)\b|[✓✔✅☑]", re.IGNORECASE)
_NO = re.compile(r"(?:no|n|never|not|non-\w+|none)\b|[✗✘×❌]|x$", re.IGNORECASE)
_NOBODY = re.compile(r"(?:no(?:body| one|t needed|ne)?|auto\w*|-)\b|without\b", re.IGNORECASE)
_FREE = re.compile(
    r"(?:free|included|incl\.?|no (?:fee|charge|cost|surcharge)|waived|gratis|nothing|none|nil|on the house|"
    r"[$€£]?\s?0(?:[.,]0+)?\s?[$€£]?)\b",
    re.IGNORECASE,
)
_UNBOUNDED = re.compile(r"(?:unlimited|no (?:limit|cap|maximum)|any|all|open|without limit)\b", re.IGNORECASE)
_REFUSED = re.compile(
    r"(?:not (?:allowed|available|possible|offered|permitted|accepted|covered)|no (?:delivery|service|"
    r"change)|"
    r"refused|excluded|impossible)\b",
    re.IGNORECASE,
)
MARKS = re.compile(r"(?<=[\w)%€£$✓✗])\s?\\?(?P<mark>\*{1,3}|†|‡|[¹²³⁴⁵])$")
"""What points from a cell to a note below the table."""


class Table(NamedTuple):
    """A table of facts about cases: what each column is for; across, the first cell of a row says it "
    "instead."""

    purposes: Mapping[int, Purpose]
    across: bool = False


def named(title: str) -> Purpose:
    """Return what a title says that its values are, or nothing."""
    return next((purpose for purpose, pattern in _TITLES if pattern.search(title)), "")


def is_value(text: str) -> bool:
    """Say whether a cell holds an amount, a yes or no, or a word for none rather than a sentence."""
    short = len(text.split()) <= 9
    return short and bool(
        _AMOUNT.match(text)
        or _FREE.match(text)
        or _UNBOUNDED.match(text)
        or is_answer(text)
        or is_blank(text)
        or repeats(text)
    )


def is_answer(text: str) -> bool:
    """Say whether a cell answers yes or no, whatever follows."""
    return bool(_YES.match(text) or _NO.match(text))


def is_blank(text: str) -> bool:
    """Say whether a cell says that its column does not apply."""
    return _BLANK.fullmatch(text.strip()) is not None


def repeats(text: str) -> bool:
    """Say whether a cell only repeats the one above it."""
    return _DITTO.fullmatch(text.strip()) is not None


def read_table(
    header: Mapping[int, str], rows: Sequence[Mapping[int, str]], section: Sequence[str]
) -> Table | None:
    """Return what the columns of a table are for, or None where it is no table of values."""
    columns: dict[int, list[str]] = {}
    for row in rows:
        for column, text in row.items():
            columns.setdefault(column, []).append(text)
    behind = [column for column in sorted(columns) if column]
    valued = [column for column in behind if _are_values(columns[column])]
    purposes = {column: _purpose(header.get(column, ""), columns[column]) for column in behind}
    if not any(purposes[column] in ("approval", "demand") for column in behind) and not valued:
        return None
    told = [column for column in behind if named(header.get(column, ""))]
    across = [named(cell) for cell in columns.get(0, [])]
    if not told and sum(map(bool, across)) >= max(1, 0.5 * len(across)):
        return Table({}, across=True)
    titles = [*reversed(section[-2:]), header.get(0, "")]
    for column in valued:
        if (
            purposes[column] in ("", "case")
            and not _PAST.search(" ".join(section[-1:]))
            and not _FACTS.search(header.get(column, ""))
        ):
            purposes[column] = _by_surroundings(columns[column], titles)
    return Table({0: "case", **purposes}) if any(p not in ("", "case") for p in purposes.values()) else None


def _by_surroundings(cells: Sequence[str], titles: Sequence[str]) -> Purpose:
    """Return what a column of values is for whose title only names a case: by its cells and what stands "
    "above."""
    said = [found for cell in cells if (found := named(cell))]
    if len(said) >= 0.5 * len(cells):
        return max(sorted(set(said)), key=said.count)
    priced = sum(bool(_PRICED.search(cell)) for cell in cells) >= 0.5 * len(cells)
    for title in titles:
        if priced and _FEE.search(title):
            return "fee"
        found = named(title)
        if found and (found not in ("approval", "grant", "demand") or any(map(is_answer, cells))):
            return found
    return "fee" if priced else ""


_FEE = next(pattern for purpose, pattern in _TITLES if purpose == "fee")


def is_mere_list(header: Mapping[int, str]) -> bool:
    """Say whether the titles only announce facts (contacts, versions, codes)."""
    titles = [title for column, title in header.items() if column and title]
    return bool(titles) and all(_FACTS.search(title) and not named(title) for title in titles)


def _are_values(cells: Sequence[str]) -> bool:
    """Say whether most cells of a column are values."""
    return bool(cells) and sum(map(is_value, cells)) >= 0.6 * len(cells)


def _purpose(title: str, cells: Sequence[str]) -> Purpose:
    """Return what a column is for, by its title and the looks of its cells."""
    if _PASSED.search(title):
        return "case"
    found = named(title)
    if found in ("approval",):
        return found
    if not _are_values(cells):
        return "demand" if found == "demand" else "case" if _CASES.search(title) else ""
    answers = sum(map(is_answer, cells)) >= 0.5 * len(cells)
    if _FACTS.search(title) and not found and not answers:
        return ""
    if found in ("award", "window", "limit") and answers:
        return "grant"
    if found == "award" and sum(bool(_TIMED.search(cell)) for cell in cells) > 0.5 * len(cells):
        return "window"
    if found or not answers:
        return found
    return "grant" if len(title.split()) <= 4 else ""


def force_of(purpose: Purpose, text: str) -> Force | None:
    """Return how a cell of a column binds, or None where it says nothing or is no value."""
    text = MARKS.sub("", text.strip())
    if purpose in ("", "case") or is_blank(text) or repeats(text):
        return None
    none = _NONE.fullmatch(text) is not None
    if purpose == "approval":
        return Force(Kind.PERMISSION if none or _NOBODY.match(text) else Kind.ESCALATION, 0.6)
    if purpose in ("grant", "demand"):
        return _answered(purpose, text)
    if _REFUSED.match(text):
        return Force(Kind.PROHIBITION, 0.6)
    if not is_value(text):
        return None
    if purpose == "fee":
        return Force(Kind.PERMISSION if _FREE.match(text) or none else Kind.OBLIGATION, 0.6)
    if purpose in ("limit", "window", "award"):
        open_ = _UNBOUNDED.match(text) or (purpose != "limit" and not none)
        return Force(Kind.PERMISSION if open_ else Kind.PROHIBITION, 0.6)
    return None if none else Force(Kind.OBLIGATION, 0.6)


def _answered(purpose: Purpose, text: str) -> Force | None:
    if purpose == "demand":
        if _NO.match(text):
            return Force(Kind.PERMISSION, 0.5)
        return Force(Kind.OBLIGATION, 0.6) if len(text.split()) <= 9 else None
    if _NO.match(text):
        return Force(Kind.PROHIBITION, 0.6)
    return Force(Kind.PERMISSION, 0.6) if is_value(text) or len(text.split()) <= 9 else None
