"""Fits the weights by which clauses are matched with tools, and tells how well they do on documents left out.

- Learns from the tuned half of the labelled documents: a labelled step's clause means its tool, no other.
- Two logistic fits: the signs of a clause and a tool alone, then those that compare with all others.
- Every document is left out once; the figures printed are of the documents left out.
- Prints the two lines to put into `studio/cobuilder/systems/likeness.py`; needs numpy, which tests have.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from studio.cobuilder.systems import likeness as tool_likeness
from studio.cobuilder.systems.likeness import Clause, ToolLikeness, logistic, weighed
from studio.cobuilder.systems.pieces import pieces
from studio.cobuilder.systems.profiles import ToolProfile
from studio.readers.markdown import read_markdown
from studio.services.agent_file import read_tools

FOLDER = Path(__file__).parent / "documents"
FAINTEST = 0.02
Numbers = Any


@dataclass
class Labelled:
    """One document: its clauses compared with its tools, what is right, and what is left open."""

    likeness: ToolLikeness
    clauses: list[Clause]
    signs: Numbers
    right: Numbers
    open: Numbers


def read(folder: Path) -> Labelled | None:
    """Return a labelled document, or None where it has no tools."""
    tools = read_tools((folder / "tools.json").read_bytes(), "tools.json")
    if not tools:
        return None
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    text = (folder / "sop.md").read_text(encoding="utf-8")
    cut = list(pieces(read_markdown(text, "sop.md")))
    clauses = [Clause.of(piece.text, piece.around) for piece in cut]
    likeness = ToolLikeness([ToolProfile(tool) for tool in tools], clauses)
    names = likeness.names
    signs = np.array([[likeness.signs(c, at) for at in range(len(names))] for c in clauses])
    right, left_open = np.zeros(signs.shape[:2]), np.zeros(signs.shape[:2], bool)
    for workflow in gold["workflows"]:
        for step in workflow.get("steps") or []:
            start = text.find(step["quote"]) if step.get("tool") else -1
            meant = {step.get("tool"), *(step.get("alts") or [])}
            columns = [at for at, name in enumerate(names) if name in meant]
            end = start + len(step["quote"])
            inside = [
                at
                for at, piece in enumerate(cut)
                if min(end, piece.end) - max(start, piece.start) >= 0.5 * (piece.end - piece.start)
            ]
            if start < 0 or not inside or not columns:
                continue
            places = [(at, column) for at in inside for column in columns]
            best = max(places, key=lambda at: (weighed(tool_likeness.BASE, list(signs[at])), at))
            for place in places:
                left_open[place] = True
            right[best], left_open[best] = 1, False
    return Labelled(likeness, clauses, signs, right, left_open)


def fit(signs: Numbers, right: Numbers, rounds: int = 60) -> tuple[float, ...]:
    """Return the weights of a logistic regression with a light penalty, the constant first."""
    signs = np.hstack([np.ones((len(signs), 1)), signs])
    weights = np.zeros(signs.shape[1])
    penalty = np.r_[0, np.ones(signs.shape[1] - 1)]
    for _ in range(rounds):
        told = 1 / (1 + np.exp(-signs @ weights))
        slope = signs.T @ (right - told) - penalty * weights
        bend = (signs.T * (told * (1 - told) + 1e-9)) @ signs + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights += step
        if abs(step).max() < 1e-6:
            break
    return tuple(round(float(weight), 2) for weight in weights)


def fitted(documents: Sequence[Labelled]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return both rows of weights, fitted on some documents."""
    base = fit(
        np.vstack([d.signs[~d.open] for d in documents]),
        np.concatenate([d.right[~d.open] for d in documents]),
    )
    tool_likeness.BASE = base
    rows, right = [], []
    for document in documents:
        document.likeness.compare(document.clauses)
        for at, clause in enumerate(document.clauses):
            scores = document.likeness.scores(clause)
            best = max(range(len(scores)), key=lambda column: scores[column])
            if scores[best] >= FAINTEST and not document.open[at, best]:
                rows.append(document.likeness.whole_signs(clause, best))
                right.append(document.right[at, best])
    return base, fit(np.array(rows), np.array(right))


def told(document: Labelled) -> list[tuple[float, float]]:
    """Return how sure the tool of each clause is, and whether it is right."""
    document.likeness.compare(document.clauses)
    found = []
    for at, clause in enumerate(document.clauses):
        scores = document.likeness.scores(clause)
        best = max(range(len(scores)), key=lambda column: scores[column])
        if scores[best] >= FAINTEST and not document.open[at, best]:
            sure = logistic(weighed(tool_likeness.WHOLE, document.likeness.whole_signs(clause, best)))
            found.append((sure, float(document.right[at, best])))
    return found


def main() -> int:
    """Print the figures of the documents left out, then the weights of all."""
    split = json.loads((FOLDER / "SPLIT.json").read_text(encoding="utf-8"))
    names = sorted(name for name, half in split.items() if half == "tuned")
    documents = [document for name in names if (document := read(FOLDER / name))]
    found, wanted = [], sum(float(document.right.sum()) for document in documents)
    for at, document in enumerate(documents):
        tool_likeness.BASE, tool_likeness.WHOLE = fitted([*documents[:at], *documents[at + 1 :]])
        found += told(document)
    print(f"{len(documents)} documents, {wanted:.0f} clauses that mean a tool")
    for demand in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        taken = [right for sure, right in found if sure >= demand]
        precision, recall = sum(taken) / max(1, len(taken)), sum(taken) / wanted
        print(f"  from {demand:.1f}: precision {precision:.2f}, recall {recall:.2f}, {len(taken)} taken")
    base, whole = fitted(documents)
    print(f"BASE = {base}\nWHOLE = {whole}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
