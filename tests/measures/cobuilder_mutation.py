"""Every value of every sample's documents becomes another, one by one: what follows, against an oracle.

- The oracle knows nothing of CoBuilder's own reading: a place is *linked* when it cites a sentence that is
  no longer in the document (the fingerprint chain) and states the old value, in digits or words, in its
  texts or numbers. *Textual* places and decoys are planted by fixed sentences: the rule's own sentence
  said again in six kinds of place, and the same value in three other matters.
- Where a weightier document in force still says the old value, nothing may change.
- The gate: of every complete change each single place is left out once; the gate must name that place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from studio.cobuilder.analysis import analyze
from studio.cobuilder.changes.agreement import disagreements
from studio.cobuilder.proposals import propose
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, join_path
from studio.domain.errors import StudioError
from studio.domain.finding import Analysis
from studio.domain.frozen import Json, to_json
from studio.domain.proposal import Proposal
from studio.domain.source import Source
from tests.measures.cobuilder_impact import (
    NOW,
    PROJECTS,
    Figures,
    changed_places,
    project,
    proposal_for,
    source_of,
)
from tests.measures.impact_truth import CASES

SAMPLES = ("returns_assistant", "appointment_desk", "governed_desk")
_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_TENS = {15: "fifteen", 20: "twenty", 24: "twenty-four", 30: "thirty", 48: "forty-eight"}
_VALUE = re.compile(
    r"(?P<money>£\d+(?:\.\d\d)?)|(?P<number>\b\d+(?:\.\d+)?|\b(?:" + "|".join(_WORDS[1:]) + r")\b) "
    r"(?P<unit>working days?|days?|hours?|minutes?|weeks?|times|attempts|failed attempts|digits)\b"
)
_DATES = re.compile(r"\b\d{1,2} (?:January|March|May|June|September|November)(?: \d{4})?\b")
DECOYS = {
    "money": ("A gift box costs {}.", "The yearly catalogue is {} by post.", "Coffee in the hall costs {}."),
    "time": ("The gallery shows photographs for {}.", "The lift is repaired within {}.",
             "Our radio advert runs for {}."),
}  # fmt: skip
PLANTED = ("say", "prompt", "intent", "capabilities", "goal", "example")


@dataclass(frozen=True)
class Mutation:
    """One value of one document, and what it becomes."""

    project: str
    source: str
    old: str
    new: str
    kind: str

    @property
    def name(self) -> str:
        """Return the change in a line."""
        return f"{self.project} {self.source} {self.old} → {self.new}"


def papers_of(name: str) -> tuple[Agent, list[tuple[Json, str]]]:
    """Return a sample's agent and its described documents in force that can be read as text."""
    if name != "governed_desk":
        agent, described, texts = project(name)
        return agent, [(meta, texts[meta["id"]]) for meta in described["sources"]]
    agent, _, _ = project("appointment_desk")
    described = json.loads((PROJECTS / name / "project.json").read_text(encoding="utf-8"))
    found = []
    for meta in described["sources"]:
        path = PROJECTS / name / meta["file"]
        in_force = meta.get("effective_from", "") <= NOW.date().isoformat()
        if path.suffix == ".md" and in_force and meta.get("effective_until", "9") > NOW.date().isoformat():
            found.append((meta, path.read_text(encoding="utf-8")))
    return agent, found


def mutations() -> Iterator[Mutation]:
    """Yield every value and day of every document once, with another in its place."""
    for name in SAMPLES:
        for meta, text in papers_of(name)[1]:
            plain = " ".join(text.split())
            seen = set()
            for match in _VALUE.finditer(plain):
                if match[0] not in seen:
                    seen.add(match[0])
                    yield Mutation(
                        name, meta["id"], match[0], _other(match), "money" if match["money"] else "time"
                    )
            for match in _DATES.finditer(plain):
                if match[0] not in seen:
                    seen.add(match[0])
                    yield Mutation(name, meta["id"], match[0], re.sub(r"^\d+", _next_day, match[0]), "day")


def _next_day(match: re.Match[str]) -> str:
    return str(int(match[0]) % 27 + 1)


def _other(match: re.Match[str]) -> str:
    if match["money"]:
        amount = float(match["money"][1:]) + 3
        return f"£{amount:g}" if amount.is_integer() else f"£{amount:.2f}"
    said = match["number"]
    if said in _WORDS:
        return f"{_WORDS[_WORDS.index(said) + 3]} {match['unit']}"
    return f"{int(said) + 9} {match['unit']}"


# The oracle


def stated(item: Json, old: str) -> bool:
    """Return whether an item states a value, in its texts or its numbers; what it cites does not count."""
    number = re.sub(r"[^\d.]", "", old) if re.search(r"\d", old) else str(_WORDS.index(old.split()[0]))
    forms = {number, _spelled(number)} - {""}
    return any(_says(leaf, forms, float(number)) for leaf in leaves_of(item))


def _spelled(number: str) -> str:
    if not number.isdigit():
        return ""
    return _WORDS[int(number)] if int(number) < len(_WORDS) else _TENS.get(int(number), "")


