"""How complete the change is that follows one changed fact: recall on linked and textual places, precision.

- Each case of `impact_truth` is one new version of one document of a sample; the proposal made from it is
  held against the places that a person named beforehand. Texts, numbers, dates, names, lists, conditions.
- A place counts as changed when anything but its citations changes. New tests, the pin of the document
  and places that only cite the new sentence count neither way.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.domain.agent import Agent
from studio.domain.changeset import join_path, split_path
from studio.domain.frozen import Json, digest, to_json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.source import Authority, Source, SourceVersion, words_fingerprint
from studio.readers.markdown import read_markdown
from tests.measures.impact_truth import CASES, Case

PROJECTS = Path(__file__).parents[2] / "sample_projects"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class Figures:
    """Places found, missed and wrongly changed."""

    linked: list[int] = field(default_factory=lambda: [0, 0])
    textual: list[int] = field(default_factory=lambda: [0, 0])
    right: int = 0
    wrong: int = 0
    told: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        """Count another's figures in."""
        self.linked = [a + b for a, b in zip(self.linked, other.linked, strict=True)]
        self.textual = [a + b for a, b in zip(self.textual, other.textual, strict=True)]
        self.right += other.right
        self.wrong += other.wrong

    @property
    def line(self) -> str:
        """Return the figures in a line."""
        precision = self.right / max(1, self.right + self.wrong)
        parts = [
            f"{name} {found}/{whole} ({found / whole:.2f})" if whole else f"{name} –"
            for name, (found, whole) in (("linked", self.linked), ("textual", self.textual))
        ]
        return f"{', '.join(parts)}, precision {self.right}/{self.right + self.wrong} ({precision:.2f})"


def project(name: str) -> tuple[Agent, Json, dict[str, str]]:
    """Return a sample: its agent, its description and the text of each document by source id."""
    folder = PROJECTS / name
    agent = Agent.model_validate_json((folder / "agent.json").read_text(encoding="utf-8"))
    described = json.loads((folder / "project.json").read_text(encoding="utf-8"))
    texts = {each["id"]: (folder / each["file"]).read_text(encoding="utf-8") for each in described["sources"]}
    return agent, described, texts


def source_of(meta: Json, *texts: str) -> Source:
    """Return a source with one version for each text."""
    file = Path(meta["file"]).name
    versions = tuple(
        SourceVersion(
            number=number,
            file_name=file,
            digest=digest(text.encode()),
            size=len(text),
            added_at=NOW,
            document=read_markdown(text, file),
        )
        for number, text in enumerate(texts, 1)
    )
    since = date.fromisoformat(meta["effective_from"]) if meta.get("effective_from") else None
    return Source(
        id=meta["id"],
        name=meta["name"],
        authority=Authority(meta["authority"]),
        effective_from=since,
        versions=versions,
    )


def planted(agent: Agent, case: Case) -> Agent:
    """Return the agent with the case's places planted."""
    tree = to_json(agent)
    for path, value in case.plants:
        *way, last = split_path(path)
        node: Any = tree
        for part in way:
            node = node[part] if isinstance(node, dict) else next(x for x in node if _named(x) == part)
        if isinstance(node, list):
            at = next(i for i, each in enumerate(node) if _named(each) == last)
            node[at] = {**value, "citations": [_citation(case.source, value["citations"])]}
        else:
            node[last] = value
    return Agent.model_validate(tree)


def _named(item: Json) -> str:
    return str(item.get("id", item.get("name")))


def _citation(source_id: str, quote: str) -> Json:
    return {
        "source_id": source_id, "source_name": "Policy", "version": 1, "quote": quote,
        "anchor": {"line_start": 1, "line_end": 1}, "fingerprint": words_fingerprint(quote),
    }  # fmt: skip


def proposal_for(case: Case) -> tuple[Agent, Proposal]:
    """Return the agent and what is proposed when the case's fact changes."""
    agent, described, texts = project(case.project)
    agent = planted(agent, case)
    papers = []
    for meta in described["sources"]:
        before = texts[meta["id"]] + (f"\n{case.adds}\n" if case.adds and meta["id"] == case.source else "")
        after = before
        for old, new in case.swaps:
            after = after.replace(old, new)
        assert (after != before) or meta["id"] != case.source, case.name
        found = source_of(meta, before, after) if meta["id"] == case.source else source_of(meta, before)
        papers.append((found, analyze(found.current.document, agent.tools)))
    mine = next(paper for paper in papers if paper[0].id == case.source)
    others = [paper for paper in papers if paper is not mine]
    return agent, propose(agent, *mine, others=others, proposal_id="P-01", created_at=NOW)


def changed_places(agent: Agent, changes: tuple[ProposedChange, ...]) -> set[str]:
    """Return the items that change in more than what they cite, without new tests and pins."""
    known = {each.id for each in agent.scenarios}
    found = set()
    for each in changes:
        area, *rest = split_path(each.change.path)
        before, after = _bare(each.change.before), _bare(each.change.after)
        if area == "sources" or before == after or (area == "scenarios" and rest[0] not in known):
            continue
        found.add(join_path(area, *rest))
    return found


def _bare(value: Json) -> Json:
    return {k: v for k, v in value.items() if k != "citations"} if isinstance(value, dict) else value


def figures_of(case: Case) -> Figures:
    """Return the figures of one case."""
    agent, proposal = proposal_for(case)
    places = changed_places(agent, proposal.changes)
    linked, textual = set(case.linked.split()), set(case.textual.split())
    made = Figures(
        [len(linked & places), len(linked)],
        [len(textual & places), len(textual)],
        len(places & (linked | textual)),
        len(places - linked - textual),
    )
    made.told += [f"    missed {path}" for path in sorted((linked | textual) - places)]
    made.told += [f"    wrong  {path}" for path in sorted(places - linked - textual)]
    return made


def measure() -> None:
    """Print recall and precision by kind of fact, each case that is not right, and the whole."""
    whole, by_kind = Figures(), defaultdict[str, Figures](Figures)
    right = 0
    for case in CASES:
        figures = figures_of(case)
        whole.add(figures)
        by_kind[f"{case.kind}{', planted' if case.plants else ''}"].add(figures)
        right += not figures.told
        if figures.told:
            print(f"  {case.project} {case.source} {case.name}: {figures.line}")
            print("\n".join(figures.told))
    print(f"Complete updates: {right} of {len(CASES)} changes complete and exact")
    for kind, figures in sorted(by_kind.items()):
        print(f"  {kind:<18} {figures.line}")
    print(f"  {'all':<18} {whole.line}")


if __name__ == "__main__":
    measure()
