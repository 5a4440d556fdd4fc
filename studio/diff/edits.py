"""Edits: the word diff of two versions of a block, as stretches that rebuild both.

- A stretch is `(before, after, changed)`. Joined, the first parts are the block before, byte for byte,
  and the second parts the block after.
- Unmarked stretches are equal on both sides, but for the white space at the end of a block, which only
  counts as a change when the same neighbours follow on both sides.
"""

from __future__ import annotations

from studio.diff.words import Box, matches, readable, to_opcodes, words_and_spaces

Edit = tuple[str, str, bool]


def edits(before: str, after: str, count_tail: bool = True) -> list[Edit]:
    """Return the word diff of two texts that are versions of each other.

    `count_tail` says whether different white space at the end is a change.
    """
    if before == after:
        return [(before, after, False)] if before else []
    out: list[Edit] = []
    start, left_end, right_end = middle(before, after)
    if start:
        out.append((before[:start], after[:start], False))
    old, new = before[start:left_end], after[start:right_end]
    if left_end < len(before) and _share_nothing(old, new):
        _add(out, old, new, True)
    else:
        _compare(out, old, new, count_tail or left_end < len(before))
    if left_end < len(before):
        _add(out, before[left_end:], after[right_end:], False)
    return out


def _share_nothing(old: str, new: str) -> bool:
    """Tell at once that two stretches are plain words, and that none stands in both."""
    if not old.replace(" ", "").isalnum() or not new.replace(" ", "").isalnum():
        return False
    return set(old.split()).isdisjoint(new.split())


def middle(before: str, after: str) -> tuple[int, int, int]:
    """Return where the texts begin to differ, in whole words, and where each is the same again."""
    a, b = before.split(" "), after.split(" ")
    room = min(len(a), len(b))
    start = 0
    while start < room and a[start] == b[start]:
        start += 1
    if start == room:  # the last word has no space behind it on one side
        start = max(0, start - 1)
    end = 0
    while end < room - start and a[-1 - end] == b[-1 - end]:
        end += 1
    if end and start + end == room:
        end -= 1
    same = sum(map(len, a[:start])) + start
    tail = sum(map(len, a[len(a) - end :])) + end
    return same, len(before) - tail, len(after) - tail


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