def leaves_of(node: Json) -> Iterator[Any]:
    """Yield the texts and numbers of an item, without what it cites and what it is called by."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name not in ("citations", "id", "retries", "next", "systems"):
                yield from leaves_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves_of(value)
    elif node is not None and not isinstance(node, bool):
        yield node


def _says(leaf: Any, forms: set[str], number: float) -> bool:
    if isinstance(leaf, str):
        return any(re.search(rf"(?<![\w.-]){re.escape(form)}(?![\w]|\.\d)", leaf) for form in forms)
    return abs(float(leaf) - number) < 1e-9


def items_of(tree: Json) -> Iterator[tuple[str, Json]]:
    """Yield the rules, steps, questions and rows of an agent, each with its path."""
    for rule in tree["charter"]["rules"]:
        yield join_path("charter", "rules", rule["id"]), rule
    for flow in tree["workflows"]:
        for part in ("steps", "slots"):
            for item in flow[part]:
                yield join_path("workflows", flow["id"], part, item["id"]), item
    for table in tree["tables"]:
        for row in table["rows"]:
            yield join_path("tables", table["id"], "rows", row["id"]), row


def linked_places(agent: Agent, mutation: Mutation, after: str) -> set[str]:
    """Return the places that cite a sentence which is gone, and state the old value."""
    words = " ".join(after.split())
    found = set()
    for path, item in items_of(to_json(agent)):
        quotes = [c["quote"] for c in item.get("citations", ()) if c["source_id"] == mutation.source]
        gone = [q for q in quotes if " ".join(q.split()) not in words]
        if any(mutation.old in " ".join(q.split()) for q in gone) and stated(item, mutation.old):
            found.add(path)
    said = {path.rpartition("/")[2] for path in found if path.startswith("charter/rules/")}
    for path, item in items_of(to_json(agent)):  # what is said for a linked rule is linked
        if item.get("kind") == "disclose" and item.get("rule") in said and stated(item, mutation.old):
            found.add(path)
    return found


def natural_places(agent: Agent, mutation: Mutation) -> set[str]:
    """Return the places that say the old value in the document's own words, and cite nothing that says it."""
    words = mutation.old.split()
    found = set()
    for path, item in items_of(to_json(agent)):
        quotes = [" ".join(c["quote"].split()) for c in item.get("citations", ())]
        texts = " ".join(str(leaf) for leaf in leaves_of(item))
        form = len(words) == 2 and words[1] == "digits" and f"d{{{_WORDS.index(words[0])}}}" in texts
        if (mutation.old in texts or form) and not any(mutation.old in quote for quote in quotes):
            found.add(path)
    return found


# Plants


def _plants(
    agent: Agent, mutation: Mutation, linked: set[str], number: int
) -> tuple[Agent, set[str], set[str]]:
    """Return the agent with the matter said again in one place, and a decoy in another; both paths."""
    tree = to_json(agent)
    rules = [r for r in tree["charter"]["rules"] if join_path("charter", "rules", r["id"]) in linked]
    rules = [r for r in rules if mutation.old in r["text"]]
    if not rules:
        return agent, set(), set()
    text, flow = rules[0]["text"], tree["workflows"][number % len(tree["workflows"])]
    said = text if number % 2 else text.replace(mutation.old, _in_words(mutation.old))
    place = _put(tree, flow, PLANTED[number % len(PLANTED)], f"Please note: {said}")
    decoys = DECOYS.get(mutation.kind, ())
    other = tree["workflows"][(number + 1) % len(tree["workflows"])]
    decoy = (
        _put(tree, other, PLANTED[(number + 2) % 4], decoys[number % 3].format(mutation.old))
        if decoys
        else ""
    )
    try:
        return Agent.model_validate(tree), {place} - {""}, {decoy} - {""}
    except ValueError:
        return agent, set(), set()


def _in_words(old: str) -> str:
    digits = re.search(r"\d+", old)
    if old.startswith("£") and "." not in old:
        return f"{old[1:]} pounds"
    spelled = _spelled(digits[0]) if digits and not old.startswith("£") else ""
    return old.replace(digits[0], spelled) if digits and spelled else old


def _put(tree: Json, flow: Json, where: str, text: str) -> str:
    base = ("workflows", flow["id"])
    if where == "say":
        step = next(
            (s for s in flow["steps"] if s["kind"] in ("end", "handoff") and not s.get("citations")), None
        )
        if step is None:
            return ""
        step["say"] = text
        return join_path(*base, "steps", step["id"])
    if where == "prompt":
        if not flow["slots"]:
            return ""
        flow["slots"][0]["prompt"] = f"{text} {flow['slots'][0]['prompt']}"
        return join_path(*base, "slots", flow["slots"][0]["id"])
    if where == "intent":
        flow["intent"] = text
        return join_path(*base, "intent")
    if where == "capabilities":
        tree["charter"]["capabilities"] += f" {text}"
        return join_path("charter", "capabilities")
    if where == "example":
        flow["examples"] = [*flow["examples"], text]
        return join_path(*base, "examples")
    test = next((s for s in tree["scenarios"] if s["workflow"] == flow["id"]), None)
    if test is None:
        return ""
    test["goal"] = text
    return join_path("scenarios", test["id"])


