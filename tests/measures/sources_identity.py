"""Identity of statements over versions: precision and recall of kept ids, by kind of edit.

- Truth is known because the edits are made here (`document_edits`): the documents of the sample projects,
  and those of `../shared/gold` where that folder stands beside the checkout.
- Kept: a new statement inherits an old one's id. Right: both come from the same sentence. A silent
  attachment is a kept id whose sentence has another number, date, modality or negation, unflagged; the
  truth of the edit and a count of digits, negations and modals of its own both tell.
- Usage: python tests/measures/sources_identity.py [FIRST_SEED [SEEDS]] [-v]; 0 when every aim is met.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from studio.cobuilder.alignment.statements import align
from studio.cobuilder.rules.statements import read_statements
from studio.domain.governance import Alignment
from studio.domain.source import SourceDocument
from studio.domain.statement import Statement
from studio.readers.markdown import read_markdown
from studio.readers.text import read_text
from tests.measures import document_edits as edits
from tests.measures.document_edits import Draft, Style, Tags

ROOT = Path(__file__).resolve().parents[2]
FIRST_SEED, SEEDS = 8000, 24
AIMS = (0.98, 0.95)
MIN_STATEMENTS = 8

_WHOLE = re.compile(r"[A-Z][^\n|\[]{30,240}\.")

Edit = Callable[[random.Random, Draft, list[str]], Style]


@dataclass(frozen=True)
class Original:
    """A document, its statements, and the draft of its sentences."""

    name: str
    document: SourceDocument
    statements: tuple[Statement, ...]
    draft: Draft
    spans: tuple[tuple[int, int, int], ...]

    @property
    def tags(self) -> dict[str, Tags]:
        """Return the sentence of each statement, by id."""
        return located(self.statements, [(a, b, frozenset({tag})) for a, b, tag in self.spans])


@dataclass
class Count:
    """What one kind of edit gave."""

    there: int = 0
    kept: int = 0
    right: int = 0
    turned: int = 0
    needless: int = 0
    asked: int = 0
    silent: int = 0

    @property
    def precision(self) -> float:
        """Return the share of kept ids that are right."""
        return self.right / self.kept if self.kept else 1.0

    @property
    def recall(self) -> float:
        """Return the share of ids to be kept that were."""
        return self.right / self.there if self.there else 1.0

    def plus(self, other: Count) -> None:
        """Add another count to this one."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def originals() -> list[Original]:
    """Return the documents with enough statements to be measured."""
    paths = sorted(ROOT.glob("sample_projects/*/documents/*.md"))
    paths += sorted(ROOT.parent.glob("shared/gold/**/sop.md"))
    found = []
    for path in paths:
        document = read_markdown(path.read_text(encoding="utf-8"), path.name)
        statements = read_statements(document)
        if len(statements) >= MIN_STATEMENTS:
            draft, spans = edits.taken_apart(document)
            name = path.parent.name if path.name == "sop.md" else path.stem
            found.append(Original(name, document, statements, draft, tuple(spans)))
    return found


def located(statements: Iterable[Statement], spans: list[tuple[int, int, Tags]]) -> dict[str, Tags]:
    """Return the tags of the sentence in which each statement begins."""
    found = {}
    for statement in statements:
        inside = [tags for start, end, tags in spans if start <= statement.start < end]
        found[statement.id] = inside[0] if inside else frozenset()
    return found


def _each(
    share: float,
    edit: Callable[[random.Random, str], str],
    turns: bool,
    rng: random.Random,
    draft: Draft,
    _: list[str],
) -> Style:
    edits.each_sentence(rng, draft, share, edit, turns)
    return Style()


def _reordered(rng: random.Random, draft: Draft, _: list[str]) -> Style:
    edits.reordered(rng, draft)
    return Style()


def _repartitioned(rng: random.Random, draft: Draft, _: list[str]) -> Style:
    edits.repartitioned(rng, draft)
    return Style()


def _resentenced(rng: random.Random, draft: Draft, _: list[str]) -> Style:
    edits.resentenced(rng, draft)
    return Style()


def _thinned(rng: random.Random, draft: Draft, foreign: list[str]) -> Style:
    edits.thinned(rng, draft, foreign)
    return Style()


def _replaced(rng: random.Random, draft: Draft, foreign: list[str]) -> Style:
    edits.replaced(rng, draft, foreign)
    return Style()


def _imitated(rng: random.Random, draft: Draft, _: list[str]) -> Style:
    edits.imitated(rng, draft)
    return Style()


