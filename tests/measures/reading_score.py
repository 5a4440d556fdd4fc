"""What is right in a reading: rules, procedures and questions held against gold labels by their quotes.

- A quote meets a label where most of one lies in the other; words decide, layout and markup do not.
- Counts are kept by document, so that an interval can be drawn by drawing documents again.
- Precision of rules is only told of documents in which every rule is labelled (`rules_complete`).
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.cobuilder.analysis import RULE_KINDS, analyze, distinct_rules
from studio.domain.finding import Analysis
from studio.readers.markdown import read_markdown
from studio.services.agent_file import read_tools

Span = tuple[int, int]
Gold = dict[str, Any]
_MARKUP = re.compile(r"[*_`#>|]+|(?m:^\s*(?:[-+•]|\d+[.)])\s+)")
_QUOTES = str.maketrans("’‘“”–—", "''\"\"--")


def plain(text: str) -> str:
    """Return a text without markup, in one case and one kind of space."""
    return " ".join(_MARKUP.sub(" ", text.translate(_QUOTES)).lower().split())


def spans(quote: str, document: str) -> list[Span]:
    """Return every place of a quote in a document; both are plain."""
    quote = plain(quote)
    if len(quote) < 3:
        return []
    return [(m.start(), m.start() + len(quote)) for m in re.finditer(re.escape(quote), document)]


def meets(gold: Sequence[Span], found: Sequence[Span]) -> bool:
    """Say whether a find lies on a label: most of one in the other."""
    for start, end in gold:
        for first, last in found:
            common = min(end, last) - max(start, first)
            of_gold, of_found = common / (end - start), common / (last - first)
            if (of_gold >= 0.6 and of_found >= 0.35) or (of_found >= 0.9 and of_gold >= 0.4):
                return True
    return False


@dataclass
class Told:
    """The counts of one document, the sureness of each rule with whether it was right, and the errors."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    sure: list[tuple[float, bool]] = field(default_factory=list)
    errors: list[tuple[float, str]] = field(default_factory=list)


def share(counts: Counter[str], part: str, whole: str) -> float | None:
    """Return part of whole, or None where there is nothing."""
    return counts[part] / counts[whole] if counts[whole] else None


def balanced(precision: float | None, recall: float | None) -> float | None:
    """Return the harmonic mean of both, or None where one is unknown."""
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def total(documents: Sequence[Told]) -> Counter[str]:
    """Return the counts of all documents together."""
    return sum((told.counts for told in documents), Counter())


def interval(
    documents: Sequence[Told], figure: Callable[[Counter[str]], float | None], draws: int = 400
) -> tuple[float, float] | None:
    """Return where 95 % of the figure lie when documents are drawn again, with a fixed seed."""
    chance, figures = random.Random(7), []
    for _ in range(draws):
        value = figure(total([chance.choice(documents) for _ in documents]))
        if value is not None:
            figures.append(value)
    if not figures:
        return None
    figures.sort()
    return figures[int(0.025 * len(figures))], figures[min(len(figures) - 1, int(0.975 * len(figures)))]


def read_case(folder: Path) -> tuple[Gold, str, Analysis]:
    """Return the labels, the text and the reading of a case."""
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    data, systems = (folder / "sop.md").read_bytes(), (folder / "tools.json").read_bytes()
    document = read_markdown(data.decode(), "sop.md")
    return gold, data.decode(), analyze(document, read_tools(systems, "tools.json"))


def score(name: str, gold: Gold, text: str, found: Analysis) -> Told:
    """Return what is right in a reading."""
    told, document = Told(name), plain(text)
    _score_rules(told, gold, document, found)
    _score_procedures(told, gold, found)
    for question in gold.get("questions", []):
        told.counts["questions"] += 1
        place = spans(question["quote"], document)
        hit = any(meets(place, spans(asked.quote, document)) for asked in found.questions)
        told.counts["questions_found"] += hit
        if not hit:
            told.errors.append((0.3, f"missed question: {question['quote'][:110]}"))
    told.counts["asked"] += len(found.questions)
    quotes = [statement.quote for statement in found.statements]
    quotes += [question.quote for question in found.questions]
    quotes += [step.quote for workflow in found.workflows for step in workflow.steps if step.kind != "end"]
    told.counts["quotes"] += len(quotes)
    told.counts["verbatim"] += sum(quote in text for quote in quotes)
    told.counts["documents"] += 1
    return told


