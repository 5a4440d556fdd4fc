"""Text words: how a text reads now, in its own new words, with what stood there before beside them.

- The new sentence is quoted, and of the old one only what was exchanged ("was 30 days of purchase"); where
  most of it is other words, the whole old sentence.
- A sentence that came, went or stands elsewhere is told as such; of a long one, what is around the change.
- Of a long text that differs in many places, the first are told, then how many more there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from studio.diff.naming import clipped, listed, plain, quoted
from studio.diff.pieces import Segment
from studio.diff.text import Row, diff_text

MOST_WORDS = 45
"""Words of a sentence that are quoted whole."""
MOST_CLAUSES = 7
"""So many sentences of one text are told one by one; then how many more differ."""
MOVED = " in another place"
AROUND = 12
"""Words that are quoted before and behind a change in a longer sentence."""
_FEW = 3
"""So many exchanges of one sentence are told one by one."""
_CLOSE = 3
"""Words between two exchanges that are told with them as one."""
_LEFT = 4
"""So many words to the end of a clause are told with its torn beginning."""
_FIGURE = re.compile(r"[$£€¥]?\d+(?:[.,:/]\d+)*\s?%?")
_UNIT = re.compile(r"\s+((?:(?:working|business|calendar|clear|full|whole|consecutive) )?[^\W\d_]+)")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_NUMBERS = {name: float(at) for at, name in enumerate(_SMALL)} | {
    "once": 1.0, "twice": 2.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "ninety": 90.0,
    "hundred": 100.0,
}  # fmt: skip


def text_clause(before: object, after: object, verb: str) -> str:
    """Return what a text says now: "now reads “…” (was 30 days)", "no longer says “…”"."""
    old, new = (plain(str(each or "")) for each in (before, after))
    if not old:
        return f"{_now(verb)} {clipped(new, MOST_WORDS)}"
    if not new:
        return f"{_no(verb)} {clipped(old, MOST_WORDS)}"
    rows = [row for row in diff_text(old, new).rows if (row.before + row.after).strip()]
    if all(row.kind in ("added", "removed") for row in rows):
        return f"{_now(verb)} {clipped(new, MOST_WORDS)} (was {clipped(old, MOST_WORDS)})"
    told = [each for is_move, group in groupby(rows, _arrives) for each in _groups(is_move, list(group))]
    said: list[str] = []
    shown = told if len(told) <= MOST_CLAUSES + 1 else told[:MOST_CLAUSES]
    for group in shown:  # what it is about is said once
        said.append(_group(group, verb if not said else verb.partition(",")[0]))
    if len(told) > MOST_CLAUSES + 1:
        said.append(f"and {len(told) - MOST_CLAUSES} more passages of it differ")
    return ", ".join(said) or f"{verb} the same in another form"


def _arrives(row: Row) -> bool:
    return row.kind == "moved" and row.arrives and not row.edited


def _groups(is_move: bool, rows: list[Row]) -> list[list[Row]]:
    """Return the rows that are told together: what moved in one piece; without those that tell nothing."""
    return [rows] if is_move else [[row] for row in rows if _row(row, "says")]


def _group(rows: list[Row], verb: str) -> str:
    more = f" and the {len(rows) - 1} behind it" if len(rows) > 2 else " and the one behind it"
    words = _row(rows[0], verb)
    return words.replace(MOVED, f"{more}{MOVED}") if len(rows) > 1 and words.endswith(MOVED) else words


def _row(row: Row, verb: str) -> str:
    text = "".join(part.before if row.kind == "removed" else part.after for part in row.compared)
    if row.kind == "changed" or (row.arrives and row.edited):
        return _changed(row.compared, verb)
    if row.kind == "added":
        return f"{_now(verb, ' also')} {clipped(text, MOST_WORDS)}"
    if row.kind == "removed":
        return f"{_no(verb)} {clipped(text, MOST_WORDS)}"
    return f"{verb} {clipped(text, AROUND)}{MOVED}" if row.arrives else ""


def _changed(parts: Sequence[Segment], verb: str) -> str:
    runs = list(_runs(parts))
    if not runs:
        return ""
    return f"{_now(verb)} {_around(parts, runs)} ({_was(parts, runs)})"


def _now(verb: str, also: str = "") -> str:
    first, _, rest = verb.partition(" ")
    return f"is now{also} {rest}" if first == "is" else f"now{also} {verb}"


def _no(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    return f"is no longer {rest}" if first == "is" else f"no longer {verb}"


def _runs(parts: Sequence[Segment]) -> Iterator[tuple[int, int]]:
    """Yield from where to where a sentence differs; differences that stand close are one."""
    begin = end = -1
    for at, part in enumerate(parts):
        if not part.changed or not (part.before + part.after).strip():
            continue
        between = "".join(each.after for each in parts[end:at])
        if begin >= 0 and len(between.split()) > _CLOSE:
            yield begin, end
            begin = at
        begin, end = (at if begin < 0 else begin), at + 1
    if begin >= 0:
        yield begin, end


def _around(parts: Sequence[Segment], runs: Sequence[tuple[int, int]]) -> str:
    """Return the new sentence in quotes, or what is around its changes."""
    whole = "".join(part.after for part in parts)
    if len(whole.split()) <= MOST_WORDS:
        return clipped(whole, MOST_WORDS)
    first, last = runs[0][0], runs[-1][1]
    head = "".join(part.after for part in parts[:first]).split()
    middle = "".join(part.after for part in parts[first:last]).strip()
    tail = "".join(part.after for part in parts[last:]).split()
    said = " ".join([*head[-AROUND:], middle, *tail[:AROUND]])
    said = clipped(said, MOST_WORDS + AROUND)[1:-1]
    return quoted(f"{'…' * (len(head) > AROUND)}{said}{'…' * (len(tail) > AROUND)}")


def _was(parts: Sequence[Segment], runs: Sequence[tuple[int, int]]) -> str:
    """Return what stood there before, as short as says it."""
    old = "".join(part.before for part in parts)
    gone = "".join("".join(part.before for part in parts[a:b]) for a, b in runs)
    new = "".join("".join(part.after for part in parts[a:b]) for a, b in runs)
    if not re.search(r"\w", gone + new):
        return "only the punctuation changes"
    if len(runs) > _FEW or (len(old.split()) > _FEW and len(gone.split()) > 0.6 * len(old.split())):
        return f"was {clipped(old, MOST_WORDS)}"
    was, come = [], []
    for begin, end in runs:
        before = "".join(part.before for part in parts[begin:end]).strip()
        after = "".join(part.after for part in parts[begin:end]).strip()
        if before and after and _is_torn(parts, begin, end):
            was.append(_in_quotes(_to_the_end(before, parts, end)))
        elif before and after:
            was.append(_with_unit(before, parts, begin, end))
        elif not after:
            come.append(f"{_in_quotes(before)} is left out")
        else:
            come.append(f"{_in_quotes(after)} is new")
    return ", ".join([*([f"was {listed(was)}"] if was else []), *come])


def _is_torn(parts: Sequence[Segment], begin: int, end: int) -> bool:
    """Return whether a difference is several exchanges with kept words between them: no phrase by itself."""
    kept = (part for part in parts[begin:end] if not part.changed)
    return any(re.search(r"\w", part.after) for part in kept)


def _to_the_end(words: str, parts: Sequence[Segment], end: int) -> str:
    """Return old words with what is left of their clause, where that is little: "Once it has been issued"."""
    rest = re.match(r"[^,.;:!?]*", "".join(part.before for part in parts[end:]))
    left = rest[0].rstrip() if rest else ""
    return words + (" " * (not left.startswith(" ")) + left if 0 < len(left.split()) <= _LEFT else "")


def _with_unit(words: str, parts: Sequence[Segment], begin: int, end: int) -> str:
    """Return old words, a figure with its sign or its unit, which stand beside it in both versions."""
    if not _FIGURE.fullmatch(words) and words.casefold() not in _NUMBERS:
        return _in_quotes(words)
    before = parts[begin - 1].after[-1:] if begin else ""
    if before in ("$", "£", "€", "¥"):
        return before + words
    unit = _UNIT.match("".join(part.after for part in parts[end : end + _CLOSE + 1]))
    return f"{words} {unit[1]}" if unit and words[0] not in "$£€¥" else words


def _in_quotes(words: str) -> str:
    return words if _FIGURE.fullmatch(words) else quoted(words)


def figures(before: object, after: object) -> tuple[frozenset[float], frozenset[float]]:
    """Return the numbers that went from a text and those that came, however they are written."""
    old, new = (_numbers(str(each or "")) for each in (before, after))
    return old - new, new - old


def _numbers(text: str) -> frozenset[float]:
    found = {float(each.replace(",", "")) for each in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)}
    return frozenset(found | {_NUMBERS[w] for w in re.findall(r"[a-z]+", text.casefold()) if w in _NUMBERS})
