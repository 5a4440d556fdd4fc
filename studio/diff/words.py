"""Word diff: two sequences to edit steps, in the form of `difflib.SequenceMatcher.get_opcodes()`.

- Steps are contiguous and cover both sides, so both texts can be rebuilt from them.
- Sequences are aligned bit-parallel: one whole number holds a row of the table, so that a word costs a
  few machine words. Large inputs are first divided at runs that are unique on both sides.
- `opcodes` keeps every common item. `readable` drops chance matches: people read phrases, and the
  smallest edit glues unrelated sentences together at "the" and "of".
- Imports nothing at start: `cobuilder diff` is used as `git diff` is, and imports would cost more than it.
"""

from __future__ import annotations

from studio.diff.anchors import common_ends, gaps, heaviest_chain, unique_pairs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

Box = tuple[int, int, int, int]
Opcode = tuple[str, int, int, int, int]
"""`(tag, i1, i2, j1, j2)` with the tags "equal", "replace", "delete", "insert"."""

Run = tuple[int, int, int]
"""`(i, j, n)`: `a[i:i+n]` equals `b[j:j+n]`."""

ISLAND_WORDS = 3
_CELLS = 4_000_000
_SHINGLE = 3
_JOINTS = "'\u2019-"
_POINTS = ".,:/-"


def opcodes(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Opcode]:
    """Return the steps that turn `a` into `b`, as `difflib` would write them."""
    return to_opcodes(matches(a, b), len(a), len(b))


def to_opcodes(runs: Iterable[Run], size_a: int, size_b: int) -> list[Opcode]:
    """Write increasing equal runs as steps that cover `size_a` and `size_b` items."""
    steps: list[Opcode] = []
    i = j = 0
    start: tuple[int, int] | None = None
    for x, y, n in [*runs, (size_a, size_b, 0)]:
        if x != i or y != j:
            if start is not None:
                steps.append(("equal", start[0], i, start[1], j))
                start = None
            steps.append(("insert" if x == i else "delete" if y == j else "replace", i, x, j, y))
        if n and start is None:
            start = (x, y)
        i, j = x + n, y + n
    if start is not None:
        steps.append(("equal", start[0], i, start[1], j))
    return steps


def matches(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Run]:
    """Return the increasing equal runs of two sequences.

    Optimal (a longest common subsequence) up to some thousand items on each side; beyond that, the
    best between anchors.
    """
    found: list[Run] = []
    boxes = [(0, len(a), 0, len(b))]
    while boxes:
        i1, i2, j1, j2 = boxes.pop()
        start, end = common_ends(a, b, (i1, i2, j1, j2))
        if start:
            found.append((i1, j1, start))
        if end:
            found.append((i2 - end, j2 - end, end))
        i1, i2, j1, j2 = i1 + start, i2 - end, j1 + start, j2 - end
        if i1 == i2 or j1 == j2:
            continue
        if (i2 - i1) * (j2 - j1) <= _CELLS:
            found += _aligned(a[i1:i2], b[j1:j2], i1, j1)
        else:
            box = (i1, i2, j1, j2)
            chain = _shingle_chain(a, b, box)
            found += [(i, j, 1) for i, j in chain]
            boxes += gaps(chain, box) if chain else _halves(box)
    found.sort()
    return found


def _aligned(a: Sequence[Hashable], b: Sequence[Hashable], at_a: int, at_b: int) -> list[Run]:
    """Return the equal runs of a longest common subsequence (Hyyrö's rows), last run first."""
    masks: dict[Hashable, int] = {}
    bit = 1
    for item in a:
        masks[item] = masks.get(item, 0) | bit
        bit <<= 1
    full = row = bit - 1
    rows = []
    for item in b:
        mask = masks.get(item)
        if mask:
            hit = row & mask
            row = ((row + hit) | (row - hit)) & full
        rows.append(row)
    found: list[Run] = []
    i, j, n = len(a), len(b), 0
    while i and j:
        if rows[j - 1] >> (i - 1) & 1:
            i -= 1
        else:
            j -= 1
            if j and not rows[j - 1] >> (i - 1) & 1:
                if n:
                    found.append((i + at_a, j + 1 + at_b, n))
                    n = 0
                continue
            i -= 1
            n += 1
            continue
        if n:
            found.append((i + 1 + at_a, j + at_b, n))
            n = 0
    if n:
        found.append((i + at_a, j + at_b, n))
    return found


