"""Fits what the signs of a sentence weigh, on documents with labels, and writes `bearing_weights`.

- Learns from the tuned half of the own documents, and from the developers' shared sets where they lie beside
  the checkout (the script says so when they do not); documents held back are never read.
- Logistic regression with an L2 penalty, by Newton steps; cross-validated by document, so that no sentence
  helps to judge its neighbour.
- The threshold and the calibration come from the cross-validated scores, never from the fit itself.
- Deterministic: the same documents give the same file. Usage: `bearing_fit.py [--write]`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from studio.cobuilder.analysis import RULE_KINDS, mark_steps
from studio.cobuilder.procedures.procedures import read_procedures
from studio.cobuilder.rules.bearing import KINDS, SCALE, Judge
from studio.cobuilder.rules.bearing_units import weighed_signs
from studio.cobuilder.rules.pieces import Piece, read_pieces
from studio.cobuilder.rules.statements import declines, judged
from studio.domain.finding import Analysis, WorkflowFinding
from studio.domain.source import SourceDocument
from studio.readers.markdown import read_markdown
from studio.services.agent_file import read_tools
from tests.measures.marked_documents import FOLDER as MARKED
from tests.measures.marked_documents import names as marked_names
from tests.measures.marked_documents import unmarked
from tests.measures.reading_score import Gold, Told, _score_rules, balanced, meets, plain, share, spans, total

FOLDER = Path(__file__).parent / "documents"
SHARED = Path(__file__).parents[3] / "shared" / "gold" / "cases" / "dev"
TARGET = Path(__file__).parents[2] / "studio" / "cobuilder" / "bearing_weights.py"
FOLDS = 5
SEEN_IN, SIGN_SEEN_IN, SEEN = 8, 4, 10
"""In how many documents a word, or another sign, must stand to have a weight, and how often in all."""
ROUNDS = 60
FAINT = 22
"""Below this weight, in hundredths, a sign is left out."""
SIGN_PENALTY, WORD_PENALTY = 3.0, 7.0
SHARED_WEIGHT, STEP_WEIGHT = 0.9, 0.7
LEAST = (0.5, 0.6)
DOUBTS = (0.3, 0.5)
GIVEN_UP = 0.01
"""How much F1 is given up for precision."""
SETS = (
    *("contract", "handbook", "knowledge", "marked", "not_sop", "policy", "procedure"),
    *("shared contractnli", "shared handbook", "shared tau2"),
)
Array = np.ndarray
Weights = dict[str, tuple[int, ...]]


class Judged(NamedTuple):
    """How the cross-validated documents are judged."""

    likely: float
    doubted: float
    knots: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))


@dataclass
class Case:
    """One labelled document: its pieces with their signs, and what the labels say of each."""

    name: str
    gold: Gold
    document: SourceDocument
    workflows: tuple[WorkflowFinding, ...]
    pieces: list[Piece]
    signs: list[list[str]]
    binds: list[float] = field(default_factory=list)
    kinds: list[set[str]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    declined: bool = False


Fitted = tuple[Weights, list[Case]]


def read_case(root: Path, name: str, weight: float) -> Case:
    """Return a labelled document, read once."""
    folder = root / name
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    document = read_markdown((folder / "sop.md").read_bytes().decode(), "sop.md")
    tools = read_tools((folder / "tools.json").read_bytes(), "tools.json")
    every = read_pieces(document)
    signs = weighed_signs(document, [piece.passage for piece in every])
    case = Case(name, gold, document, read_procedures(document, tools), every, signs)
    case.declined = declines(document)
    _label(case, weight)
    return case


def read_marked(name: str) -> Case:
    """Return a document in which every binding sentence is marked."""
    text, marks = unmarked((MARKED / f"{name}.md").read_text(encoding="utf-8"))
    document = read_markdown(text, "sop.md")
    every = read_pieces(document)
    signs = weighed_signs(document, [piece.passage for piece in every])
    labels: dict[int, dict[str, Any]] = {}
    for mark in marks:
        at = _marked_piece(text, every, mark.place)
        label = labels.setdefault(at, {**_quoted(text, every[at]), "also": []})
        label["also"] = [*label["also"], *mark.kinds]
        label["kind"] = label["also"][0] if label["also"] else "must"
        label["optional"], label["step"] = mark.optional, mark.step
    gold = {"rules": list(labels.values()), "rules_complete": True}
    case = Case(f"marked/{name}", gold, document, read_procedures(document, ()), every, signs)
    case.declined = declines(document)
    for at in range(len(every)):
        firm = [label for label in [labels.get(at)] if label and not label["optional"]]
        case.binds.append(float(bool(firm)))
        case.kinds.append({kind for label in firm for kind in label["also"]})
        case.weights.append(
            0.0 if at in labels and not firm else STEP_WEIGHT if firm and firm[0]["step"] else 1.0
        )
    return case


def _quoted(text: str, piece: Piece) -> dict[str, Any]:
    """Return what a mark quotes: its sentence, or of a table the whole row."""
    span = piece.passage.sentence
    own = text[span.start : span.end]
    if piece.passage.block.kind != "cell":
        return {"quote": own, "parts": [own]}
    line = text[text.rfind("\n", 0, span.start) + 1 :].partition("\n")[0].strip(" |")
    return {"quote": line, "parts": [own]}


def _marked_piece(text: str, every: Sequence[Piece], place: int) -> int:
    """Return which piece a mark stands behind: the last one that begins before it, on its line."""
    found = [at for at, piece in enumerate(every) if piece.passage.sentence.start < place]
    line = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    if text.startswith("|", line):  # a mark in a row is the row's, whichever of its cells stands for it
        found = [at for at, piece in enumerate(every) if line <= piece.passage.sentence.start < end]
    if not found or (text[line:place].strip() and every[found[-1]].passage.sentence.end <= line):
        raise ValueError(f"No sentence before the mark in: {text[line:place]}")
    return found[-1]


def _label(case: Case, weight: float) -> None:
    text, labels = plain(case.document.text), case.gold.get("rules", [])
    places = [
        [s for quote in (label["quote"], *label.get("parts", [])) for s in spans(quote, text)]
        for label in labels
    ]
    for piece in case.pieces:
        sentence = piece.passage.sentence
        own = spans(case.document.text[sentence.start : sentence.end], text)
        hits = [label for label, place in zip(labels, places, strict=True) if meets(place, own)]
        firm = [label for label in hits if not label.get("optional")]
        steps = firm and all(label.get("step") for label in firm)
        case.binds.append(float(bool(firm)))
        case.kinds.append({kind for label in firm for kind in (label["kind"], *label.get("also", []))})
        case.weights.append(0.0 if hits and not firm else weight * (STEP_WEIGHT if steps else 1.0))


def cases() -> tuple[list[Case], list[Case]]:
    """Return the own documents that may be learnt from, and the shared ones that have labelled rules.

    Where not every rule of a document is labelled, only the labelled ones are learnt from.
    """
    split = json.loads((FOLDER / "SPLIT.json").read_text(encoding="utf-8"))
    names = sorted(n for n, half in split.items() if half == "tuned" and n != "not_sop/source_code")
    own = [read_case(FOLDER, name, 1.0) for name in names if (FOLDER / name / "gold.json").exists()]
    own += [read_marked(name) for name in marked_names()]
    if not SHARED.is_dir():
        print("The shared sets are not beside this checkout: only the own documents are learnt from.")
        return own, []
    found = sorted(str(gold.parent.relative_to(SHARED)) for gold in SHARED.glob("*/*/gold.json"))
    shared = []
    for name in found:
        case = read_case(SHARED, name, SHARED_WEIGHT)
        if not any(case.binds):
            continue
        if not case.gold.get("rules_complete"):
            case.weights = [weight * bound for weight, bound in zip(case.weights, case.binds, strict=True)]
        case.name = f"shared {name}"
        shared.append(case)
    return own, shared


def vocabulary(learnt: Sequence[Case]) -> list[str]:
    """Return the signs that occur in enough documents, in order."""
    seen: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for case in learnt:
        for signs in case.signs:
            counts.update(signs)
            for sign in signs:
                seen[sign].add(case.name)
    return sorted(
        sign
        for sign, documents in seen.items()
        if len(documents) >= (SEEN_IN if _is_word(sign) else SIGN_SEEN_IN) and counts[sign] >= SEEN
    )


def _is_word(sign: str) -> bool:
    return sign.startswith(("says: ", "opens: "))


def _matrix(cases_: Iterable[Case], index: dict[str, int]) -> Array:
    rows = [signs for case in cases_ for signs in case.signs]
    found = np.zeros((len(rows), len(index) + 1))
    found[:, 0] = 1.0
    for at, signs in enumerate(rows):
        for sign in signs:
            if sign in index:
                found[at, index[sign]] = 1.0
    return found


def regression(x: Array, y: Array, weights: Array, penalty: Array) -> Array:
    """Return the coefficients of penalised logistic regressions, one column for each column of `y`.

    Descends with one fixed bound on the curvature, quickened by momentum: one factorisation serves all.
    """
    bound = np.linalg.inv((x * (weights / 4)[:, None]).T @ x + np.diag(penalty))
    beta = np.zeros((x.shape[1], y.shape[1]))
    ahead, pace = beta, 1.0
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(x @ ahead, -30, 30)))
        new = ahead - bound @ (x.T @ (weights[:, None] * (p - y)) + penalty[:, None] * ahead)
        pace_after = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead, beta, pace = new + (pace - 1) / pace_after * (new - beta), new, pace_after
    return beta


def fit(learnt: Sequence[Case]) -> Weights:
    """Return the weights of every sign: for binding, then for each kind."""
    names = vocabulary(learnt)
    index = {name: at for at, name in enumerate(names, 1)}
    x = _matrix(learnt, index)
    y = np.array([value for case in learnt for value in case.binds])
    weights = np.array([value for case in learnt for value in case.weights])
    penalty = np.array([1e-3] + [WORD_PENALTY if _is_word(name) else SIGN_PENALTY for name in names])
    binding = (y > 0) & (weights > 0)
    meant = [kinds for case in learnt for kinds in case.kinds]
    of_kinds = np.array([[RULE_KINDS[kind] in kinds for kind in KINDS] for kinds in meant], dtype=float)
    binds = regression(x, y[:, None], weights, penalty)
    kinds = regression(x[binding], of_kinds[binding], weights[binding], penalty)
    table = np.round(np.hstack([binds, kinds]) * SCALE).astype(int)
    found = {"": tuple(int(v) for v in table[0])}
    for name, at in index.items():
        if np.abs(table[at]).max() >= FAINT:
            found[name] = tuple(int(v) for v in table[at])
    return found


def told(case: Case, judge: Judge) -> Told:
    """Return what is right in the rules of a document as a judge reads it."""
    statements = () if case.declined else judged(case.document, case.pieces, case.signs, judge).statements
    analysis = Analysis(
        statements=mark_steps(case.document, statements, case.workflows), workflows=(), questions=()
    )
    result = Told(case.name)
    _score_rules(result, case.gold, plain(case.document.text), analysis)
    return result


def folds(own: Sequence[Case], shared: Sequence[Case]) -> list[tuple[list[Case], list[Case]]]:
    """Return what is learnt and what is judged in each fold."""
    found = []
    for fold in range(FOLDS):
        parted = [[case for at, case in enumerate(cases_) if at % FOLDS == fold] for cases_ in (own, shared)]
        judged_ = [case for part in parted for case in part]
        kept = {case.name for case in judged_}
        found.append(([case for case in (*own, *shared) if case.name not in kept], judged_))
    return found


def isotonic(pairs: Sequence[tuple[float, bool]], least: int = 25) -> tuple[tuple[float, float], ...]:
    """Return knots of a rising map from raw scores to shares of right ones (pool adjacent violators)."""
    pools: list[list[float]] = []
    ordered = sorted(pairs)
    for at in range(0, len(ordered), least):
        part = ordered[at : at + least]
        pools.append([sum(s for s, _ in part), float(sum(ok for _, ok in part)), float(len(part))])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    knots = [(round(s / n, 3), round((right + 0.5) / (n + 1.0), 3)) for s, right, n in pools]
    rising = [knots[0]]
    for knot in knots[1:]:
        if knot[0] > rising[-1][0]:
            rising.append((knot[0], max(knot[1], rising[-1][1])))
    return tuple(rising)


def figures(results: Sequence[Told]) -> dict[str, float | None]:
    """Return precision, recall and F1, the latter with kind too."""
    c = total(results)
    precision, recall = share(c, "rules_right", "rules"), share(c, "labels_found", "labels")
    kinds = share(c, "labels_kind", "labels")
    both = balanced(share(c, "kinds_right", "rules"), kinds)
    return {
        "P": precision,
        "R": recall,
        "F1": balanced(precision, recall),
        "with kind": both,
        "kind R": kinds,
    }


def _line(name: str, values: dict[str, float | None]) -> str:
    return f"  {name:<24}" + "  ".join(f"{k} {v:.3f}" for k, v in values.items() if v is not None)


def choose(fitted: Sequence[Fitted]) -> tuple[float, float]:
    """Return both thresholds: the greatest precision of which the F1 is hardly below the best one."""
    tried: list[tuple[float, float, float, float]] = []
    for doubted in DOUBTS:
        for likely in LEAST:
            values = figures(results(fitted, Judged(likely=likely, doubted=doubted)))
            print(_line(f"{likely} (doubted {doubted})", values))
            tried.append((values["F1"] or 0.0, values["P"] or 0.0, likely, doubted))
    best = max(tried)[0]
    chosen = max((each for each in tried if each[0] >= best - GIVEN_UP), key=lambda each: each[1:])
    return chosen[2], chosen[3]


def results(fitted: Sequence[Fitted], how: Judged, label: str = "") -> list[Told]:
    """Return what is right in every own document, judged by the fit that has not seen it."""
    return [
        told(case, Judge(weights, how.knots, how.likely, how.doubted))
        for weights, kept in fitted
        for case in kept
        if case.name.startswith(label) and (label or not case.name.startswith("shared"))
    ]


def main() -> int:
    """Cross-validate, print, and with --write fit on everything and write the module."""
    own, shared = cases()
    fitted = [(fit(learnt), kept) for learnt, kept in folds(own, shared)]
    likely, doubted = choose(fitted)
    chosen = Judged(likely=likely, doubted=doubted)
    for label in SETS:
        print(_line(f"{label}: patterns", figures(results(fitted, Judged(likely=2.0, doubted=0.0), label))))
        print(_line(f"{label}: chosen", figures(results(fitted, chosen, label))))
    pairs = [pair for result in results(fitted, chosen) for pair in result.sure]
    chosen = chosen._replace(knots=isotonic(pairs))
    if "--write" in sys.argv:
        write(fit([*own, *shared]), chosen, len(own), len(shared))
    if "--errors" in sys.argv:
        for result in results(fitted, chosen):
            for sure, what in sorted(result.errors, reverse=True):
                print(f"{result.name} {sure:.2f} {what}")
    return 0


def write(weights: Weights, chosen: Judged, own: int, shared: int) -> None:
    """Write the module of weights."""
    packed = [f"{name}={','.join(map(str, values))}" for name, values in sorted(weights.items())]
    rows, row = [], ""
    for entry in packed:
        if row and len(row) + len(entry) > 108:
            rows.append(row)
            row = ""
        row += f"{entry};"
    lines = [
        '"""What each sign weighs, in hundredths: for binding at all, then for each kind of `bearing.KINDS`.',
        "",
        f"- Written by `tests/measures/bearing_fit.py` from {own} own and {shared} shared documents; "
        "never by hand.",
        "- `KNOTS` lead from a raw score to the share of right findings when cross-validated by document.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        f"LIKELY = {chosen.likely}",
        '"""From which probability on a sentence binds that no pattern reads."""',
        f"DOUBTED = {chosen.doubted}",
        '"""Below which probability a sentence binds nobody, though a pattern reads it."""',
        "KNOTS: tuple[tuple[float, float], ...] = (",
        *(f"    ({raw}, {right})," for raw, right in chosen.knots),
        ")",
        'WEIGHTS = """\\',
        *[*rows, row],
        '"""',
        "",
    ]
    TARGET.write_text("\n".join(lines), encoding="utf-8")
    print(f"written: {len(weights)} signs in {len(lines)} lines")


if __name__ == "__main__":
    sys.exit(main())
