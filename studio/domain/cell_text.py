"""What a cell of a decision table says, as a person types it: `≤ 45`, `31–45`, `gold, silver`, `not used`.

- What is shown reads back as the same test; a person may write it in other ways too (`up to 45`,
  `45 or more`, `before 1 May 2026`), and a date or an amount as it is written in letters.
- What can be read in two ways, or not at all, is refused with a sentence; nothing is guessed.
- A value that looks like one of these forms stands in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from studio.domain.condition import Scalar, spell
from studio.domain.errors import WrongUse
from studio.domain.workflow import Cell, DecisionTable, SlotType, TableInput

ANY = ("", "any", "anything", "all", "*", "-", "–", "—")
SIGNS = {"=": "", "<": "< ", "<=": "≤ ", ">": "> ", ">=": "≥ "}

_WORDS: tuple[tuple[str, str], ...] = (
    ("<=", r"(?:<=|=<|≤|at most|up to(?: and including)?|no (?:more|later) than|not more than|maximum|max"
           r"|until|by|on or before)"),
    (">=", r"(?:>=|=>|≥|at least|no (?:less|fewer|earlier) than|not less than|minimum|min|since|on or after"
           r"|from)"),
    ("<", r"(?:<|less than|fewer than|below|under|before|earlier than)"),
    (">", r"(?:>|more than|greater than|above|over|after|later than)"),
    ("!=", r"(?:!=|<>|≠|not|is not|other than|except)"),
    ("=", r"(?:=|is|exactly)"),
)  # fmt: skip
_BEHIND: tuple[tuple[str, str], ...] = (
    (">=", r"(?:\+|or (?:more|above|over|later|after)|and (?:more|above|over|later)|onwards?)"),
    ("<=", r"(?:or (?:less|fewer|below|under|earlier|before)|and (?:less|fewer|below|under|earlier))"),
)
_BEFORE = [(op, re.compile(rf"{words}(?![A-Za-z])\s*(?P<rest>\S.*)", re.I)) for op, words in _WORDS]
_AFTER = [(op, re.compile(rf"(?P<rest>.*\S)\s*{words}", re.I)) for op, words in _BEHIND]
_SPAN = re.compile(
    r"(?:between |from )?(?P<low>.+?)(?:\s+(?:to|and|until)\s+|\s*(?:\.\.\.?|…|–|—)\s*)(?P<high>.+)", re.I
)
_HYPHEN = re.compile(r"(?P<low>[^\s-].*?)\s*-\s*(?P<high>[^\s-].*)")
_NUMBER = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ \u00a0]\d{3})+|\d+)(?:\.\d+)?|[-−]?\.\d+")
_COMMAS = re.compile(r"\d+(?:,\d+)+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_MONEY = re.compile(r"^(?P<minus>[-−]?)\s*(?:[$£€¥]|[A-Z]{3}\b)?\s*|\s*(?:[$£€¥]|\b[A-Z]{3})$")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m>[A-Za-z]{3,9})\.?,?\s+(?P<y>\d{4})")
_MONTH_FIRST = re.compile(r"(?P<m>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})")
_FIGURES = re.compile(r"(?P<a>\d{1,2})(?P<sign>[./-])(?P<b>\d{1,2})(?P=sign)(?P<y>\d{4})")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_PIECE = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[^,;"]+))\s*(?:[,;]|$)')
_LEADS = re.compile(r"[<>=≤≥≠!]|(?:or|not|is|exactly|except|other)\b|.*\sor\b", re.I)
_NEEDS_QUOTES = re.compile(r'[,;"]|^\s|\s$')

YES = frozenset({"yes", "y", "true", "ja", "✓"})
NO = frozenset({"no", "n", "false", "nein", "✕"})
ORDERED: frozenset[SlotType] = frozenset({"number", "money", "date"})


def column_type(table: DecisionTable, column: TableInput) -> SlotType:
    """Return the type that a column's cells have: its own, or where that is text, what all its values are."""
    if column.type != "text":
        return column.type
    values = [
        value for row in table.rows for cell in row.cells if cell.id == column.id for value in _values(cell)
    ]
    if values and all(isinstance(value, bool) for value in values):
        return "yes or no"
    if values and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return "number"
    if values and all(isinstance(value, str) and _ISO.fullmatch(value) for value in values):
        return "date"
    return "text"


