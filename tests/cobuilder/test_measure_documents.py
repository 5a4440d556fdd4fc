"""The labelled documents that measure how well the engine reads are whole and consistent.

* They live in `tests/measures/documents/SET/CASE` and are our own writing, labels included.
* `SPLIT.json` says which case may be read while improving the engine and which is kept aside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DOCUMENTS = Path(__file__).parents[1] / "measures" / "documents"
CASES = sorted(path.parent for path in DOCUMENTS.glob("*/*/sop.md"))
LONGEST_QUOTE = 400
# Written after the split was drawn, for tuning; no held-out half exists.
ONLY_TUNED = {"knowledge"}


def _quotes(gold: dict[str, Any]) -> Iterator[str]:
    """Everything that the labels claim to stand in the document."""
    for rule in gold["rules"]:
        yield rule["quote"]
        yield from rule["parts"]
    for question in gold["questions"]:
        yield question["quote"]
        yield from question.get("also_quotes", ())
    for workflow in gold["workflows"]:
        yield from (step["quote"] for step in workflow["steps"])
    yield from (activity["quote"] for activity in gold["activities"])
    yield from gold["conditions"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_labels_quote_their_document_and_name_its_tools(case: Path) -> None:
    """Each label is found word for word in its document, and each tool it names is offered."""
    document = (case / "sop.md").read_text(encoding="utf-8")
    gold = json.loads((case / "gold.json").read_text(encoding="utf-8"))
    tools = {tool["name"] for tool in json.loads((case / "tools.json").read_text(encoding="utf-8"))}
    quotes = list(_quotes(gold))
    assert [quote for quote in quotes if quote not in document or len(quote) > LONGEST_QUOTE] == []
    named = {step["tool"] for workflow in gold["workflows"] for step in workflow["sequence"]}
    assert named <= tools
    assert bool(quotes) is (case.parent.name != "not_sop")


def test_every_case_is_on_one_side_of_the_split() -> None:
    """No document is left out of the split, and neither half misses a set but those written for tuning."""
    split: dict[str, str] = json.loads((DOCUMENTS / "SPLIT.json").read_text(encoding="utf-8"))
    assert sorted(split) == sorted(f"{case.parent.name}/{case.name}" for case in CASES)
    sets = {case.parent.name for case in CASES}
    halves = {
        half: {name.split("/")[0] for name, side in split.items() if side == half}
        for half in ("tuned", "held_out")
    }
    assert halves == {"tuned": sets, "held_out": sets - ONLY_TUNED}
