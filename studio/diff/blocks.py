"""Blocks: a text cut into paragraphs and sentences that, joined, are the text again.

- A chunk ends at a blank line; inside it, a block ends after a heading and before a list item, quote or
  table row. Soft wraps inside a block do not count.
- The white space behind a block belongs to it. `plain` is what a block says without how it is laid out:
  two blocks with one `plain` differ in wraps, bullets or markup only.
"""

from __future__ import annotations

from itertools import accumulate

_BULLETS = frozenset("-*+•·–")
_EMPHASIS = "*_`~"
_RULE = frozenset("=-|:")
_CLOSERS = ("**", "__", '"', "'", "”", "\u2019", ")", "]", "*", "_", "`")
_OPENERS = " \"'“\u2018([*_`"
_LAID_OUT = (("*", "*"), ("_", "_"), ("`", "`"), ("|", "|"), ("~", "~"), ("=", "==="))
"""A letter that is quickly looked for in a long text, and what to look for in its blocks if it is there."""

_ENDS_OTHERWISE = (
    ("!", "!"),
    ("?", "?"),
    ("\t", "\t"),
    ("\r", "\r"),
    ('"', '." '),
    ("'", ".' "),
    (")", ".) "),
    ("]", ".] "),
)
_FRONTS = "-–+#>0123456789•·"
_FLAT = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\xa0": " ", "!": ".", "?": ".", "…": "."})
_NO_END = frozenset(
    "e.g i.e etc vs cf approx incl resp no nos sec secs art arts fig figs p pp mr mrs ms dr st".split()
)

_SHORT = _NO_END.union("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_SHORT |= {""} | {word.upper() for word in _SHORT} | {word.capitalize() for word in _SHORT}
"""What stands in front of a full stop that may be no end, as it is written."""


def chunks(text: str) -> tuple[list[str], list[int]]:
    """Return the parts between blank lines, and where each starts; a part ends before its blank line."""
    parts = text.split("\n\n")
    heads = [part[:1] for part in parts]
    if "\n" in heads or "" in heads:
        return _loose_chunks(parts)
    starts = list(accumulate([len(part) + 2 for part in parts], initial=0))
    del starts[-1]
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


class Plainness:
    """Tells at once of most blocks of a text that they have no layout, and end sentences in full stops only.

    `bare`: a line that begins with a letter, and has one space between all words, has none.
    `full_stops_only`: sentences end so everywhere.

    Only what stands somewhere in the text is looked for in its blocks.
    """

    __slots__ = ("_ascii", "_ends", "_marks", "bare", "full_stops_only")

    def __init__(self, text: str) -> None:
        """Look through a text once."""
        self._ascii = text.isascii()
        self._marks = [mark for rare, mark in _LAID_OUT if rare in text]
        self.bare = not self._marks
        self._marks += ["\n", "  "]
        self._ends = [mark for rare, mark in _ENDS_OTHERWISE if rare in text]
        self.full_stops_only = self._ascii and not self._ends

    def is_plain(self, block: str) -> bool:
        """Tell whether `plain` would leave a block as it is; of some it is not told that they are."""
        if not block:
            return True
        if block[0] in _FRONTS or block[0].isspace() or block[-1].isspace():
            return False
        for mark in self._marks:  # noqa: SIM110 - quicker than asking all() of a generator
            if mark in block:
                return False
        return True

    def flat(self, block: str) -> tuple[str, int] | None:
        """Return what `plain` would make of a block, and how many letters of it come before that.

        None where letters in between would go.
        """
        block, front = block.rstrip(), 0
        if "\n" in block:
            lines = block.split("\n")
            if not "".join([line[:1] for line in lines]).isalpha():
                return None  # list items, headings, quotes and tables begin with a mark or a number
            if ")" in block and ")" in [line[1:2] for line in lines]:
                return None
            block = block.replace("\n", " ")
        elif block[:1] == "#":
            heading = block.lstrip("#")
            if heading[:1] == " ":
                front = len(block) - len(heading) + 1
                block = heading[1:]
        return (block, front) if self.is_plain(block) else None

    def has_full_stops_only(self, block: str) -> bool:
        """Tell whether the sentences of a plain block end at ". " and nowhere else."""
        if not self._ascii and not block.isascii():
            return False
        for mark in self._ends:  # noqa: SIM110 - quicker than asking all() of a generator
            if mark in block:
                return False
        return True


def _is_marked(even: str) -> bool:
    """Tell whether a block has a letter that may be layout: bullets, emphasis, headings, tables, rules."""
    if not even:
        return False
    return (
        even[0] in _FRONTS
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


def doubtful(heads: list[str], tails: list[str]) -> list[int]:
    """Return the numbers of the full stops of which `goes_on` must be asked; of the others it need not be.

    `tails` are the words in front of the full stops, `heads` the letters behind them.
    """
    behind, before = {*heads}, {*tails}
    odd_heads = {head for head in behind if not head.isupper()}
    odd_tails = {tail for tail in before if tail in _SHORT or not tail.isalpha()}
    if not odd_heads and not odd_tails:
        return []
    both = enumerate(zip(heads, tails, strict=True))
    return [number for number, (head, tail) in both if head in odd_heads or tail in odd_tails]


def goes_on(text: str, start: int, at: int) -> bool:
    """Tell whether a full stop in front of `text[at]` is no end, in a part that begins at `start`.

    Behind "e.g.", an initial, the "3." of a list, and in front of a small letter, a sentence goes on.
    """
    if text[at - 2 : at] == ". " and text[at].isupper():
        word = text[start : at - 2].rpartition(" ")[2]
        if len(word) > 1 and word.isalpha() and word.lower() not in _NO_END:
            return False  # nearly always
    following = text[at : at + 12].lstrip(_OPENERS)
    if following and not (following[0].isupper() or following[0].isdigit()):
        return True
    piece = text[start:at].rstrip()
    if piece[-1:] != ".":
        return False
    words = piece[:-1].rsplit(None, 1)  # none where the stop stands alone
    tail = words[-1].lstrip(_OPENERS) if words else ""
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
