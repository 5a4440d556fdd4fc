"""The word diff against git and difflib: time, memory, and how well it reads, on texts whose truth is known.

- Time and memory are those of whole processes that read two files and write the whole comparison
  (`cobuilder diff`, `git diff --no-index --word-diff`), in turns, the best of several rounds; processor time
  stands beside, for a machine that does other work. difflib has no process of its own: its time is the
  alignment of the words alone, once.
- The same two texts are raced as people write them: a paragraph on a line, wrapped at 78 columns, a section
  on a line, the whole text on one. Whether the goals of time and memory are met is said of each, and of all
  at the end, beside what an empty Python takes.
- Our comparison of a long text uses two processes. Its memory is that of the larger, as GNU time tells it;
  its processor time is that of both.
- Wholly new sentences are broken where one of their words is shown as kept. Kept words are accounted for
  when they are shown as kept, in place or moved.
- The seeds were never tuned on; `--seed N` takes another.
- Usage: python -m tests.measures.review_words [--seed N] [--rounds N] [--no-difflib]
"""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from studio.diff.edits import edits
from studio.diff.lines import Line, lines
from tests.measures.changed_texts import Sentence, Versions, versions

GIT = ("git", "diff", "--no-index", "--word-diff")
SEED = 90125


class Cost(NamedTuple):
    """What one run of a process took: seconds by the clock, of processor time, and megabytes at most."""

    clock: float
    processor: float
    megabytes: float


TIME, MEMORY = 2.5, 1.25
"""So many times what git takes may be taken."""


class Race(NamedTuple):
    """What both processes took for two texts in one shape."""

    texts: str
    shape: str
    ours: Cost
    git: Cost

    @property
    def time(self) -> float:
        """Return how many times as long as git we took by the clock."""
        return self.ours.clock / self.git.clock

    @property
    def memory(self) -> float:
        """Return how many times as much memory as git we needed; 0 where nobody could tell."""
        return self.ours.megabytes / self.git.megabytes if self.git.megabytes else 0.0


def cost(command: list[str], folder: Path) -> Cost:
    """Run a process and return what it took; memory is what GNU time tells, or 0 where it is missing."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    _, _, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - start
    process.returncode = 0
    megabytes = 0.0
    if gnu := shutil.which("time"):
        told = subprocess.run(
            [gnu, "-f", "%M", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        megabytes = int(told.stderr.split()[-1]) / 1024
    return Cost(clock, used.ru_utime + used.ru_stime, megabytes)


def best(costs: list[Cost]) -> Cost:
    """Return the least of each figure."""
    return Cost(*(min(each[n] for each in costs) for n in range(3)))


def wrapped(text: str) -> str:
    """Return a text with its paragraphs wrapped at 78 columns."""
    return "\n".join(textwrap.fill(line, 78) if line else "" for line in text.split("\n"))


def by_sections(text: str) -> str:
    """Return a text with each section on one line."""
    return "\n".join(part.replace("\n\n", " ") for part in text.split("\n## "))


def on_one_line(text: str) -> str:
    """Return a text on one line."""
    return text.replace("\n\n", " ").replace("\n", " ") + "\n"


SHAPES: dict[str, Callable[[str], str]] = {
    "a paragraph on a line": str,
    "wrapped at 78 columns": wrapped,
    "a section on a line": by_sections,
    "all on one line": on_one_line,
}
"""How a text may be laid out, and what lays it out so."""


def race(made: Versions, rounds: int) -> tuple[Cost, Cost]:
    """Return the best cost of ours and of git's process, run in turns."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before, after = folder / "before.md", folder / "after.md"
        before.write_bytes(made.before.encode())
        after.write_bytes(made.after.encode())
        root = Path(__file__).resolve().parents[2]
        for _ in range(rounds):
            ours.append(cost([sys.executable, "-m", "studio", "diff", str(before), str(after)], root))
            theirs.append(cost([*GIT, str(before), str(after)], folder))
    return best(ours), best(theirs)


def kept_by_us(rows: list[Line]) -> Iterator[bool]:
    """Tell of each word after, in order, whether it is shown as kept."""
    for row in rows:
        if row.kind == "removed" or (row.kind == "moved" and not row.arrives):
            continue
        if row.kind in ("equal", "added"):
            yield from [row.kind == "equal"] * len(row.after.split())
            continue
        marks = "".join(
            ("x" if changed else "k") * len(after) for _, after, changed in edits(row.before, row.after)
        )
        at = 0
        for word in row.after.split():
            at = row.after.index(word, at)
            yield "x" not in marks[at : at + len(word)]
            at += len(word)


