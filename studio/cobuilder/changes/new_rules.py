"""Rules that a document adds: the next free id, and an enforcement where one can be made.

- A new rule must concern this agent (its words are the agent's words) and be read surely enough.
- A sentence that the document itself leaves open is not made a rule; its question stands instead.
- A prohibition with a condition on a known fact becomes a guard and, where a decision already turns
  customers away, a row, a way out and a step that says so (see `exclusions`).
- What a person approves above an amount becomes a guard and a decision that hands over (see `approvals`).
"""

from __future__ import annotations

import re

from studio.cobuilder.changes.passed_over import ELSEWHERE, OFF_TOPIC, REPEATS, Passing
from studio.cobuilder.rules.sayings import forbids_saying
from studio.cobuilder.sketch.approvals import draft_approval, wants_approval
from studio.cobuilder.sketch.desk import Desk, sentence_of
from studio.cobuilder.sketch.drafting import rule_path, text_places
from studio.cobuilder.sketch.exclusions import Exclusion, exclude
from studio.cobuilder.sketch.say_before import precedence, put_before, reachable
from studio.cobuilder.suspicion.passages import speaks_to_the_machine
from studio.cobuilder.words.matching import KINDS, topic
from studio.cobuilder.words.titles import short
from studio.domain.agent import Agent
from studio.domain.charter import Rule, RuleKind
from studio.domain.statement import Statement, StatementKind

_ASSISTANT = re.compile(r"\b(?:agents?|assistants?|bots?|chatbots?|voicebots?)\b", re.IGNORECASE)
FEW = 4
"""A document of so few sentences cannot tell what it is about."""
CONCERNS = 0.34
ON_TOPIC = 0.12
"""The least share of a document's sentences that must concern the agent, where none meets it."""


def news(desk: Desk, statements: tuple[Statement, ...], met: tuple[Statement, ...]) -> list[Statement]:
    """Return the statements that add something, in reading order; the others are accounted for."""
    vocabulary, blank = agent_words(desk.agent), is_blank(desk.agent)
    passing = Passing(desk, met, vocabulary)
    found: list[Statement] = []
    said: list[Statement] = []
    for statement in statements:
        if why := passing.why(statement):
            desk.passed[statement.id] = why
            continue
        if statement.is_step and statement.kind in (StatementKind.OBLIGATION, StatementKind.PERMISSION):
            continue
        if passing.is_held_back(statement):
            desk.unaffected.append(held_back(statement))
            continue
        if passing.repeats(statement):
            desk.passed[statement.id] = REPEATS
        elif blank or _concerns(desk, statement, vocabulary):
            found.append(statement)
            passing.take(statement)
        elif forbids_saying(statement) and not speaks_to_the_machine(statement.quote):
            said.append(statement)
        else:
            desk.passed[statement.id] = ELSEWHERE
    found = _with_sayings(desk, found, said, on_topic=bool(met or desk.drafted or found))
    if not met and not desk.drafted and len(found) < ON_TOPIC * len(statements):
        desk.unaffected.append(OFF_TOPIC)
        desk.passed |= {statement.id: ELSEWHERE for statement in found}
        return []
    return found


def _with_sayings(
    desk: Desk, found: list[Statement], said: list[Statement], *, on_topic: bool
) -> list[Statement]:
    """Return what adds something, with what may not be said: it binds the agent, whatever it is about.

    In a document that is about something else only what names an assistant does.
    """
    taken = [each for each in said if on_topic or len(desk.statements) <= FEW or _ASSISTANT.search(each.core)]
    desk.passed |= {each.id: ELSEWHERE for each in said if each not in taken}
    return sorted([*found, *taken], key=lambda each: each.start)


def is_blank(agent: Agent) -> bool:
    """Return whether an agent has neither rules nor workflows: its first documents lay the ground."""
    return not agent.workflows and not agent.charter.rules


def _concerns(desk: Desk, statement: Statement, vocabulary: frozenset[str]) -> bool:
    """Return whether a statement uses the agent's words: half of them, or those that weigh most."""
    if wants_approval(desk.agent, statement.text) is not None:
        return True
    words = topic(statement.text)
    share = len(words & vocabulary) / max(1, len(words))
    return len(words & vocabulary) >= 2 and (
        share >= 0.5 or desk.weights.covered(words, vocabulary) >= CONCERNS
    )


def held_back(statement: Statement) -> str:
    """Return the line that says that a sentence waits for the answer to its question."""
    return f"Held back until its question is answered: “{sentence_of(statement)}”"


def agent_words(agent: Agent) -> frozenset[str]:
    """Return the stems that the agent's rules, steps, systems and facts use."""
    texts = [place.text for place in text_places(agent)]
    texts += [f"{tool.name.replace('_', ' ')} {tool.description}" for tool in agent.tools]
    texts += [
        name.replace("_", " ") for tool in agent.tools for name in (*tool.argument_names, *tool.result_names)
    ]
    texts += [" ".join((flow.name, flow.intent, *flow.examples)) for flow in agent.workflows]
    texts += [" ".join((slot.label, *slot.choices)) for flow in agent.workflows for slot in flow.slots]
    return frozenset[str]().union(*(topic(text) for text in texts))


def add_rule(desk: Desk, statement: Statement) -> Exclusion | None:
    """Add a rule for a statement, with what enforces it; return the exclusion it makes, if any."""
    rule = _rule(desk, statement)
    path = rule_path(rule.id)
    share = desk.weights.covered(topic(statement.text), agent_words(desk.agent))
    why = desk.why(
        f"New rule {rule.id} {rule.title}",
        f"{desk.source.name} demands it, and no rule of the agent says it yet.",
        statement,
        confidence=min(0.9, 0.2 + 0.5 * statement.confidence + 0.25 * share),
    )
    desk.sketch.put(path, rule, why)
    if draft_approval(desk, rule, statement):
        return None
    if rule.kind == RuleKind.NEVER and not forbids_saying(statement):
        return exclude(desk, rule, statement)
    order = precedence(desk.sketch.agent, rule.text) if rule.kind == RuleKind.DISCLOSE else None
    if order is not None:
        put_before(desk, rule, order, statement)
    return None


def _rule(desk: Desk, statement: Statement) -> Rule:
    kind = KINDS[statement.kind]
    text = sentence_of(statement)
    return Rule(
        id=next_id("R", desk.sketch.names("charter", "rules")),
        kind=kind,
        title=short(text),
        text=text,
        severity="high" if kind in (RuleKind.NEVER, RuleKind.ESCALATE) else "medium",
        workflows=_workflows(desk, text),
        citations=(desk.cite(statement),),
    )


def _workflows(desk: Desk, text: str) -> tuple[str, ...]:
    """Return the workflows whose words cover the sentence clearly better than the others do."""
    said = topic(text)
    scores = {}
    for flow in desk.agent.workflows:
        if flow.reusable or not flow.steps or not reachable(flow, flow.steps[0]):
            continue
        words = topic(
            " ".join((flow.name, flow.intent, *flow.examples, *(step.title for step in flow.steps)))
        )
        scores[flow.id] = desk.weights.covered(said, words)
    best = max(scores.values(), default=0.0)
    return tuple(flow for flow, score in scores.items() if best >= 0.25 and score >= 0.75 * best)


def next_id(letter: str, taken: list[str]) -> str:
    """Return the next free id of a series like R-07."""
    numbers = [int(found[1]) for name in taken if (found := re.fullmatch(rf"{letter}-(\d+)", name))]
    return f"{letter}-{max(numbers, default=0) + 1:02}"
