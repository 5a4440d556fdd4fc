"""Rules that a document adds: the next free id, and an enforcement where one can be made.

- A new rule must concern this agent (its words are the agent's words) and be read surely enough.
- A sentence that the document itself leaves open is not made a rule; its question stands instead.
- A prohibition with a condition on a known fact becomes a guard and, where a decision already turns
  customers away, a row, a way out and a step that says so (see `exclusions`).
"""

from __future__ import annotations

import re

from studio.cobuilder.changes.passed_over import ELSEWHERE, OFF_TOPIC, REPEATS, Passing
from studio.cobuilder.sketch.desk import Desk, sentence_of
from studio.cobuilder.sketch.drafting import rule_path, text_places
from studio.cobuilder.sketch.exclusions import Exclusion, exclude
from studio.cobuilder.sketch.say_before import precedence, put_before, reachable
from studio.cobuilder.words.matching import KINDS, topic
from studio.cobuilder.words.vocabulary import is_verb_form
from studio.domain.agent import Agent
from studio.domain.charter import Rule, RuleKind
from studio.domain.statement import Statement, StatementKind

_LEAD = re.compile(r"^(?:before|after|once|when|whenever|if|as soon as|in case|for|while)\b[^,]*,\s*", re.I)
_CASE = re.compile(
    r"\s(?=(?:only\s+|but\s+only\s+|even\s+)?"
    r"(?:if|when|whenever|unless|except|provided|as long as|until|in case)\b)",
    re.I,
)
_CASE_END = re.compile(r"[;:(]|,(?!\s*(?:and|or)\b)")
_CLAUSE_END = re.compile(r"[;:(]|,(?!\s(?:[\w-]+\s){1,4}(?:and|or)\s)| unless | except ")
_VERBS = frozenset(
    "is are was were be has have can cannot can't may must shall should will do does need".split()
)
_HANGING = frozenset("a an the of to for by in on at and or with from not be is are".split())
ALONE, MAIN, CASE = 12, 10, 8
"""So many words a title has: alone, with a condition, and the condition itself."""
CONCERNS = 0.34
ON_TOPIC = 0.12
"""The least share of a document's sentences that must concern the agent, where none meets it."""


def news(desk: Desk, statements: tuple[Statement, ...], met: tuple[Statement, ...]) -> list[Statement]:
    """Return the statements that add something, in reading order; the others are accounted for."""
    vocabulary, blank = agent_words(desk.agent), is_blank(desk.agent)
    passing = Passing(desk, met, vocabulary)
    found: list[Statement] = []
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
        else:
            desk.passed[statement.id] = ELSEWHERE
    if not met and not desk.drafted and len(found) < ON_TOPIC * len(statements):
        desk.unaffected.append(OFF_TOPIC)
        desk.passed |= {statement.id: ELSEWHERE for statement in found}
        return []
    return found


def is_blank(agent: Agent) -> bool:
    """Return whether an agent has neither rules nor workflows: its first documents lay the ground."""
    return not agent.workflows and not agent.charter.rules


def _concerns(desk: Desk, statement: Statement, vocabulary: frozenset[str]) -> bool:
    """Return whether a statement uses the agent's words: half of them, or those that weigh most."""
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
    if rule.kind == RuleKind.NEVER:
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


def short(text: str) -> str:
    """Return a title from a sentence's first clause that says something, with its condition in short.

    Together they have at most eighteen words, twelve where there is no condition: a rule that holds in one
    case must not read as if it held in all.
    """
    lead = _LEAD.match(text)
    main = text[lead.end() :] if lead else text
    case = lead[0] if lead else ""
    inner = next((found for found in _CASE.finditer(main) if len(main[: found.start()].split()) > 2), None)
    if inner is not None:
        case = case or main[inner.start() :]
        main = main[: inner.start()]
    head = _cut_to(_first_clause(main.rstrip(" .,;")), MAIN if case else ALONE)
    words = _cut_to(_CASE_END.split(case.strip(" .,;"))[0].split(), CASE)
    words[:1] = [word[:1].lower() + word[1:] for word in words[:1]]
    if head:
        head[0] = head[0][:1].upper() + head[0][1:]
    return " ".join([*head, *words])


def _first_clause(main: str) -> list[str]:
    """Return the words up to the end of the first clause that has a verb."""
    for end in _CLAUSE_END.finditer(main):
        head = main[: end.start()].split()
        if len(head) >= 4 and any(is_verb_form(word.lower()) or word.lower() in _VERBS for word in head[1:]):
            return head
    return main.split()


def _cut_to(words: list[str], most: int) -> list[str]:
    """Return at most so many words; where some are left out, they end with a whole one and a sign of it."""
    if len(words) <= most:
        return words
    kept = words[:most]
    while len(kept) > 1 and kept[-1].lower().rstrip(",;:") in _HANGING:
        kept.pop()
    kept[-1] = f"{kept[-1].rstrip(',;:')}…"
    return kept
