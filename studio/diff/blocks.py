"""Blocks: a text cut into paragraphs and sentences that, joined, are the text again.

- A chunk ends at a blank line; inside it, a block ends after a heading and before a list item, quote or
  table row. Soft wraps inside a block do not count.
- The white space behind a block belongs to it. `plain` is what a block says without how it is laid out:
  two blocks with one `plain` differ in wraps, bullets or markup only.
"""

from __future__ import annotations

_BULLETS = frozenset("-*+•·–")
_EMPHASIS = "*_`~"
_RULE = frozenset("=-|:")
_CLOSERS = ("**", "__", '"', "'", "”", "\u2019", ")", "]", "*", "_", "`")
_OPENERS = " \"'“\u2018([*_`"
_FLAT = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\xa0": " ", "!": ".", "?": ".", "…": "."})
_NO_END = frozenset(
    "e.g i.e etc vs cf approx incl resp no nos sec secs art arts fig figs p pp mr mrs ms dr st".split()
)


def chunks(text: str) -> tuple[list[str], list[int]]:
    """Return the parts between blank lines, and where each starts; a part ends before its blank line."""
    parts = text.split("\n\n")
    if "\n\n\n" in text or text.startswith("\n") or text.endswith("\n\n"):
        return _loose_chunks(parts)
    starts = []
    at = 0
    for part in parts:
        starts.append(at)
        at += len(part) + 2
    return parts, starts


def _loose_chunks(parts: list[str]) -> tuple[list[str], list[int]]:
    """Return the same where more than one blank line stands: line ends in front of a part are skipped."""
    found, starts = [], []
    at = 0
    for part in parts:
        lean = part.lstrip("\n")
        if lean:
            found.append(lean)
            starts.append(at + len(part) - len(lean))
        at += len(part) + 2
    if not found:
        return [""], [0]
    starts[0] = 0
    return found, starts


def plain(text: str) -> str:
    """Return the words of a block with single spaces, without bullets, emphasis, rules and padding."""
    words = text.split()
    even = " ".join(words)
    if not words or not _is_marked(even):
        return even
    if even[0] == "|":
        words = even.replace("|", " | ").split()
    first = words[0]
    if len(words) > 1 and (first in _BULLETS or not first.strip("#") or not first.strip(">")):
        del words[0]
    elif first[-1] == ")" and first[:-1].isdecimal():
        words[0] = first[:-1] + "."
    bare = [word.strip(_EMPHASIS) or word for word in words if len(word) < 3 or not _RULE.issuperset(word)]
    return " ".join(bare) or even


def is_plain(block: str) -> bool:
    """Tell at once of most blocks that `plain` would leave them as they are."""
    return not block or not (
        "\n" in block or "  " in block or block[-1] == " " or block[0] == " " or _is_marked(block)
    )


def _is_marked(even: str) -> bool:
    """Tell whether a block has a letter that may be layout: bullets, emphasis, headings, tables, rules."""
    if not even:
        return False
    return (
        even[0] in "-–+#>0123456789•·"
        or "*" in even
        or "_" in even
        or "`" in even
        or "|" in even
        or "~" in even
        or "===" in even
    )


def cut(body: str, start: int, starts: list[int], keys: list[str]) -> None:
    """Append where the parts of a chunk begin, and what each says; the chunk itself is at `start`.

    A part ends at every full stop in front of a space, so that equal parts are found fast; whether a
    sentence ends there is asked for with `goes_on`, where it matters.
    """
    flat = body
    if "\n" in body or "!" in body or "?" in body or "\t" in body or "\r" in body or not body.isascii():
        flat = body.translate(_FLAT)
    if '." ' in flat or ".) " in flat or ".* " in flat or not flat.isascii():
        for closer in _CLOSERS:
            flat = flat.replace(f".{closer} ", f"{closer}. ")
    lines = _line_cuts(body) if "\n" in body or "\r" in body else [0]
    marked = "  " in flat or _is_marked(flat) or len(lines) > 1
    for number, at in enumerate(lines):
        line = flat[at : lines[number + 1]].rstrip() if number + 1 < len(lines) else flat[at:]
        pieces = line.split(". ")
        place = start + at
        for piece in pieces:
            starts.append(place)
            place += len(piece) + 2
        pieces[-1] = pieces[-1].rstrip(" .")
        keys += [plain(piece) for piece in pieces] if marked else pieces


def goes_on(text: str, start: int, at: int) -> bool:
    """Tell whether a full stop in front of `text[at]` is no end, in a part that begins at `start`.

    Behind "e.g.", an initial, the "3." of a list, and in front of a small letter, a sentence goes on.
    """
    following = text[at : at + 12].lstrip(_OPENERS)
    if following and not (following[0].isupper() or following[0].isdigit()):
        return True
    piece = text[start:at].rstrip()
    if piece[-1:] != ".":
        return False
    tail = piece[:-1].rsplit(None, 1)[-1].lstrip(_OPENERS) if len(piece) > 1 else ""
    if tail.lower() in _NO_END or (len(tail) == 1 and tail.isupper()):
        return True
    return len(tail) + 1 == len(piece.lstrip()) and (not tail or (tail.isdecimal() and len(tail) <= 3))


def _line_cuts(body: str) -> list[int]:
    """Return where the paragraphs, headings, list items and table rows of a chunk begin."""
    found: list[int] = []
    at, ended = 0, True
    for line in body.splitlines(keepends=True):
        lean = line.lstrip()
        if not lean:
            ended = True
        else:
            if ended or _is_item(lean):
                found.append(at)
            ended = lean[0] == "#" and lean.lstrip("#")[:1] in (" ", "\t")
        at += len(line)
    if not found:
        return [0]
    found[0] = 0
    return found


def _is_item(line: str) -> bool:
    """Tell whether a line begins a list item, heading, quote or table row."""
    first = line[0]
    if first in "|>":
        return True
    if first.islower() and line[1:2] != ")":
        return False
    head = line.split(None, 1)[0]
    if len(head) == len(line.rstrip()):
        return False
    if head in _BULLETS or (first == "#" and not head.strip("#")):
        return True
    bare = head.strip("()").rstrip(".")
    if head[-1] == ")" and len(bare) == 1 and bare.islower():
        return True
    return head[-1] in ".)" and bare.isdecimal() and len(bare) <= 3