def _shingle_chain(a: Sequence[Hashable], b: Sequence[Hashable], box: Box) -> list[tuple[int, int]]:
    """Return the longest chain of short runs that occur once on each side of a large box."""
    i1, i2, j1, j2 = box
    left, right = _shingles(a[i1:i2]), _shingles(b[j1:j2])
    pairs = unique_pairs(left, right, (0, len(left), 0, len(right)))[0]
    return [(i + i1, j + j1) for i, j in heaviest_chain(pairs, [1] * len(pairs))]


def _shingles(items: Sequence[Hashable]) -> list[Hashable]:
    """Return every run of three items."""
    return list(zip(items, items[1:], items[2:], strict=False))


def _halves(box: Box) -> list[Box]:
    """Cut a large box without anchors in two, so that memory stays bounded."""
    i1, i2, j1, j2 = box
    i, j = (i1 + i2) // 2, (j1 + j2) // 2
    return [(i1, i, j1, j), (i, i2, j, j2)]


def readable(steps: Sequence[Opcode]) -> list[Opcode]:
    """Return the steps without chance matches.

    An equal run of at most `ISLAND_WORDS` items is dropped when it is at most half as long as the
    edit before it and the edit after it.
    """
    kept: list[Opcode] = []
    last = len(steps) - 1
    for number, step in enumerate(steps):
        if step[0] != "equal" or (0 < number < last and _is_island(kept[-1], step, steps[number + 1])):
            _extend(kept, step)
        else:
            kept.append(step)
    return kept


def _is_island(before: Opcode, run: Opcode, after: Opcode) -> bool:
    """Tell whether an equal run is too short, beside its neighbours, to mean anything."""
    size = run[2] - run[1]
    if size > ISLAND_WORDS:
        return False
    edits = min(max(edit[2] - edit[1], edit[4] - edit[3]) for edit in (before, after))
    return 2 * size <= edits


def _extend(kept: list[Opcode], step: Opcode) -> None:
    """Append an edit, joining it with an edit just before it."""
    _, i1, i2, j1, j2 = step
    if kept and kept[-1][0] != "equal":
        _, i1, _, j1, _ = kept.pop()
    kept.append(("insert" if i1 == i2 else "delete" if j1 == j2 else "replace", i1, i2, j1, j2))


def tokens(text: str) -> list[str]:
    """Split a text into words, numbers, marks and the white space between; joined, they are the text."""
    words, spaces = words_and_spaces(text)
    return [part for pair in zip(spaces, [*words, ""], strict=True) for part in pair if part]


def words_and_spaces(text: str) -> tuple[list[str], list[str]]:
    """Return the words and marks of a text, and the white space before each and behind the last."""
    words: list[str] = []
    spaces: list[str] = []
    at = 0
    rough_words = text.split()
    if " ".join(rough_words) == text and text.replace(" ", "").isalnum():
        return rough_words, ["", *[" "] * (len(rough_words) - 1), ""] if rough_words else [""]
    for rough in rough_words:
        start = text.find(rough, at)
        spaces.append(text[at:start])
        at = start + len(rough)
        if rough.isalnum():
            words.append(rough)
        else:
            fine = _fine(rough)
            words += fine
            spaces += [""] * (len(fine) - 1)
    spaces.append(text[at:])
    return words, spaces


def _fine(rough: str) -> list[str]:
    """Cut a run without white space into words, numbers and single marks.

    "30-day" is three parts, so that a changed number stands out alone; "R-07" and "1,000.50" are one.
    """
    found = []
    at, size = 0, len(rough)
    while at < size:
        end = at + 1
        if _in_word(rough[at]):
            end = _number_end(rough, at, size) or _word_end(rough, at, size)
        found.append(rough[at:end])
        at = end
    return found


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _word_end(rough: str, at: int, size: int) -> int:
    """Return where a word ends; a hyphen or apostrophe between letters belongs to it."""
    while at < size and (
        _in_word(rough[at]) or (rough[at] in _JOINTS and at + 1 < size and _in_word(rough[at + 1]))
    ):
        at += 1
    return at


def _number_end(rough: str, at: int, size: int) -> int:
    """Return where a number ends, or 0 where none stands or letters follow at once, as in "30th"."""
    end = best = 0
    if rough[at].isdecimal():
        end = at
        while end < size and rough[end].isdecimal():
            end += 1
            if end == size or not _in_word(rough[end]):
                best = end
                if end + 1 < size and rough[end] in _POINTS and rough[end + 1].isdecimal():
                    end += 1
    return best