def _values(cell: Cell) -> tuple[Scalar, ...]:
    if cell.op == "any" or cell.value is None:
        return ()
    ends = cell.value if isinstance(cell.value, tuple) else (cell.value,)
    return (*ends, cell.high) if cell.high is not None else ends


# Showing


def cell_text(cell: Cell, kind: SlotType = "text") -> str:
    """Return a cell as it is shown and typed."""
    if cell.op == "any" or cell.value is None:
        return "any"
    if cell.op == "between":
        low = cell.value if not isinstance(cell.value, tuple) else cell.value[0]
        return (
            f"{_shown(low, kind)} to {_shown(cell.high, kind)}"
            if kind == "date"
            else (f"{_shown(low, kind)}–{_shown(cell.high, kind)}")
        )
    said = _listed(cell.value, kind)
    if cell.op == "!=":
        return f"not {said}"
    return SIGNS.get(cell.op, "") + said


def _listed(value: Scalar | tuple[Scalar, ...], kind: SlotType) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(each, kind) for each in value)
    return _shown(value, kind)


def _shown(value: Scalar | None, kind: SlotType) -> str:
    if isinstance(value, str):
        return f'"{value.replace(chr(34), chr(34) * 2)}"' if _misread(value, kind) else value
    return spell(value if value is not None else "")


def _misread(value: str, kind: SlotType) -> bool:
    """Return whether a plain value would be read as something else without quotation marks."""
    if kind == "date" and _ISO.fullmatch(value):
        return False
    if _NEEDS_QUOTES.search(value) or value.casefold() in ANY:
        return True
    return _LEADS.match(value) is not None


# Reading


def read_cell(
    text: str, column: TableInput, kind: SlotType | None = None, choices: tuple[str, ...] = ()
) -> Cell:
    """Return the cell that a text stands for; raises WrongUse with what is wrong and how to write it."""
    kind = kind or column.type
    text = " ".join(text.replace("\u00a0", " ").split())
    if text.casefold() in ANY:
        return Cell(id=column.id)
    if kind == "yes or no":
        return Cell(id=column.id, op="=", value=_yes_or_no(text, column))
    read = _READERS.get(kind)
    if read is not None:
        return _ordered(text, column, read)
    return _named(text, column, choices)


def _yes_or_no(text: str, column: TableInput) -> bool:
    low, label = text.casefold(), column.label.casefold()
    if low in YES or low == label or low in ("not no", "= yes"):
        return True
    if low in NO or low == f"not {label}" or low in ("not yes", "= no"):
        return False
    raise WrongUse(f"“{text}” is neither yes nor no.", "Write yes, no or any.")


def _ordered(text: str, column: TableInput, read: Callable[[str], Scalar]) -> Cell:
    """Return the test of a number, an amount or a date."""
    if unclear := next((each for each in _COMMAS.findall(text) if not _GROUPED.fullmatch(each)), None):
        raise WrongUse(
            f"“{unclear}” can be read in two ways.", "Write 1.5 for one number, and 1, 5 for a list of two."
        )
    try:
        return Cell(id=column.id, op="=", value=read(text))
    except WrongUse:
        pass
    for find in (_SPAN, _HYPHEN):
        found = find.fullmatch(text)
        if found and (cell := _span(found["low"], found["high"], column, read)) is not None:
            return cell
    for op, pattern in (*_BEFORE, *_AFTER):
        if found := pattern.fullmatch(text):
            return _compared(op, found["rest"], column, read)
    parts = _parts(text, of_numbers=True)
    if len(parts) > 1:
        return Cell(id=column.id, op="in", value=tuple(read(part) for part in parts))
    return Cell(id=column.id, op="=", value=read(text))


def _span(low: str, high: str, column: TableInput, read: Callable[[str], Scalar]) -> Cell | None:
    try:
        ends: tuple[Any, Any] = read(low), read(high)
    except WrongUse:
        return None
    if ends[0] > ends[1]:
        raise WrongUse(
            f"“{low} to {high}” runs backwards: nothing lies in it.", "Write the smaller one first."
        )
    return Cell(id=column.id, op="between", value=ends[0], high=ends[1])


def _compared(op: Any, rest: str, column: TableInput, read: Callable[[str], Scalar]) -> Cell:
    parts = _parts(rest, of_numbers=True)
    if op in ("=", "!=") and len(parts) > 1:
        return Cell(id=column.id, op="in" if op == "=" else op, value=tuple(read(part) for part in parts))
    return Cell(id=column.id, op=op, value=read(rest))