def _score_rules(told: Told, gold: Gold, document: str, found: Analysis) -> None:
    labels, counts = gold.get("rules", []), told.counts
    places = [
        [s for q in (label["quote"], *label.get("parts", [])) for s in spans(q, document)] for label in labels
    ]
    accepted = [{label["kind"], *label.get("also", [])} for label in labels]
    kinds: list[set[str]] = [set() for _ in labels]
    for rule in distinct_rules(found.statements):
        place, kind = spans(rule.quote, document), RULE_KINDS[rule.kind]
        hits = [i for i, label in enumerate(places) if meets(label, place)]
        for i in hits:
            kinds[i].add(kind)
        asked = [i for i in hits if not labels[i].get("optional")]
        if gold.get("rules_complete", True) and (asked or not hits):
            right = any(kind in accepted[i] for i in asked)
            counts["rules"] += 1
            counts["rules_right"] += bool(asked)
            counts["kinds_right"] += right
            told.sure.append((rule.confidence, right))
            if not right:
                what = f"taken for {kind}" if asked else f"no rule, taken for {kind}"
                words = " ".join((rule.quote).split())
                told.errors.append((rule.confidence, f"{what}: {words[:110]}"))
    for label, met, allowed in zip(labels, kinds, accepted, strict=True):
        if label.get("optional") or label.get("step"):
            continue
        counts["labels"] += 1
        counts["labels_found"] += bool(met)
        counts["labels_kind"] += bool(met & allowed)
        if not met:
            told.errors.append((0.5, f"missed {label['kind']}: {' '.join(label['quote'].split())[:110]}"))


def _tools_of(steps: Sequence[Any]) -> list[str]:
    order: list[str] = []
    for step in steps:
        if step.tool and (not order or order[-1] != step.tool):
            order.append(step.tool)
    return order


def _common(found: list[str], wanted: list[set[str]]) -> int:
    """Return the length of the longest run of wanted tools, in order, that was found."""
    table = [[0] * (len(wanted) + 1) for _ in range(len(found) + 1)]
    for i, tool in enumerate(found):
        for j, names in enumerate(wanted):
            best = max(table[i][j + 1], table[i + 1][j])
            table[i + 1][j + 1] = table[i][j] + 1 if tool in names else best
    return table[-1][-1]


def _score_procedures(told: Told, gold: Gold, found: Analysis) -> None:
    counts, left = told.counts, [(w, _tools_of(w.steps)) for w in found.workflows]
    for label in gold.get("workflows", []):
        needed = [step for step in label["sequence"] if not step.get("optional")] or label["sequence"]
        wanted = [{step["tool"], *(step.get("alts") or [])} for step in needed]
        every = [{step["tool"], *(step.get("alts") or [])} for step in label["sequence"]]
        ranked = sorted(left, key=lambda pair: -_common(pair[1], wanted) + 0.1 * len(pair[1]))
        best = ranked[0] if ranked and (_common(ranked[0][1], wanted) or len(left) == 1) else None
        if not label.get("optional"):
            counts["procedures"] += 1
            counts["procedures_found"] += best is not None
            counts["order_wanted"] += len(wanted)
        if best is None:
            told.errors.append((0.6, f"missed procedure: {label['name'][:110]}"))
            continue
        left.remove(best)
        if label.get("optional"):
            continue
        counts["order_found"] += len(best[1])
        counts["order_wanted_right"] += _common(best[1], wanted)
        counts["order_found_right"] += _common(best[1], every)
        asked = {plain(name.replace("_", " ")) for step in best[0].steps for name in step.inputs}
        slots = [
            {plain(name.replace("_", " ")) for name in slot["any_of"]} for slot in label.get("slots") or []
        ]
        counts["slots"] += len(slots)
        counts["slots_found"] += sum(bool(names & asked) for names in slots)
        if slots:
            counts["inputs"] += len(asked)
            counts["inputs_right"] += sum(any(name in names for names in slots) for name in asked)
    counts["order_found"] += sum(len(tools) for _, tools in left)
