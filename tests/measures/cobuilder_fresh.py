"""Agents that are no samples: live ones given to `cobuilder new`, with what their documents proposed.

- Each is built through the command line: the live agent, its documents, every proposal accepted. Then each
  value of each document becomes another in a new version, and what follows is held against `fresh_truth`.
- *Linked* is a place that cites a sentence which is gone and states the old value, *textual* one that a
  person named; both count once. The planted faults are those of `cobuilder_tests`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from functools import lru_cache
from pathlib import Path

from studio.cli.places import workbench
from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.frozen import Json, to_json
from studio.domain.proposal import Proposal
from studio.domain.scenario import Scenario
from studio.domain.source import Source
from studio.services.queries.agents import ShowAgent
from studio.simulation.mutants import mutants
from tests.measures.cobuilder_impact import NOW, Figures, changed_places, source_of
from tests.measures.cobuilder_mutation import items_of, leaves_of
from tests.measures.cobuilder_tests import broken, fails
from tests.measures.fresh_truth import FRESH, TRUTHS, Truth

FOLDER = Path(__file__).parent / "fresh"


@lru_cache(maxsize=8)
def built(name: str) -> Agent:
    """Return the draft of a fresh agent after all proposals of its documents were accepted."""
    with tempfile.TemporaryDirectory() as folder:
        _cobuilder("new", "desk", "--agent", str(FOLDER / name / "start.json"), at=folder)
        desk = f"{folder}/desk"
        for number, document in enumerate(documents(name), 1):
            _cobuilder("source", "add", str(document), at=desk)
            _cobuilder("propose", f"S-{number:02}", at=desk)
            # A proposal of questions alone has nothing to accept.
            _cobuilder("review", "accept", f"P-{number:02}", "--all", at=desk, may_fail=True)
        with workbench(Path(desk)) as bench:
            return bench.ask(ShowAgent()).draft


def documents(name: str) -> list[Path]:
    """Return the documents of a fresh agent, in the order in which they are added."""
    return sorted((FOLDER / name).glob("*.md"))


def _cobuilder(*words: str, at: str, may_fail: bool = False) -> None:
    program = Path(sys.executable).with_name("cobuilder")
    done = subprocess.run([program, *words], cwd=at, capture_output=True, text=True, check=False)
    if done.returncode and not may_fail:
        raise RuntimeError(f"cobuilder {' '.join(words)}: {done.stdout}{done.stderr}")


def proposal_for(truth: Truth, agent: Agent) -> tuple[Proposal, str]:
    """Return what is proposed when a value changes, and the new text of the document."""
    papers, after = [], ""
    for number, document in enumerate(documents(truth.agent), 1):
        text = document.read_text(encoding="utf-8")
        texts = [text]
        if document.name == truth.file:
            after = text.replace(truth.old, truth.new)
            assert after != text, truth.name
            texts.append(after)
        name = next(block.text for block in source_of(_meta(number, document), text).current.document.blocks)
        found: Source = source_of(_meta(number, document, name), *texts)
        papers.append((found, analyze(found.current.document, agent.tools)))
    mine = next(paper for paper in papers if len(paper[0].versions) > 1)
    others = [paper for paper in papers if paper is not mine]
    return propose(agent, *mine, others=others, proposal_id="P-09", created_at=NOW), after


def _meta(number: int, document: Path, name: str = "") -> dict[str, str]:
    authority = "policy" if "policy" in document.name or document.name == "rules.md" else "sop"
    return {"id": f"S-{number:02}", "file": document.name, "name": name, "authority": authority}


def figures_of(truth: Truth, agent: Agent) -> Figures:
    """Return the figures of one change."""
    proposal, after = proposal_for(truth, agent)
    places = changed_places(agent, proposal.changes)
    source = next(s for s, d in enumerate(documents(truth.agent), 1) if d.name == truth.file)
    linked = _linked(agent, truth, f"S-{source:02}", after)
    textual = set(truth.textual.split()) - linked
    wrong = places - linked - textual - set(truth.either.split()) - _made_since(agent, truth)
    made = Figures(
        [len(linked & places), len(linked)],
        [len(textual & places), len(textual)],
        len(places & (linked | textual)),
        len(wrong),
    )
    made.told += [f"    missed {path}" for path in sorted((linked | textual) - places)]
    made.told += [f"    wrong  {path}" for path in sorted(wrong)]
    return made


def _made_since(agent: Agent, truth: Truth) -> set[str]:
    """Return the places that came with the documents and state the value: nobody could name them before."""
    start = Agent.model_validate_json((FOLDER / truth.agent / "start.json").read_bytes())
    known = {path for path, _ in _places(start)}
    return {path for path, item in _places(agent) if path not in known and _states(item, truth)}


def _places(agent: Agent) -> list[tuple[str, Json]]:
    tree = to_json(agent)
    return [*items_of(tree), *((join_path("scenarios", test["id"]), test) for test in tree["scenarios"])]


def _linked(agent: Agent, truth: Truth, source_id: str, after: str) -> set[str]:
    """Return the places that cite a sentence which is gone, and state the old value."""
    words = " ".join(after.split())
    found = set()
    for path, item in items_of(to_json(agent)):
        quotes = [
            " ".join(c["quote"].split()) for c in item.get("citations", ()) if c["source_id"] == source_id
        ]
        if any(truth.old in quote and quote not in words for quote in quotes) and _states(item, truth):
            found.add(path)
    return found


def _states(item: Json, truth: Truth) -> bool:
    number = truth.number
    for leaf in leaves_of(item):
        if isinstance(leaf, str) and (truth.old in leaf or _has(leaf, f"{number:g}")):
            return True
        if not isinstance(leaf, str) and abs(float(leaf) - number) < 1e-9:
            return True
    return False


def _has(text: str, digits: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(digits)}(?![\w]|\.\d)", text) is not None


def noticed(agent: Agent, drafted: list[Scenario]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return planted faults by kind: all, noticed by tests with the drafted ones, and by the checks."""
    planted, found, checked = Counter[str](), Counter[str](), Counter[str]()
    sound = broken(agent)
    for each in mutants(agent):
        mutant, kind = each.plant(agent), each.kind
        planted[kind] += 1
        known = bool(fails(mutant, list(agent.scenarios)) or fails(mutant, drafted))
        found[kind] += known
        checked[kind] += not known and bool(broken(mutant) - sound)
    return planted, found, checked


