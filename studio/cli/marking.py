"""Marking: the words that differ between two versions of a sentence, written as `git diff --word-diff` does.

- A word that came or went stands in its marks between the spaces of its neighbours. Of a word that changed
  in part ("30-day" to "45-day"), only the part is marked.
- Where a line is wrapped says nothing: a sentence is told on one line, and what is only wrapped anew has no
  mark. Other white space is marked where both versions stand on one line.
"""

from __future__ import annotations

from studio.diff.blocks import plain
from studio.diff.edits import edits
from studio.diff.lines import MOVED
from studio.diff.walking import places_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from studio.diff.lines import Line
    from studio.diff.words import Box

EDITED, LAID_OUT, GONE, COME = "~ ", "= ", "< ", "> "


def marked(old: list[str], new: list[str], places: list[Box]) -> str:
    """Return the words of two versions as one line, those at `places` marked; `new` is used up."""
    sign = EDITED
    for i1, i2, j1, j2 in places:
        if "".join(old[i1:i2] + new[j1:j2]).isalnum():
            break  # words without marks are no layout
    else:
        if plain(" ".join(old)) == plain(" ".join(new)):
            sign = LAID_OUT
    for i1, i2, j1, j2 in reversed(places):
        if i2 - i1 == 1 == j2 - j1:  # the common case: one word became another
            gone, come = old[i1], new[j1]
            plainly = gone.isalnum() and come.isalnum()
            new[j1] = f"[-{gone}-]{{+{come}+}}" if plainly else _stretches(gone, come)
        elif i1 == i2:
            new[j1:j2] = ["{+" + " ".join(new[j1:j2]) + "+}"]
        elif j1 == j2:
            new.insert(j1, "[-" + " ".join(old[i1:i2]) + "-]")
        else:
            gone, come = " ".join(old[i1:i2]), " ".join(new[j1:j2])
            plainly = "".join(old[i1:i2] + new[j1:j2]).isalnum()
            new[j1:j2] = [f"[-{gone}-]{{+{come}+}}" if plainly else _stretches(gone, come)]
    return sign + " ".join(new) + "\n"


def two_sided(row: Line) -> str:
    """Return a changed or moved row as a line with its words marked, "" where it is only wrapped anew."""
    before, after = row.before, row.after
    other_end = row.count_tail and before[-2:] != after[-2:] and _ends_otherwise(row)
    if not other_end and not _is_as_written(f"{before}\0{after}"):
        if row.told:
            return row.told
        before, after = before.strip(), after.strip()
        if before != after and row.kind != MOVED and before.replace("\n", " ") == after.replace("\n", " "):
            return ""
    before, after = before.strip(), after.strip()
    old, new = before.split(), after.split()
    if not (is_wrapped(before) or is_wrapped(after)):
        if old == new or " ".join(old) != before or " ".join(new) != after:
            return _exact(row)
    elif other_end:
        return _exact(row)
    if row.kind == MOVED:
        told = _sign(row) + " ".join(new) + "\n" if old == new else marked(old, new, places_of(old, new))
        return told if told.startswith(LAID_OUT) else _sign(row) + told[2:]
    return "" if old == new else marked(old, new, places_of(old, new))


def one_line(text: str) -> str:
    """Return a block that stands on one side only, without its wraps."""
    lean = text.strip()
    return " ".join(lean.split()) if is_wrapped(lean) else lean


def is_wrapped(text: str) -> bool:
    """Tell whether a block has line ends that mean nothing."""
    return "\n" in text and not _is_as_written(text)


def _is_as_written(text: str) -> bool:
    """Tell whether a block is code, whose lines are told as they stand."""
    return "\n" in text and (
        ("`" in text and "```" in text)  # one letter is looked for faster than three
        or ("~" in text and "~~~" in text)
        or ("\t" in text and "\n\t" in text)
        or "\n    " in text
    )


def _ends_otherwise(row: Line) -> bool:
    """Tell whether a blank line follows on one side only."""
    ends = [text.count("\n", len(text.rstrip())) > 1 for text in (row.before, row.after)]
    return ends[0] != ends[1]


def _sign(row: Line) -> str:
    return EDITED if row.kind != MOVED else COME if row.arrives else GONE


def _exact(row: Line) -> str:
    """Return a row with all that differs marked, white space included."""
    if row.kind == MOVED and row.before.split() == row.after.split():
        return _sign(row) + row.after.strip() + "\n"
    sign = LAID_OUT if row.only_layout else _sign(row)
    return (sign + _stretches(row.before, row.after, row.count_tail)).rstrip() + "\n"


def _stretches(old: str, new: str, count_tail: bool = True) -> str:
    """Return two versions with the stretches marked that differ."""
    found = []
    for before, after, changed in edits(old, new, count_tail):
        if not changed:
            found.append(after)
            continue
        if before:
            found.append(f"[-{before}-]")
        if after:
            found.append("{+" + after + "+}")
    return "".join(found)
