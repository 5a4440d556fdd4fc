"""How well the embedded engine reads documents with labels, how sure it may be, and its worst errors.

- Own documents in two halves: on the first the engine was tuned, the second was held back.
- Where the developers' shared sets lie beside the checkout they are told too; those were read while tuning.
- Confidence is held against what was right, in bands; errors are told with the surest first. Those of the
  documents held back need `--held-out-errors`: who has read them has nothing held back any more.
- The weights of the bearing were learnt from the first half: its figures flatter. `bearing_fit.py` tells them
  cross-validated, each document read with weights that never saw it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from tests.measures.reading_score import Told, balanced, interval, read_case, score, share, total

FOLDER = Path(__file__).parent / "documents"
SHARED = Path(__file__).parents[3] / "shared" / "gold" / "cases" / "dev"
Figure = Callable[[Counter[str]], float | None]

FIGURES: dict[str, Figure] = {
    "rules F1": lambda c: balanced(share(c, "rules_right", "rules"), share(c, "labels_found", "labels")),
    "with kind": lambda c: balanced(share(c, "kinds_right", "rules"), share(c, "labels_kind", "labels")),
    "recall": lambda c: share(c, "labels_found", "labels"),
    "kind R": lambda c: share(c, "labels_kind", "labels"),
    "precision": lambda c: share(c, "rules_right", "rules"),
    "order F1": lambda c: balanced(
        share(c, "order_found_right", "order_found"), share(c, "order_wanted_right", "order_wanted")
    ),
    "slots R": lambda c: share(c, "slots_found", "slots"),
    "slots P": lambda c: share(c, "inputs_right", "inputs"),
    "questions": lambda c: share(c, "questions_found", "questions"),
    "verbatim": lambda c: share(c, "verbatim", "quotes"),
}
WITH_INTERVAL = ("with kind", "order F1")


def told_of(root: Path, names: Sequence[str]) -> list[Told]:
    """Return what is right in the reading of some cases."""
    return [score(name, *read_case(root / name)) for name in names]


def names_in(root: Path) -> list[str]:
    """Return the cases under a folder, by set and case."""
    return sorted(str(gold.parent.relative_to(root)) for gold in root.glob("*/*/gold.json"))


def shown(value: float | None) -> str:
    """Return a share for a table."""
    return "    -" if value is None else f"{value:5.2f}"


def print_sets(title: str, documents: Sequence[Told]) -> None:
    """Print one line a set of documents."""
    print(f"\n{title}")
    print(f"  {'set':<12} {'docs':>4} " + " ".join(f"{name:>9}" for name in FIGURES))
    for label, group in groupby(documents, key=lambda told: told.name.split("/")[0]):
        members = list(group)
        counts = total(members)
        line = " ".join(f"{shown(figure(counts)):>9}" for figure in FIGURES.values())
        print(f"  {label:<12} {len(members):>4} {line}")
        ranges = {name: interval(members, FIGURES[name]) for name in WITH_INTERVAL}
        parts = [f"{name} {low:.2f}–{high:.2f}" for name, r in ranges.items() if r for low, high in [r]]
        if parts and len(members) > 1:
            print(f"  {'':<12}      95 %: {', '.join(parts)}")


def print_reliability(documents: Sequence[Told]) -> None:
    """Print, by band of confidence, how many rules were right with their kind."""
    print("\n  confidence   rules   right   mean confidence")
    sure = [pair for told in documents for pair in told.sure]
    for band in range(4, 10):
        low, high = band / 10, (band + 1) / 10
        inside = [(c, right) for c, right in sure if low <= c < high or (band == 9 and c == 1.0)]
        if inside:
            right = sum(ok for _, ok in inside) / len(inside)
            mean = sum(c for c, _ in inside) / len(inside)
            print(f"  {low:.1f}–{high:.1f}      {len(inside):>5}   {right:5.2f}   {mean:5.2f}")


def print_errors(documents: Sequence[Told], most: int = 10) -> None:
    """Print the errors of which the engine was surest."""
    errors = [(sure, told.name, what) for told in documents for sure, what in told.errors]
    for sure, name, what in sorted(errors, key=lambda error: -error[0])[:most]:
        print(f"  {sure:.2f} {name}: {what}")


def main() -> int:
    """Print the figures; 0 always: what they have to be is judged where they are read."""
    split = json.loads((FOLDER / "SPLIT.json").read_text(encoding="utf-8"))
    halves = {half: sorted(n for n in names_in(FOLDER) if split[n] == half) for half in ("tuned", "held_out")}
    tuned, held = (told_of(FOLDER, halves[half]) for half in ("tuned", "held_out"))
    print_sets("Own documents, the half that was learnt from (flattering: see bearing_fit.py)", tuned)
    print_sets("Own documents, held back", held)
    print("\nConfidence of rules, documents held back")
    print_reliability(held)
    if SHARED.is_dir():
        shared = told_of(SHARED, names_in(SHARED))
        print_sets("Developers' shared sets (read while tuning)", shared)
        print("\nConfidence of rules, shared sets")
        print_reliability(shared)
    shown_errors = held if "--held-out-errors" in sys.argv else tuned
    print(f"\nThe ten worst errors in the documents {'held back' if shown_errors is held else 'learnt from'}")
    print_errors(shown_errors)
    return 0


if __name__ == "__main__":
    sys.exit(main())
