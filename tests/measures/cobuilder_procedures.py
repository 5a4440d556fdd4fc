"""How well small procedures in varied forms are read, and how often a step's tool is right, wrong or missing.

- Sixteen forms (tables, passive, third person, nouns, nested lists, mail …), each twice: `first.md` was read
  while improving, `aside.md` was written at the same time and only gives a figure, as long as nobody asks for
  `--aside-errors`.
- Of the labelled documents it tells by the quotes of their steps: the tool is right, wrong, missing, or
  invented where a label says that no tool is meant.
- Usage: python -m tests.measures.cobuilder_procedures [--errors] [--aside-errors]
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from studio.cobuilder.analysis import analyze
from studio.domain.finding import Analysis
from studio.readers.markdown import read_markdown
from studio.services.agent_file import read_tools
from tests.measures.reading_score import Told, balanced, meets, plain, read_case, score, share, spans, total

FOLDER = Path(__file__).parent
_TOOL = re.compile(r"(?P<name>\w+)\((?P<arguments>[^)]*)\): (?P<told>[^|]*)")


class Small(NamedTuple):
    """One small procedure: its text, its tools, the order expected, what is collected, what needs no tool."""

    name: str
    form: str
    text: str
    tools: list[dict[str, Any]]
    gold: dict[str, Any]
    no_tool: str


def small_procedures(path: Path) -> Iterator[Small]:
    """Yield the procedures of a file."""
    for part in path.read_text(encoding="utf-8").split("%% ")[1:]:
        head, tools, order, slots, none, text = part.split("\n", 5)
        name, form = head.split(" · ", 1)
        steps = [{"tool": tool} for tool in order.removeprefix("order: ").split()]
        wanted = [{"any_of": each.strip().split("|")} for each in slots.removeprefix("slots: ").split(";")]
        gold = {"workflows": [{"name": name, "sequence": steps, "slots": wanted}], "rules_complete": False}
        yield Small(name, form, text, [_tool(m) for m in _TOOL.finditer(tools)], gold, none.split(": ", 1)[1])


def _tool(match: re.Match[str]) -> dict[str, Any]:
    names = [name.strip() for name in match["arguments"].split(",")]
    return {
        "name": match["name"],
        "description": match["told"].strip(),
        "parameters": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in names},
            "required": names,
        },
    }


def read_small(small: Small) -> Analysis:
    """Return the reading of a small procedure."""
    tools = read_tools(json.dumps(small.tools).encode(), "tools.json")
    return analyze(read_markdown(small.text, "sop.md"), tools)


def told_of(path: Path, *, errors: bool) -> list[Told]:
    """Return the counts of every procedure in a file; print what is wrong where asked."""
    every = []
    for small in small_procedures(path):
        found = read_small(small)
        told = score(small.name, small.gold, small.text, found)
        steps = [step for workflow in found.workflows for step in workflow.steps]
        told.counts["courtesy"] += small.no_tool != "none"
        told.counts["courtesy_with_tool"] += any(s.tool and small.no_tool in s.quote for s in steps)
        every.append(told)
        if errors:
            _print_errors(small, found, told)
    return every


def _print_errors(small: Small, found: Analysis, told: Told) -> None:
    wanted = [step["tool"] for step in small.gold["workflows"][0]["sequence"]]
    print(f"\n## {small.name} ({small.form}) wanted {' '.join(wanted)}")
    for workflow in found.workflows:
        print(f"  {workflow.name}")
        for step in workflow.steps:
            quote = " ".join(step.quote.split())[:80]
            print(f"    {step.kind:<8} {step.tool or '-':<22} {step.confidence:.2f} {step.inputs} | {quote}")
    asked = {plain(n.replace("_", " ")) for w in found.workflows for s in w.steps for n in s.inputs}
    slots = [slot["any_of"] for slot in small.gold["workflows"][0]["slots"]]
    print("  slots missed:", [names[0] for names in slots if not set(names) & asked])
    print(f"  order {figures([told])}")


def figures(documents: list[Told]) -> str:
    """Return order and slots of some documents in one line."""
    counts = total(documents)
    precision = share(counts, "order_found_right", "order_found")
    recall = share(counts, "order_wanted_right", "order_wanted")
    parts = {
        "order F1": balanced(precision, recall),
        "P": precision,
        "R": recall,
        "slots R": share(counts, "slots_found", "slots"),
        "slots P": share(counts, "inputs_right", "inputs"),
    }
    return ", ".join(
        f"{name} {'-' if value is None else format(value, '.2f')}" for name, value in parts.items()
    )


def choices(folder: Path) -> Counter[str]:
    """Return how often the tool of a labelled step is right, wrong or missing, and how many are invented."""
    gold, text, found = read_case(folder)
    document, counts = plain(text), Counter[str]()
    steps = [(spans(s.quote, document), s.tool) for w in found.workflows for s in w.steps]
    labels = [
        (
            spans(step["quote"], document),
            {step["tool"], *(step.get("alts") or [])} if step.get("tool") else set(),
        )
        for workflow in gold.get("workflows", [])
        for step in workflow.get("steps") or []
    ]
    for place, meant in labels:
        if meant:
            chosen = {tool for own, tool in steps if tool and _touch(place, own)}
            counts["right" if chosen & meant else "wrong" if chosen else "missing"] += 1
    for own, tool in steps:
        if tool:
            near = [meant for place, meant in labels if meets(place, own) or _touch(place, own)]
            counts["chosen"] += 1
            counts["fits"] += any(tool in meant for meant in near)
            counts["invented"] += not any(near)
    return counts


def _touch(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> bool:
    return any(min(a[1], b[1]) - max(a[0], b[0]) > 0 for a in one for b in other)


def print_choices() -> None:
    """Print how tools are chosen in the labelled documents, by half and set."""
    split = json.loads((FOLDER / "documents" / "SPLIT.json").read_text(encoding="utf-8"))
    print("\nTools of labelled steps  right wrong missing | chosen, fit a label, on a step without one")
    for half in ("tuned", "held_out"):
        for kind in ("procedure", "policy"):
            names = [name for name, own in split.items() if own == half and name.startswith(kind)]
            counts = sum((choices(FOLDER / "documents" / name) for name in names), Counter[str]())
            numbers = " ".join(f"{counts[key]:>5}" for key in ("right", "wrong", "missing"))
            chosen = f"{counts['chosen']:>4} {counts['fits']:>4} {counts['invented']:>4}"
            part = share(counts, "fits", "chosen") or 0.0
            print(f"  {half:<9} {kind:<10} {numbers} | {chosen}  precision {part:.2f}")


def main() -> int:
    """Print the figures."""
    for name, asked in (("first", "--errors"), ("aside", "--aside-errors")):
        every = told_of(FOLDER / "small_procedures" / f"{name}.md", errors=asked in sys.argv)
        counts = total(every)
        print(f"\nSmall procedures, {name} ({len(every)}): {figures(every)}")
        print(f"  courtesies with a tool: {counts['courtesy_with_tool']} of {counts['courtesy']}")
    if "--small" not in sys.argv:
        print_choices()
    return 0


if __name__ == "__main__":
    sys.exit(main())
