"""How well `find_collisions` finds planted conflicts, through the real reader, and how fast it is.

- Two sets: the first was written for developing, the second after the code was frozen; both are told.
- Each case is two documents of two or more sentences on the case's matter, read among the same two papers
  of other sentences; a pair that was not planted is a false find, wherever it lies.
- The kind of a planted conflict counts in the figures by kind; a find of the wrong kind is a find.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from studio.cobuilder.analysis import analyze
from studio.cobuilder.collisions.finding import Paper, find_collisions
from studio.domain.frozen import digest
from studio.domain.governance import Collision
from studio.domain.source import Source, SourceVersion
from studio.domain.statement import Statement
from studio.readers.markdown import read_markdown

FOLDER = Path(__file__).parent
SETS = {
    "first (for developing)": "conflicts_first.txt",
    "second (held back)": "conflicts_second.txt",
    "third (a newcomer's kind, first run R .548 P .810)": "conflicts_third.txt",
}
_READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
_OPENING = "This page is for the people who answer customers.\n"


@dataclass(frozen=True)
class Case:
    """Two sentences with what is known of them: a kind of conflict, or `ok:` and why there is none."""

    label: str
    domain: str
    left: str
    right: str

    @property
    def planted(self) -> bool:
        """Return whether the two cannot both hold."""
        return not self.label.startswith("ok:")


@dataclass
class Figures:
    """What came of a set: finds, misses and false finds, by label."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    clean: Counter[str] = field(default_factory=Counter)
    right_kind: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Return the share of planted conflicts that were found."""
        return self.found.total() / max(1, self.found.total() + self.missed.total())

    @property
    def precision(self) -> float:
        """Return the share of finds that were planted."""
        return self.found.total() / max(1, self.found.total() + self.false.total())


def cases(name: str) -> list[Case]:
    """Return the cases of a file: blocks of a label with a domain, and two sentences."""
    made = []
    for block in (FOLDER / name).read_text(encoding="utf-8").strip().split("\n\n"):
        head, left, right = block.splitlines()
        label, domain = head.split()
        made.append(Case(label, domain, left, right))
    return made


def paper(name: str, body: str) -> Paper:
    """Return a source of this text with its statements, through the real reader."""
    document = read_markdown(body, f"{name}.md")
    version = SourceVersion(
        number=1,
        file_name=f"{name}.md",
        digest=digest(body.encode()),
        size=len(body),
        added_at=_READ_AT,
        document=document,
    )
    source = Source(id=name.lower().replace(" ", "-"), name=name, versions=(version,))
    return source, analyze(document, ()).statements


def _document(title: str, sentence: str) -> str:
    heading, text = "Rules", sentence
    if sentence.startswith("["):
        heading, _, text = sentence[1:].partition("] ")
    return f"# {title}\n\n{_OPENING}\n## {heading}\n\n{text}\n"


@lru_cache(maxsize=1)
def around() -> tuple[Paper, ...]:
    """Return the papers that stay the same around every case."""
    return tuple(
        paper(name.replace("_", " ").title(), (FOLDER / f"conflicts_{name}.md").read_text(encoding="utf-8"))
        for name in ("service_desk", "house_rules")
    )


def measure(name: str) -> Figures:
    """Return the figures of one set."""
    figures = Figures()
    for case in cases(name):
        left = paper("Left paper", _document("Left paper", case.left))
        right = paper("Right paper", _document("Right paper", case.right))
        finds = find_collisions((*around(), left, right))
        _count(case, left[1] and right[1], finds, figures)
    return figures


def _count(case: Case, read: Sequence[Statement], finds: Sequence[Collision], figures: Figures) -> None:
    between = [f for f in finds if {f.left.source_id, f.right.source_id} == {"left-paper", "right-paper"}]
    others = [f for f in finds if f not in between]
    for find in others:
        figures.false["with another paper"] += 1
        figures.told.append(f"false   {find.kind}: {find.left.citation.quote} <> {find.right.citation.quote}")
    if case.planted and between:
        figures.found[case.label] += 1
        figures.right_kind += any(find.kind == case.label for find in between)
    elif case.planted:
        figures.missed[case.label] += 1
        figures.unread[case.label] += not read
        figures.told.append(f"{'missed ' if read else 'unread '} {case.label}: {case.left} <> {case.right}")
    elif between:
        figures.false[case.label] += 1
        figures.told.append(f"false   {case.label} as {between[0].kind}: {case.left} <> {case.right}")
    else:
        figures.clean[case.label] += 1


def shown(title: str, figures: Figures) -> Iterator[str]:
    """Yield the figures of a set as lines."""
    planted = figures.found.total() + figures.missed.total()
    misses = figures.clean.total() + figures.false.total()
    yield (
        f"{title}: {planted} planted conflicts, {misses} near-misses: "
        f"recall {figures.recall:.3f}, precision {figures.precision:.3f}, kind right {figures.right_kind} of "
        f"{figures.found.total()}; {figures.unread.total()} missed because a sentence is no statement"
    )
    for kind in sorted(figures.found.keys() | figures.missed.keys()):
        yield f"  {kind:<12} found {figures.found[kind]} of {figures.found[kind] + figures.missed[kind]}"
    for label in sorted(figures.clean.keys() | figures.false.keys()):
        count = figures.clean[label] + figures.false[label]
        yield f"  {label:<14} false finds {figures.false[label]} of {count}"


def crowd(count: int) -> tuple[Paper, ...]:
    """Return this many statements in papers of 250: the cases' sentences with other things in them."""
    draw = random.Random(7)
    given = [
        s
        for name in SETS.values()
        if (FOLDER / name).exists()
        for c in cases(name)
        for s in (c.left, c.right)
    ]
    words = sorted({w for s in given for w in s.split() if w.isalpha() and w.islower() and len(w) > 4})
    papers: list[Paper] = []
    made = 0
    while made < count:
        lines = []
        for _ in range(250):
            parts = draw.choice(given).rpartition("] ")[2].split()
            for _ in range(2):
                at = draw.randrange(len(parts))
                if parts[at] in words:
                    parts[at] = draw.choice(words)
            lines.append(" ".join(parts))
        papers.append(paper(f"Crowd {len(papers)}", "# Crowd\n\n" + "\n\n".join(lines)))
        made += len(papers[-1][1])
    source, statements = papers[-1]
    papers[-1] = source, statements[: len(statements) - (made - count)]
    return tuple(papers)


def main() -> None:
    """Print the figures of both sets, and the time for 5,000 statements."""
    for title, name in SETS.items():
        if (FOLDER / name).exists():
            figures = measure(name)
            print("\n".join(shown(title, figures)))
            if "--all" in sys.argv:
                print("\n".join(figures.told))
    papers = crowd(5000)
    began, worked = time.perf_counter(), time.process_time()
    finds = find_collisions(papers)
    took, work = time.perf_counter() - began, time.process_time() - worked
    print(f"5,000 statements in {took:.1f} s ({work:.1f} s of one core), {len(finds)} collisions")


if __name__ == "__main__":
    main()
