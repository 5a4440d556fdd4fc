"""Edits: the word diff of two versions of a block, as stretches that rebuild both.

- A stretch is `(before, after, changed)`. Joined, the first parts are the block before, byte for byte,
  and the second parts the block after.
- Unmarked stretches are equal on both sides, but for the white space at the end of a block, which only
  counts as a change when the same neighbours follow on both sides.
"""

from __future__ import annotations

from studio.diff.words import Box, Run, matches, readable, to_opcodes, words_and_spaces

Edit = tuple[str, str, bool]


def edits(before: str, after: str, count_tail: bool = True) -> list[Edit]:
    """Return the word diff of two texts that are versions of each other.

    `count_tail` says whether different white space at the end is a change.
    """
    if before == after:
        return [(before, after, False)] if before else []
    a, b = before.split(" "), after.split(" ")
    start, end = _common(a, b)
    quick = _even(a, b, start, end)
    if quick:
        return quick
    same, left_end, right_end = _places(a, start, end, len(before), len(after))
    out: list[Edit] = []
    if start:
        out.append((before[:same], after[:same], False))
    _compare(out, before[same:left_end], after[same:right_end], count_tail or end > 0)
    if end:
        _add(out, before[left_end:], after[right_end:], False)
    return out


def _even(a: list[str], b: list[str], start: int, end: int) -> list[Edit]:
    """Return the word diff where words need not be cut finer and have one space between them, or nothing.

    `start` and `end` words are the same around. Where the words that both sides have are in one order,
    they are the longest common run, and nothing needs to be aligned.
    """
    old, new = a[start : len(a) - end], b[start : len(b) - end]
    left, right = set(old), set(new)
    if "" in left or "" in right or not "".join(left ^ right).isalnum():
        return []
    both = left & right
    size_a, size_b = len(old), len(new)
    if not both:
        places = [(0, size_a, 0, size_b)] if end else []
    else:
        shared = [word for word in old if word in both]
        if shared == [word for word in new if word in both]:
            places = _places_of(shared, old, new)
            if sum([x2 - x1 > 1 or y2 - y1 > 1 for x1, x2, y1, y2 in places]) > 1:
                places = _islands_out(_runs(places, size_a, size_b), size_a, size_b)
        else:
            places = _islands_out(matches(old, new), size_a, size_b)
    return _told(a, b, start, places) if places else []


def _places_of(shared: list[str], a: list[str], b: list[str]) -> list[Box]:
    """Return where two sides differ between the words they share."""
    places = []
    i = j = 0
    for word in shared:
        if a[i] != word or b[j] != word:
            x, y = a.index(word, i), b.index(word, j)
            places.append((i, x, j, y))
            i, j = x, y
        i += 1
        j += 1
    if i < len(a) or j < len(b):
        places.append((i, len(a), j, len(b)))
    return places


def _runs(places: list[Box], size_a: int, size_b: int) -> list[Run]:
    """Return the equal runs around the places that differ."""
    found = []
    i = j = 0
    for x1, x2, _, y2 in [*places, (size_a, size_a, size_b, size_b)]:
        if x1 > i:
            found.append((i, j, x1 - i))
        i, j = x2, y2
    return found


def _islands_out(runs: list[Run], size_a: int, size_b: int) -> list[Box]:
    """Return where two sides differ, without the chance matches between."""
    return [step[1:] for step in readable(to_opcodes(runs, size_a, size_b)) if step[0] != "equal"]


def _told(a: list[str], b: list[str], start: int, places: list[Box]) -> list[Edit]:
    """Write places that differ as stretches; words that came or went take the space behind them along.

    The places are counted from word `start`.
    """
    out: list[Edit] = []
    at, gap = 0, ""
    for i1, i2, j1, j2 in places:
        same = ""
        i1 += start
        if i1 > at:
            same, gap = gap + " ".join(a[at:i1]), " "
        at = i2 + start
        before, after = " ".join(a[i1:at]), " ".join(b[j1 + start : j2 + start])
        if before and after:
            same, gap = same + gap, " "
        elif at < len(a) or j2 + start < len(b):
            same, gap = same + gap, ""
            before, after = before and before + " ", after and after + " "
        else:
            before, after = before and gap + before, after and gap + after
        if same:
            out.append((same, same, False))
        out.append((before, after, True))
    if at < len(a):
        same = gap + " ".join(a[at:])
        out.append((same, same, False))
    return out