def _rewrapped(rng: random.Random, draft: Draft, _: list[str]) -> Style:
    return Style(rng.randint(48, 110), rng.choice(("-", "*", "+", "1.")))


def _plain(rng: random.Random, draft: Draft, _: list[str]) -> Style:
    return Style(rng.randint(60, 100), rng.choice(("•", "-")), markdown=False)


def _all(rng: random.Random, draft: Draft, foreign: list[str]) -> Style:
    edits.each_sentence(rng, draft, 0.08, edits.renumbered, True)
    edits.each_sentence(rng, draft, 0.05, edits.flipped, True)
    edits.each_sentence(rng, draft, 0.1, edits.reworded, False)
    edits.repartitioned(rng, draft)
    edits.thinned(rng, draft, foreign)
    edits.reordered(rng, draft)
    return Style(rng.randint(60, 110), "*")


KINDS: dict[str, Edit] = {
    "sections reordered": _reordered,
    "20 % reworded": partial(_each, 0.2, edits.reworded, False),
    "numbers, dates changed": partial(_each, 0.3, edits.renumbered, True),
    "modality, negation flipped": partial(_each, 0.2, edits.flipped, True),
    "paragraphs split, merged": _repartitioned,
    "sentences split, merged": _resentenced,
    "re-wrapped, other lists": _rewrapped,
    "as plain text": _plain,
    "deleted and added": _thinned,
    "replaced in place": _replaced,
    "look-alikes elsewhere": _imitated,
    "all at once": _all,
}


def measure(original: Original, kind: str, seed: int, foreign: list[str], tell: bool) -> Count:
    """Edit one document and judge the alignment of its statements."""
    rng = random.Random(f"{kind} {seed} {original.name}")
    draft = deepcopy(original.draft)
    style = KINDS[kind](rng, draft, foreign)
    text, spans = edits.written(draft, style)
    read = read_markdown if style.markdown else partial(read_text, media_type="text/markdown")
    document = read(text, original.document.title)
    statements = read_statements(document)
    alignment = align((original.document, original.statements), (document, statements))
    new = {each.id: each for each in statements}
    judge = Judge(original, new, located(statements, spans), draft.turned)
    return judge.count(alignment, f"{kind}, {original.name}, seed {seed}" if tell else "")


class Judge:
    """Knows which statements of two versions come from one sentence."""

    def __init__(
        self, original: Original, new: dict[str, Statement], new_tags: dict[str, Tags], turned: set[int]
    ) -> None:
        """Group the statements of both versions by sentence; what was joined is one group."""
        self.old = {each.id: each for each in original.statements}
        self.new, self.old_tags, self.new_tags, self.edited = new, original.tags, new_tags, turned
        self.group: dict[int, int] = {}
        for tags in new_tags.values():
            known = min((self.group.get(tag, tag) for tag in tags), default=0)
            self.group.update(dict.fromkeys(tags, known))
        self.members: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for side, every in enumerate((self.old_tags, new_tags)):
            for name, tags in every.items():
                for group in {self.group.get(tag, tag) for tag in tags}:
                    self.members[group][side].append(name)

    def there(self) -> int:
        """Return how many ids are to be kept: those of the same kind, and those that changed their kind."""
        total = 0
        for olds, news in self.members.values():
            old, new = (
                Counter(each[n].kind for n in names) for each, names in ((self.old, olds), (self.new, news))
            )
            # What is of a kind that only one side has may have changed its kind.
            changed = [
                sum(one[kind] for kind in one if kind not in two) for one, two in ((old, new), (new, old))
            ]
            total += (old & new).total() + min(changed)
        return total

    def right(self, old: str, new: str) -> bool:
        """Return whether two statements come from one sentence, and are the same of those in it."""
        if not self.old_tags[old] & self.new_tags[new]:
            return False
        group = next(iter(self.old_tags[old]))
        olds, news = self.members[self.group.get(group, group)]
        kind, other = self.old[old].kind, self.new[new].kind
        if kind is not other:
            kinds = {self.old[n].kind for n in olds}, {self.new[n].kind for n in news}
            return kind not in kinds[1] and other not in kinds[0]
        alike = [n for n in olds if self.old[n].kind is kind], [n for n in news if self.new[n].kind is kind]
        return len(alike[0]) != len(alike[1]) or alike[0].index(old) == alike[1].index(new)

    def another_sense(self, old: str, new: str) -> bool:
        """Return whether the truth, or a count of digits and words of force, says that the sense differs."""
        if self.old_tags[old] & self.edited:
            return True
        return counted(self.old[old].quote) != counted(self.new[new].quote)

    def count(self, alignment: Alignment, told: str) -> Count:
        """Return the figures of one alignment, and print what went wrong where it is `told`."""
        found = Count(there=self.there(), asked=len(alignment.doubts))
        flagged = {(match.old_id, match.new_id) for match in alignment.turned}
        for new, old in alignment.heirs.items():
            right, differs = self.right(old, new), self.another_sense(old, new)
            marked = (old, new) in flagged
            silent = differs and not marked
            found.plus(Count(0, 1, right, marked, marked and right and not differs, 0, silent))
            if told and (silent or not right):
                what = "SILENT" if silent else "WRONG"
                print(f"{told}: {what}\n  {self.old[old].quote!r}\n  {self.new[new].quote!r}")
        if told:
            self.tell_missing(alignment, told)
        return found

    def tell_missing(self, alignment: Alignment, told: str) -> None:
        """Print the statements that could have kept their id and did not."""
        kept = set(alignment.heirs.values())
        for old, tags in self.old_tags.items():
            news = [
                new for new, other in self.new_tags.items() if tags & other and new not in alignment.heirs
            ]
            if old not in kept and news:
                print(f"{told}: MISSED\n  {self.old[old].quote!r}\n  {self.new[news[0]].quote!r}")