def measure() -> None:
    """Print recall and precision over the fresh agents' values, and what their drafted tests notice."""
    whole = Figures()
    right = 0
    for truth in TRUTHS:
        figures = figures_of(truth, built(truth.agent))
        whole.add(figures)
        right += not figures.told
        if figures.told:
            print(f"  {truth.name}: {figures.line}")
            print("\n".join(figures.told))
    print(f"Fresh agents: {right} of {len(TRUTHS)} changed values complete and exact; {whole.line}")
    _measure_tests()


def _measure_tests() -> None:
    from studio.cobuilder.scenarios.plans import plan_tests

    total, found, checks = Counter[str](), Counter[str](), Counter[str]()
    for name in FRESH:
        agent = built(name)
        drafted = [draft.scenario for draft in plan_tests(agent).drafts]
        planted, seen, checked = noticed(agent, drafted)
        total, found, checks = total + planted, found + seen, checks + checked
        print(
            f"  {name}: {len(drafted)} tests drafted beside {len(agent.scenarios)}, planted faults noticed "
            f"{seen.total()} of {planted.total()}, with the checks {(seen + checked).total()}; "
            f"{len(fails(agent, drafted, customers=5))} fail on the sound agent"
        )
    missed = {kind: total[kind] - found[kind] for kind in total if total[kind] > found[kind]}
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(missed.items())) or "none"
    print(
        f"Planted faults of fresh agents: noticed {found.total()} of {total.total()}, with the checks "
        f"{(found + checks).total()}; unnoticed by tests: {told}"
    )


if __name__ == "__main__":
    measure()
