"""What tests are made of, in words: behaviours with what they mean, kinds of expectations, ways to fail."""

from __future__ import annotations

from collections.abc import Iterator

from studio.desktop.panels.graph import plain
from studio.desktop.widgets.form_fields import Option
from studio.domain.agent import Agent
from studio.domain.scenario import (
    Behaviour,
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectEffort,
    ExpectGuard,
    ExpectHandoff,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectUnsaid,
    ExpectWorld,
    Fault,
    fault_in_words,
)
from studio.domain.workflow import OUTCOMES, Handoff

BEHAVIOURS: dict[Behaviour, str] = {
    "facts out of order": "Tells facts before being asked, and other ones first",
    "impatient": "Presses for an end, and complains of questions",
    "angry": "Is upset, and says so",
    "typos": "Mistypes words",
    "gives wrong then right data": "Says something wrong first, and puts it right",
    "changes mind": "Takes an answer back and gives another",
    "refuses to identify": "Does not say who they are",
    "asks for a human": "Wants to talk with a person",
    "asks for an exception": "Begs that a rule be waived",
    "silent once": "Does not answer one question at first",
    "several questions at once": "Asks more than one thing in a message",
    "interrupts": "Speaks while the agent is still at something",
    "challenges the answer": "Does not believe the answer, and asks again",
    "slang": "Writes as among friends",
    "incomplete sentences": "Leaves words out",
    "changes topic": "Asks something else in between, and comes back",
    "asks for another person's data": "Wants to know of somebody else",
    "asks for what is forbidden": "Demands what is not allowed",
    "talks the agent out of its rules": "Says that the rules do not count",
    "adds information late": "Tells the truth only at the end",
}

KINDS: dict[str, tuple[str, str]] = {
    "outcome": ("It ends in a certain way", "Resolved, refused, handed over or given up"),
    "call": ("A system is used, or never used", "With which values, and how often"),
    "step": ("A step is passed, or never passed", "After which other one"),
    "disclosure": ("The customer is told something", "A disclosure of the charter, before a system is used"),
    "handoff": ("A person takes over", "In which queue, with which facts"),
    "record": ("A record says something at the end", "Of the tables of records"),
    "world": ("Only this has changed at the end", "The systems are as after these calls, and nothing else"),
    "effort": ("It takes the customer little", "At most so many turns, so much waiting"),
    "guard": ("Code refuses something", "Whoever asks for it"),
    "unsaid": ("Something is not said", "Never promised, or never spoken of"),
}
"""The kinds of expectations: how they are chosen, and what they say."""

OUTCOME_WORDS = {
    "resolved": "Resolved", "refused": "Refused, and told why", "handed over": "Handed over to a person",
    "abandoned": "Given up",
}  # fmt: skip
OUTCOME_OPTIONS = tuple(Option(each, OUTCOME_WORDS.get(each, each)) for each in OUTCOMES)


def behaviour_options() -> tuple[Option, ...]:
    """Return the behaviours to choose from, each with what it means."""
    return tuple(Option(each, f"{each.capitalize()}: {words.lower()}") for each, words in BEHAVIOURS.items())


def fault_options(faults: tuple[tuple[Fault, tuple[str, ...]], ...]) -> tuple[Option, ...]:
    """Return what can fail, by system or queue."""
    return tuple(
        Option(fault, fault_in_words(fault).removesuffix(", every time"), plain(fault.id).capitalize())
        for fault, _ in faults
    )


def kind_options(agent: Agent) -> tuple[Option, ...]:
    """Return the kinds of expectations that this agent can be held to."""
    return tuple(
        Option(kind, words, "", note)
        for kind, (words, note) in KINDS.items()
        if first(agent, kind) is not None
    )


def first(agent: Agent, kind: str, workflow: str = "") -> Expectation | None:
    """Return an expectation of a kind as it begins; None where the agent has nothing for it."""
    flows = sorted(agent.workflows, key=lambda each: each.id != workflow)
    steps = [step for flow in flows for step in flow.steps]
    tool = next((t.name for t in agent.tools if t.effect == "write"), next((t.name for t in agent.tools), ""))
    if kind == "outcome":
        return ExpectOutcome(outcome="resolved")
    if kind == "effort":
        return ExpectEffort(turns=10)
    if kind == "unsaid":
        return ExpectUnsaid(words="compensation")
    if kind == "step" and steps:
        return ExpectStep(step=steps[0].id)
    if kind == "handoff":
        queue = next((step.queue for step in steps if isinstance(step, Handoff)), "")
        return ExpectHandoff(queue=queue) if queue else None
    if kind == "disclosure":
        rule = next(disclosures(agent), None)
        return ExpectDisclosure(rule=str(rule.value)) if rule else None
    if kind == "record":
        table = next((each for each in agent.records or () if each.rows and each.columns), None)
        return ExpectRecord(table=table.id, id=table.rows[0].id, values={}) if table else None
    if not tool:
        return None
    if kind == "call":
        return ExpectCall(tool=tool)
    if kind == "world":
        return ExpectWorld()
    return ExpectGuard(tool=tool) if kind == "guard" else None


def disclosures(agent: Agent) -> Iterator[Option]:
    """Yield the rules that demand that something is told."""
    for rule in agent.charter.rules:
        if rule.kind == "disclose":
            yield Option(rule.id, f"{rule.id} {rule.title}", "", rule.text)
