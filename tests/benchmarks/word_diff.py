"""Word diff of 200,000 words against difflib and `git diff --word-diff`: prints times and ratios.

- One fifth of the words stands in edited sentences (changed, inserted, deleted or wholly new), and two
  sections change place. All three see the same two texts; the fastest of alternating rounds counts.
- Usage: python tests/benchmarks/word_diff.py [WORDS] [--difflib]. difflib takes many seconds: it runs
  once, on request.
"""

from __future__ import annotations

import difflib
import random
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from studio.diff.text import TextDiff, diff_text

COMMON = "the a of to and in for that is must may with on by within not be an any this".split()


def vocabulary(rng: random.Random) -> list[str]:
    """Return made-up words with the frequencies of a real language: few common, many rare."""
    syllables = "ba co di fe gu la mi no pu re sa te vi wo ka lo".split()
    rare = sorted({"".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(9000)})
    return COMMON * 450 + [word for rank, word in enumerate(rare) for _ in range(1 + 3000 // (rank + 10))]


def sentence(rng: random.Random, words: list[str]) -> list[str]:
    """Return a sentence of 8 to 28 words."""
    return rng.choices(words, k=rng.randint(8, 28))


def document(rng: random.Random, words: list[str], size: int) -> list[list[list[list[str]]]]:
    """Return sections of paragraphs of sentences of words, `size` words in all."""
    sections: list[list[list[list[str]]]] = []
    written = 0
    while written < size:
        section = [
            [sentence(rng, words) for _ in range(rng.randint(2, 6))] for _ in range(rng.randint(5, 15))
        ]
        written += sum(len(each) for paragraph in section for each in paragraph)
        sections.append(section)
    return sections


def edited(rng: random.Random, words: list[str], old: list[str]) -> list[list[str]]:
    """Return what becomes of an edited sentence: some words changed, a new one, or nothing."""
    kind = rng.random()
    if kind < 0.15:
        return []
    if kind < 0.30:
        return [old, sentence(rng, words)]
    if kind < 0.45:
        return [sentence(rng, words)]
    new = list(old)
    for _ in range(rng.randint(1, max(1, len(new) // 4))):
        new[rng.randrange(len(new))] = rng.choice(words)
    return [new]


def text(sections: list[list[list[list[str]]]]) -> str:
    """Return the document as Markdown, soft-wrapped nowhere."""
    blocks = []
    for number, section in enumerate(sections, 1):
        blocks.append(f"## Section {number}")
        blocks += [" ".join(" ".join(each).capitalize() + "." for each in paragraph) for paragraph in section]
    return "\n\n".join(blocks) + "\n"


def versions(size: int) -> tuple[str, str]:
    """Return two versions of a document of `size` words."""
    rng = random.Random(20260301)
    words = vocabulary(rng)
    before = document(rng, words, size)
    after = [
        [
            [new for old in paragraph for new in (edited(rng, words, old) if rng.random() < 0.2 else [old])]
            for paragraph in section
        ]
        for section in before
    ]
    for _ in range(2):
        after.insert(rng.randrange(len(after) - 1), after.pop(rng.randrange(len(after))))
    return text(before), text(after)


def fastest(work: Callable[[], object], rounds: int) -> float:
    """Return the shortest of several times, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def git_words(folder: Path) -> object:
    """Run git's word diff over the two files."""
    command = ["git", "diff", "--no-index", "--histogram", "--word-diff=porcelain", "before", "after"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def whole(before: str, after: str) -> TextDiff:
    """Compare two texts, and every word of them, as a view does by and by."""
    diff = diff_text(before, after)
    for row in diff.rows:
        assert row.compared
    return diff


def main() -> None:
    """Measure and print."""
    sizes = [argument for argument in sys.argv[1:] if argument.isdigit()]
    before, after = versions(int(sizes[0]) if sizes else 200_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "before").write_text(before)
        (folder / "after").write_text(after)
        ours = theirs = float("inf")
        for _ in range(7):
            ours = min(ours, fastest(lambda: whole(before, after), 1))
            theirs = min(theirs, fastest(lambda: git_words(folder), 1))
    rows = whole(before, after).rows
    kinds = {kind: sum(row.kind == kind for row in rows) for kind in sorted({row.kind for row in rows})}
    tracemalloc.start()
    whole(before, after)
    peak = tracemalloc.get_traced_memory()[1]
    print(f"{len(before.split()):,} words before, {len(after.split()):,} after; rows {kinds}")
    print(f"studio.diff  {ours:.3f} s, {peak / 1e6:.0f} MB")
    print(f"git          {theirs:.3f} s; studio takes {ours / theirs:.2f} times as long")
    if "--difflib" in sys.argv:
        a, b = re.findall(r"\w+|\S", before), re.findall(r"\w+|\S", after)
        slow = fastest(lambda: difflib.SequenceMatcher(None, a, b).get_opcodes(), 1)
        print(f"difflib      {slow:.1f} s; studio is {slow / ours:.0f} times as fast")


if __name__ == "__main__":
    main()