def counted(text: str) -> tuple[list[str], Counter[str]]:
    """Return the digits and the words of force of a sentence, by a reading unlike the product's."""
    force = re.findall(r"\b(?:must|shall|may|should|can|not|never|no|cannot|without)\b|n't", text.lower())
    return sorted(re.findall(r"\d+(?:[.,]\d+)*", text)), Counter(force)


def main(arguments: list[str]) -> int:
    """Measure all kinds of edit over many seeds and print one line each."""
    tell = "-v" in arguments
    numbers = [int(each) for each in arguments if each.isdigit()]
    first = numbers[0] if numbers else FIRST_SEED
    seeds = range(first, first + (numbers[1] if len(numbers) > 1 else SEEDS))
    started = time.perf_counter()
    documents = originals()
    samples = [each for each in documents if each.name.count("-")]
    foreign = {each.name: _foreign(each, documents) for each in documents}
    totals: dict[str, Count] = {}
    for kind in KINDS:
        totals[kind] = Count()
        for seed in seeds:
            # Each seed sees one document of the samples and one of all: seconds, not minutes.
            chosen = {samples[seed % len(samples)].name, documents[(seed * 7) % len(documents)].name}
            for original in documents:
                if original.name in chosen:
                    totals[kind].plus(measure(original, kind, seed, foreign[original.name], tell))
    return report(totals, len(documents), seeds, time.perf_counter() - started)


def _foreign(original: Original, documents: list[Original]) -> list[str]:
    """Return whole sentences of the documents that are no version of this one."""
    own = {each.quote for each in original.statements}
    return [
        statement.quote
        for each in documents
        if not own & {other.quote for other in each.statements}
        for statement in each.statements
        if _WHOLE.fullmatch(statement.quote)
    ]


def report(totals: dict[str, Count], documents: int, seeds: range, seconds: float) -> int:
    """Print the figures; return 0 when every aim is met."""
    everything = Count()
    print(f"Identity of statements: {documents} documents, seeds {seeds[0]}–{seeds[-1]}, {seconds:.0f} s")
    print(
        f"{'edit':28}{'to keep':>8}{'kept':>7}{'precision':>11}{'recall':>8}"
        f"{'flagged':>9}{'needless':>10}{'asked':>7}{'silent':>8}"
    )
    for kind, count in totals.items():
        everything.plus(count)
        print(_line(kind, count))
    print(_line("all kinds", everything))
    met = everything.precision >= AIMS[0] and everything.recall >= AIMS[1] and not everything.silent
    print(f"aims: precision ≥ {AIMS[0]}, recall ≥ {AIMS[1]}, silent 0: {'met' if met else 'NOT met'}")
    return 0 if met else 1


def _line(name: str, count: Count) -> str:
    return (
        f"{name:28}{count.there:8}{count.kept:7}{count.precision:11.4f}{count.recall:8.4f}"
        f"{count.turned:9}{count.needless:10}{count.asked:7}{count.silent:8}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