def _named(text: str, column: TableInput, choices: tuple[str, ...]) -> Cell:
    """Return the test of a text: one or several values, none of which is meant otherwise."""
    op, rest = "=", text
    if not text.startswith('"'):
        for sign, pattern in _BEFORE:
            found = pattern.fullmatch(text)
            if found and (sign in ("=", "!=") or text[0] in "<>=≤≥"):
                op, rest = sign, found["rest"]
                break
    whole = next((each for each in choices if each.casefold() == rest.casefold()), None)
    parts = [whole] if whole is not None else _parts(rest)
    values = tuple(next((c for c in choices if c.casefold() == part.casefold()), part) for part in parts)
    if not values or (op in ("<", "<=", ">", ">=") and len(values) > 1):
        raise WrongUse(f"“{text}” compares with nothing that can be compared.", "Write one value, or a list.")
    if len(values) > 1:
        return Cell.model_validate({"id": column.id, "op": "in" if op == "=" else op, "value": values})
    return Cell.model_validate({"id": column.id, "op": op, "value": values[0]})


def _parts(text: str, *, of_numbers: bool = False) -> list[str]:
    """Return the members of a list: between commas, semicolons, or the last one behind "or"."""
    if of_numbers:
        return [
            part.strip()
            for part in re.split(r"\s*[;,]\s+|\s*;\s*|,(?!\d{3}(?!\d))|\s+or\s+", text)
            if part.strip()
        ]
    found: list[str] = []
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            raise WrongUse(
                f"The quotation marks in “{text}” do not close.", 'Write "one, two" for one value.'
            )
        quoted = piece["quoted"]
        found.append(quoted.replace('""', '"') if quoted is not None else piece["plain"].strip())
        at = piece.end()
    if len(found) and '"' not in text:
        last = re.split(r"\s+or\s+", re.sub(r"^or\s+", "", found[-1], flags=re.I), flags=re.I)
        found[-1:] = last if len(found) > 1 else found[-1:]
    return [part for part in found if part]


def read_number(text: str) -> int | float:
    """Return a number as people write it; raises WrongUse."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise WrongUse(
            f"“{text}” is not a number.", "Write 45, ≤ 45, > 45, 31–45, a list such as 1, 2, or any."
        )
    plain = text.replace("−", "-").replace(",", "").replace(" ", "")
    return float(plain) if "." in plain else int(plain)


def read_amount(text: str) -> int | float:
    """Return an amount of money, with or without its sign; raises WrongUse."""
    text = text.strip()
    found = _MONEY.match(text)
    minus = found["minus"] if found else ""
    bare = _MONEY.sub("", text)
    if not _NUMBER.fullmatch(bare.strip()):
        raise WrongUse(f"“{text}” is not an amount.", "Write 200, ≤ 200, > 49.95, 50–200, or any.")
    return read_number(f"{minus}{bare.strip()}")


def read_day(text: str) -> str:
    """Return a day as ISO text; raises WrongUse, also where day and month could be either."""
    text = text.strip()
    told = "Write it as 2026-03-31 or 31 March 2026."
    if _ISO.fullmatch(text):
        return _day(int(text[:4]), int(text[5:7]), int(text[8:]), text)
    if (found := _DAY_FIRST.fullmatch(text)) or (found := _MONTH_FIRST.fullmatch(text)):
        name = found["m"].casefold()
        month = next((n for n, each in enumerate(_MONTHS, 1) if each.startswith(name) and len(name) > 2), 0)
        if not month:
            raise WrongUse(f"“{found['m']}” is no month.", told)
        return _day(int(found["y"]), month, int(found["d"]), text)
    if found := _FIGURES.fullmatch(text):
        one, two, year = int(found["a"]), int(found["b"]), int(found["y"])
        if found["sign"] == "." or one > 12 or one == two:
            return _day(year, two, one, text)
        if two > 12:
            return _day(year, one, two, text)
        raise WrongUse(f"In “{text}” day and month could be either.", told)
    raise WrongUse(f"“{text}” is not a date.", told)


def _day(year: int, month: int, day: int, text: str) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise WrongUse(f"There is no day “{text}”.", "Look it up in a calendar.") from None


_READERS: dict[SlotType, Callable[[str], Scalar]] = {
    "number": read_number,
    "money": read_amount,
    "date": read_day,
}