def _common(a: list[str], b: list[str]) -> tuple[int, int]:
    """Return how many words are equal at the start and at the end; neither side is used up by them."""
    room = min(len(a), len(b))
    start = 0
    for x, y in zip(a, b):  # noqa: B905
        if x != y:
            break
        start += 1
    if start == room:  # the last word has no space behind it on one side
        start = max(0, start - 1)
    end = 0
    while end < room - start and a[-1 - end] == b[-1 - end]:
        end += 1
    if end and start + end == room:
        end -= 1
    return start, end


def _places(a: list[str], start: int, end: int, before: int, after: int) -> tuple[int, int, int]:
    """Return the letters that are the same at first, and where each of two lengths is the same again."""
    same = sum(map(len, a[:start])) + start
    tail = sum(map(len, a[len(a) - end :])) + end
    return same, before - tail, after - tail


def middle(before: str, after: str) -> tuple[int, int, int]:
    """Return where the texts begin to differ, in whole words, and where each is the same again."""
    a, b = before.split(" "), after.split(" ")
    return _places(a, *_common(a, b), len(before), len(after))


def _add(out: list[Edit], before: str, after: str, changed: bool) -> None:
    """Append one place of both texts, joined to the last one of the same mark."""
    if not before and not after:
        return
    if out and out[-1][2] == changed:
        old = out.pop()
        before, after = old[0] + before, old[1] + after
    out.append((before, after, changed))


class _Words:
    """A text as words and the white space before, between and behind them."""

    __slots__ = ("even", "size", "spaces", "tail", "words")

    def __init__(self, text: str) -> None:
        """Cut a text; the white space at the end is kept apart in `tail`."""
        self.words, self.spaces = words_and_spaces(text)
        self.even = " ".join(self.words) == text  # one space between all words
        self.tail = self.spaces[-1]
        self.spaces[-1] = ""
        self.size = len(self.words)

    def span(self, start: int, end: int) -> str:
        """Return words `start` to `end` with the white space between them, not that around them."""
        if start >= end:
            return ""
        if self.even:
            return " ".join(self.words[start:end])
        found = [self.words[start]]
        for at in range(start + 1, end):
            found += (self.spaces[at], self.words[at])
        return "".join(found)


def _compare(out: list[Edit], before: str, after: str, count_tail: bool) -> None:
    """Append the word diff of two texts that begin and end differently."""
    left, right = _Words(before), _Words(after)
    pending = True
    for tag, i1, i2, j1, j2 in readable(to_opcodes(matches(left.words, right.words), left.size, right.size)):
        if tag in ("insert", "delete"):
            pending = _one_sided(out, left, right, (i1, i2, j1, j2))
            continue
        if pending:
            _space(out, left.spaces[i1], right.spaces[j1])
        if tag == "equal":
            _equal(out, left, right, (i1, i2, j1, j2))
        else:
            _add(out, left.span(i1, i2), right.span(j1, j2), True)
        pending = True
    _add(out, left.tail, right.tail, count_tail and left.tail != right.tail)


def _space(out: list[Edit], before: str, after: str) -> None:
    """Append the white space between two words, a change where it differs."""
    _add(out, before, after, before != after)


def _equal(out: list[Edit], left: _Words, right: _Words, box: Box) -> None:
    """Append a run of equal words, marking white space that differs inside it."""
    i1, i2, j1, j2 = box
    before, after = left.span(i1, i2), right.span(j1, j2)
    if before == after:
        _add(out, before, after, False)
        return
    for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
        if i > i1:
            _space(out, left.spaces[i], right.spaces[j])
        _add(out, left.words[i], right.words[j], False)


def _one_sided(out: list[Edit], left: _Words, right: _Words, box: Box) -> bool:
    """Append words that only one side has; return whether the space behind them is still to come.

    One side has one space here, the other one before and one behind its words: the equal one stays
    unmarked, so that exactly the words that came or went, with one space, are marked.
    """
    i1, i2, j1, j2 = box
    more, few, at = (right, left, i1) if i1 == i2 else (left, right, j1)
    start, end = (j1, j2) if i1 == i2 else (i1, i2)
    front, single, words = more.spaces[start], few.spaces[at], more.span(start, end)

    def add(many: str, one: str, changed: bool) -> None:
        _add(out, *((one, many) if more is right else (many, one)), changed)

    if single == front and end < more.size:
        add(front, single, False)
        add(words + more.spaces[end], "", True)
        return False
    if single == more.spaces[end]:
        add(front + words, "", True)
        return True
    add(front + words + more.spaces[end], single, True)
    return False
