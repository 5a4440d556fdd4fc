"""Rules that a document adds: the next free id, and an enforcement where one can be made.

- A new rule must concern this agent (its words are the agent's words) and be read surely enough.
- A sentence that the document itself leaves open is not made a rule; its question stands instead.
- A prohibition with a condition on a known fact becomes a guard and, where a decision already turns
  customers away, a row, a way out and a step that says so (see `exclusions`).
"""

from __future__ import annotations

import re

from studio.cobuilder.answer_cases import MISSING_CASE
from studio.cobuilder.desk import Desk, sentence_of
from studio.cobuilder.drafting import rule_path, text_places
from studio.cobuilder.drafting_rules import old_statements
from studio.cobuilder.exclusions import Exclusion, exclude
from studio.cobuilder.matching import KINDS, says_the_same, topic
from studio.cobuilder.ordering_drafts import precedence, put_before, reachable
from studio.cobuilder.vocabulary import is_verb_form
from studio.domain.agent import Agent
from studio.domain.charter import Rule, RuleKind
from studio.domain.statement import Statement, StatementKind

_LEAD = re.compile(r"^(?:before|after|once|when|whenever|if|as soon as|in case|for|while)\b[^,]*,\s*", re.I)
_CLAUSE_END = re.compile(r"[,;:(]| unless | except ")
_VERBS = frozenset(
    "is are was were be has have can cannot can't may must shall should will do does need".split()
)
_HANGING = frozenset("a an the of to for by in on at and or with from not be is are".split())
SURE = 0.55
CONCERNS = 0.34
ON_TOPIC = 0.12
"""The least share of a document's sentences that must concern the agent, where none meets it."""
REPEATED = 0.6
EXPLAINS = "Explains what a word means, asks nothing"
UNSURE = "Not clearly a rule, so not proposed; if it is one, ask for it"
REPEATS = "Says again what is said elsewhere"
STEPS = "Opens a procedure; its steps are looked at one by one"
SAID = "The last edition said so already"
ELSEWHERE = "By its words not about what this agent does; if it is, ask for it"
OFF_TOPIC = "Hardly a sentence of the document is about what this agent does."


def news(desk: Desk, statements: tuple[Statement, ...], met: tuple[Statement, ...]) -> list[Statement]:
    """Return the statements that add something, in reading order; the others are accounted for."""
    vocabulary = agent_words(desk.agent)
    found: list[Statement] = []
    for statement in statements:
        if why := _passed_over(desk, statement, (*met, *found)):
            desk.passed[statement.id] = why
            continue
        if statement.is_step and statement.kind in (StatementKind.OBLIGATION, StatementKind.PERMISSION):
            continue
        if is_held_back(desk, statement):
            desk.unaffected.append(held_back(statement))
            continue
        if any(says_the_same(sentence_of(each), sentence_of(statement), desk.weights) for each in found):
            desk.passed[statement.id] = REPEATS
        elif is_blank(desk.agent) or _concerns(desk, statement, vocabulary):
            found.append(statement)
        else:
            desk.passed[statement.id] = ELSEWHERE
    if not met and not desk.drafted and len(found) < ON_TOPIC * len(statements):
        desk.unaffected.append(OFF_TOPIC)
        desk.passed |= {statement.id: ELSEWHERE for statement in found}
        return []
    return found


def _passed_over(desk: Desk, statement: Statement, said: tuple[Statement, ...]) -> str:
    """Return why a statement adds nothing, whatever it is about, or nothing."""
    if statement.kind == StatementKind.DEFINITION:
        return EXPLAINS
    if statement.confidence < SURE:
        return UNSURE
    if _tells_steps(desk, statement):
        return STEPS
    settled = statement.fingerprint not in desk.unsettled
    if settled and any(_says(old, statement, desk) for old in old_statements(desk)):
        return SAID
    open_one = is_held_back(desk, statement)
    if not open_one and _is_cell(desk, statement) and _restates(desk, statement, said):
        return REPEATS
    return ""


def is_blank(agent: Agent) -> bool:
    """Return whether an agent has neither rules nor workflows: its first documents lay the ground."""
    return not agent.workflows and not agent.charter.rules


def _tells_steps(desk: Desk, statement: Statement) -> bool:
    """Return whether a statement is the lead-in of a procedure with the steps themselves."""
    said = " ".join(statement.text.split()).casefold()
    steps = (step for flow in desk.analysis.workflows for step in flow.steps)
    texts = {" ".join(step.text.split()).rstrip(".").casefold() for step in steps}
    return sum(text in said for text in texts) >= 3


def _concerns(desk: Desk, statement: Statement, vocabulary: frozenset[str]) -> bool:
    """Return whether a statement uses the agent's words: half of them, or those that weigh most."""
    words = topic(statement.text)
    share = len(words & vocabulary) / max(1, len(words))
    return len(words & vocabulary) >= 2 and (
        share >= 0.5 or desk.weights.covered(words, vocabulary) >= CONCERNS
    )


def _says(old: Statement, new: Statement, desk: Desk) -> bool:
    return (old.fingerprint == new.fingerprint and old.text == new.text) or says_the_same(
        old.text, new.text, desk.weights
    )


def held_back(statement: Statement) -> str:
    """Return the line that says that a sentence waits for the answer to its question."""
    return f"Held back until its question is answered: “{sentence_of(statement)}”"


def is_held_back(desk: Desk, statement: Statement) -> bool:
    """Return whether the document leaves a sentence open; one that is silent on another case is not."""
    first, last = statement.span
    return any(q.start < last and first < q.end for q in desk.analysis.questions if q.category not in _CLEAR)


_CLEAR = frozenset([MISSING_CASE, "missing input"])
"""Questions about what a sentence does not speak of: what it does say holds all the same."""


def _is_cell(desk: Desk, statement: Statement) -> bool:
    blocks = desk.source.current.document.blocks
    return any(block.id == statement.block_id and block.kind == "cell" for block in blocks)


def _restates(desk: Desk, statement: Statement, said: tuple[Statement, ...]) -> bool:
    """Return whether a table's line only repeats what the prose or the agent says.

    The values of a table do not repeat each other: what one row forbids, the next may forbid, too.
    """
    there = (each for each in said if each.anchor.section == statement.anchor.section)
    prose = frozenset[str]().union(
        *(topic(each.text) for each in there if not (statement.value and each.value))
    )
    return desk.weights.covered(topic(statement.text), prose | agent_words(desk.agent)) >= REPEATED


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
    """Return a title of at most twelve words from a sentence's first clause that says something."""
    main = _LEAD.sub("", text).rstrip(".")
    words = main.split()
    for end in _CLAUSE_END.finditer(main):
        head = main[: end.start()].split()
        if len(head) >= 4 and any(is_verb_form(word.lower()) or word.lower() in _VERBS for word in head[1:]):
            words = head
            break
    words[:1] = [words[0][:1].upper() + words[0][1:]] if words else []
    if len(words) <= 12:
        return " ".join(words)
    kept = words[:12]
    while kept[-1].lower().rstrip(",;:") in _HANGING:
        kept.pop()
    return " ".join(kept).rstrip(",;:") + "…"