# Measuring


def proposed(agent: Agent, mutation: Mutation) -> tuple[Proposal, str]:
    """Return what is proposed when one document says another value, and its new text."""
    papers: list[tuple[Source, Any]] = []
    mine, told = None, ""
    for meta, text in papers_of(mutation.project)[1]:
        texts = [text]
        if meta["id"] == mutation.source:
            pattern = re.escape(mutation.old).replace(r"\ ", r"\s+")
            told = re.sub(rf"(?<![\w.]){pattern}(?![\w]|\.\d)", mutation.new, text)
            texts.append(told)
        papers.append(_read(mutation.project, json.dumps(meta), tuple(texts)))
        mine = papers[-1] if meta["id"] == mutation.source else mine
    assert mine is not None
    others = [paper for paper in papers if paper is not mine]
    return propose(agent, *mine, others=others, proposal_id="P-01", created_at=NOW), told


@lru_cache(maxsize=64)
def _read(sample: str, meta: str, texts: tuple[str, ...]) -> tuple[Source, Analysis]:
    """Return a source and what is read in it; documents that do not change are read once."""
    source = source_of(json.loads(meta), *texts)
    return source, analyze(source.current.document, papers_of(sample)[0].tools)


def figures_for(mutation: Mutation) -> Figures:
    """Return what a mutation changed, against the oracle, in the sample as it is and with plants."""
    agent, _ = papers_of(mutation.project)
    made, after = proposed(agent, mutation)
    linked = linked_places(agent, mutation, after)
    weightier = any(
        mutation.old in " ".join(text.split())
        for meta, text in papers_of(mutation.project)[1]
        if meta["id"] != mutation.source and meta["authority"] == "policy"
    )
    natural = set() if weightier else natural_places(agent, mutation) - linked
    figures = _compared(agent, made, mutation, linked, natural)
    for number in range(len(PLANTED)):
        planted, textual, decoys = _plants(agent, mutation, linked, number)
        if textual:
            again, _ = proposed(planted, mutation)
            more = _compared(planted, again, mutation, linked, textual | natural, decoys)
            more.linked = [0, 0]  # counted once
            figures.add(more)
            figures.told += more.told
    return figures


def _compared(
    agent: Agent, made: Proposal, mutation: Mutation, linked: set[str], textual: set[str],
    decoys: frozenset[str] | set[str] = frozenset(),
) -> Figures:  # fmt: skip
    places = changed_places(agent, made.changes)
    known = dict(items_of(to_json(agent)))
    quiet = {p for p in places if p.startswith(("scenarios/", "tools/"))}
    quiet |= {p for p in places if p in known and not stated(known[p], mutation.old)}
    judged = places - (quiet - textual)
    right = judged & (linked | textual)
    figures = Figures(
        [len(linked & places), len(linked)], [len(textual & places), len(textual)],
        len(right), len(judged - linked - textual),
    )  # fmt: skip
    figures.told += [f"    missed {p}" for p in sorted((linked | textual) - places)]
    figures.told += [
        f"    {'decoy ' if p in decoys else 'wrong '} {p}" for p in sorted(judged - linked - textual)
    ]
    return figures


def gate() -> tuple[int, int, list[str]]:
    """Leave out each single place of each complete change; return how many the gate names, of how many."""
    named, whole, told = 0, 0, []
    for case in CASES:
        agent, made = proposal_for(case)
        places = changed_places(agent, made.changes)
        draft = apply(agent, made.changeset)
        for change in made.changes if len(places) > 1 else ():
            back = without(draft, change.change) if change.change.path in places else None
            if back is None:
                continue
            whole += 1
            left = {p for each in disagreements(agent, back) for p in each.left_paths}
            if change.change.path in left:
                named += 1
            else:
                told.append(f"    {case.name}: without {change.change.path}")
    return named, whole, told


def without(draft: Agent, change: Change) -> Agent | None:
    """Return the draft without one of its changes, or None where it cannot stand so."""
    try:
        return apply(draft, ChangeSet(title="", changes=(change.inverse(),)))
    except StudioError:
        return None


def measure() -> None:
    """Print recall and precision over all mutations, each that is not right, and the gate."""
    whole, count, right = Figures(), 0, 0
    for mutation in mutations():
        figures = figures_for(mutation)
        whole.add(figures)
        count += 1
        right += not figures.told
        if figures.told:
            print(f"  {mutation.name}: {figures.line}")
            print("\n".join(dict.fromkeys(figures.told)))
    print(f"Every value of three samples' documents changed: {right} of {count} complete and exact")
    print(f"  {whole.line}")
    named, places, told = gate()
    print(f"The gate “one fact, one value” names the place that was left out: {named} of {places}")
    print("\n".join(told))


if __name__ == "__main__":
    measure()