def kept_by_git(made: Versions) -> Iterator[bool]:
    """Tell the same of git's word diff, with the whole text as its context."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "before").write_text(made.before)
        (folder / "after").write_text(made.after)
        command = ["git", "diff", "--no-index", "--word-diff=porcelain", "-U9999999", "before", "after"]
        told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    for line in told[told.index("@@") :].split("\n")[1:]:
        if line[:1] in (" ", "+"):
            yield from [line[0] == " "] * len(line[1:].split())


def words_after(made: Versions) -> Iterator[tuple[Sentence | None, int]]:
    """Return each word after as its sentence (None in headings) and its number in the text before."""
    told = iter(made.told)
    for block in made.after.split("\n\n"):
        left = len(block.split())
        if block.startswith("#"):
            yield from [(None, -1)] * left
            continue
        while left > 0:
            each = next(told)
            yield from [(each, origin) for origin in each.origin]
            left -= len(each.words)


def quality(made: Versions, kept: list[bool]) -> tuple[float, float]:
    """Return the share of wholly new sentences that are broken, and of kept words accounted for."""
    truth = list(words_after(made))
    assert len(truth) == len(kept), (len(truth), len(kept))
    new: dict[int, bool] = {}
    stayed = [is_kept for (_, origin), is_kept in zip(truth, kept, strict=True) if origin >= 0]
    for (each, _), is_kept in zip(truth, kept, strict=True):
        if each is not None and each.new:
            new[id(each)] = new.get(id(each), False) or is_kept
    return sum(new.values()) / max(1, len(new)), sum(stayed) / max(1, len(stayed))


def rebuilds(made: Versions, rows: list[Line]) -> bool:
    """Tell whether the rows and their edits are both texts, byte for byte."""
    left = [row for row in rows if not (row.kind == "moved" and row.arrives)]
    right = [row for row in rows if not (row.kind == "moved" and not row.arrives)]
    return (
        "".join(each[0] for row in left for each in edits(row.before, row.after)) == made.before
        and "".join(each[1] for row in right for each in edits(row.before, row.after)) == made.after
    )


def both(rows: list[Line]) -> int:
    """Return how many words are held by two rows of one side: in place and moved, or moved twice."""
    return sum(
        rows[row.partner].partner != number or rows[row.partner].arrives == row.arrives
        for number, row in enumerate(rows)
        if row.kind == "moved"
    )


def false_moves(made: Versions, rows: list[Line]) -> tuple[int, int]:
    """Return how many blocks are shown as moved, and how many of them the author did not move."""
    moved = {" ".join(each.words) for each in made.told if each.moved}
    places = [row for row in rows if row.kind == "moved" and row.arrives and not row.after.startswith("#")]
    false = sum(not any(row.after.strip() in said or said in row.after for said in moved) for row in places)
    return len(places), false


def shapes(name: str, made: Versions, rounds: int) -> list[Race]:
    """Print what both processes take for two texts in every shape, and return it."""
    print(f"{name}: {len(made.before.split()):,} words before, {len(made.after.split()):,} after")
    found = []
    for shape, lay_out in SHAPES.items():
        ours, git = race(Versions(lay_out(made.before), lay_out(made.after)), rounds)
        each = Race(name, shape, ours, git)
        found.append(each)
        told = (
            f"  {shape:22} {ours.clock * 1000:5.0f} ms, git {git.clock * 1000:4.0f}: time "
            f"{_against(each.time, TIME)}; processor {ours.processor * 1000:.0f} and "
            f"{git.processor * 1000:.0f}: {ours.processor / git.processor:.2f} ×"
        )
        if each.memory:
            told += f"; {ours.megabytes:.1f} MB, git {git.megabytes:.1f}: memory "
            told += _against(each.memory, MEMORY)
        print(told, flush=True)
    return found


def _against(ratio: float, goal: float) -> str:
    return f"{ratio:.2f} × (goal {goal}: {'met' if ratio <= goal else 'MISSED'})"


def verdict(races: list[Race], bare: Cost) -> list[str]:
    """Return in which shapes the goals are met, and how much of them an empty Python alone takes."""
    told = []
    for texts in dict.fromkeys(each.texts for each in races):
        mine = [each for each in races if each.texts == texts]
        told.append(f"{texts}: time {_met([(each.shape, each.time) for each in mine], TIME)}")
        if mine[0].memory:
            told.append(f"{texts}: memory {_met([(each.shape, each.memory) for each in mine], MEMORY)}")
    short = next(iter(SHAPES))  # of texts of short lines git holds little at a time
    return told + [_of_python(each, bare) for each in races if each.shape == short]


def _met(ratios: list[tuple[str, float]], goal: float) -> str:
    """Return which shapes meet a goal and which miss it, and by how much."""
    met = [shape for shape, ratio in ratios if ratio <= goal]
    missed = [f"{shape} ({ratio:.2f} ×)" for shape, ratio in ratios if ratio > goal]
    return f"{len(met)} of {len(ratios)} met" + (f"; MISSED: {', '.join(missed)}" if missed else "")


def _of_python(each: Race, bare: Cost) -> str:
    """Return what an empty Python takes of what the goals allow for one race."""
    told = (
        f"{each.texts}, {each.shape}: an empty Python alone takes {bare.clock * 1000:.0f} of the "
        f"{TIME * each.git.clock * 1000:.0f} ms allowed"
    )
    if not each.memory:
        return told
    over = "more than git in all" if bare.megabytes > each.git.megabytes else "less than git in all"
    left = max(0.0, MEMORY * each.git.megabytes - bare.megabytes)
    needed = each.ours.megabytes - bare.megabytes
    return (
        f"{told}, and {bare.megabytes:.1f} MB, {over} ({each.git.megabytes:.1f}): "
        f"{left:.1f} MB are left for both texts, {needed:.1f} are needed"
    )


def measure(name: str, made: Versions, rounds: int) -> list[Race]:
    """Print the figures of two versions; return what both processes took in every shape."""
    races = shapes(name, made, rounds)
    for shape in ("a paragraph on a line", "wrapped at 78 columns"):
        lay_out = SHAPES[shape]
        laid = Versions(lay_out(made.before), lay_out(made.after), made.told)
        rows = lines(laid.before, laid.after)
        broken, kept = quality(laid, list(kept_by_us(rows)))
        git_broken, git_kept = quality(laid, list(kept_by_git(laid)))
        share = f"{broken / git_broken:.2f} of git's (goal 0.2)" if git_broken else "git breaks none"
        print(
            f"  {shape}: new sentences broken {broken:.4f}, git {git_broken:.4f}: {share};\n"
            f"    kept words accounted for {kept:.4f} (goal .997), git {git_kept:.4f}; both moved and in "
            f"place {both(rows)};\n"
            f"    both texts rebuilt byte for byte: {'yes' if rebuilds(laid, rows) else 'NO'}",
            flush=True,
        )
    return races


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-difflib", action="store_true")
    options = parser.parse_args()
    if shutil.which("git") is None:
        sys.exit("git is not installed: there is nothing to compare with.")
    small, large = versions(50_000, options.seed), versions(200_000, options.seed + 1)
    races = measure("50,000 words, a fifth of the sentences", small, options.rounds)
    races += measure("200,000 words, a fifth of the sentences", large, options.rounds)
    ours = races[-len(SHAPES)].ours
    reworded = versions(200_000, options.seed + 2, "words")
    races += measure("200,000 words, a fifth of the words", reworded, options.rounds)
    stormy = versions(50_000, options.seed + 3, share=0.6)
    moved, false = false_moves(stormy, lines(stormy.before, stormy.after))
    print(f"three fifths of the sentences edited: {moved} blocks shown as moved, {false} of them falsely")
    if not options.no_difflib:
        a, b = large.before.split(), large.after.split()
        start = time.process_time()
        difflib.SequenceMatcher(None, a, b).get_opcodes()
        slow = time.process_time() - start
        print(f"difflib, 200,000 words: {slow:.1f} s; we are {slow / ours.processor:.0f} × as fast (goal 50)")
    bare = best([cost([sys.executable, "-c", "pass"], Path("/")) for _ in range(options.rounds)])
    print(*verdict(races, bare), sep="\n")


if __name__ == "__main__":
    main()
