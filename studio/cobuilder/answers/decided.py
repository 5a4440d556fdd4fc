"""What follows in the draft when a person decides which of two sentences holds.

- The sentence that holds takes the place of the other one: in its rule, and in every place of its matter.
- What stands on a sentence that no longer holds, and on nothing else, goes: a rule whose sentence has a rule
  that holds already, or every rule of two sentences of which neither holds.
- What people see is a proposal like any other; where nothing stands on the losing sentence there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from studio.cobuilder.answers.overruled import is_overruled, losing, standing_on, stands_on
from studio.cobuilder.changes.matters import Threshold
from studio.cobuilder.changes.reworded_rules import reword
from studio.cobuilder.changes.shifts import ValueShift
from studio.cobuilder.changes.tests import move_tests
from studio.cobuilder.proposals import pin_source
from studio.cobuilder.scenarios.drafts import no_longer_met
from studio.cobuilder.scenarios.plans import tests_within
from studio.cobuilder.sketch.desk import Desk, Paper, lay_out, sentence_of
from studio.cobuilder.sketch.drafting import Why, rule_path, step_path
from studio.cobuilder.suspicion.cautions import with_warnings
from studio.cobuilder.words.matching import Meeting, Target, value_changes
from studio.cobuilder.words.plain_facts import plain_facts
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.charter import Rule
from studio.domain.finding import Analysis
from studio.domain.frozen import digest
from studio.domain.governance import Collision, StatementRef
from studio.domain.proposal import OpenQuestion, Proposal
from studio.domain.scenario import ExpectDisclosure
from studio.domain.statement import Statement
from studio.domain.workflow import Disclose, Workflow


def carry_out(
    agent: Agent,
    papers: Sequence[Paper],
    collision: Collision,
    holds: str,
    *,
    proposal_id: str,
    created_at: datetime,
    reserved: frozenset[str] = frozenset(),
) -> Proposal | None:
    """Return the proposal that carries a decision on a conflict out, or None where nothing has to change."""
    lost = losing(collision, holds)
    kept = {"left": collision.left, "right": collision.right}.get(holds)
    home = kept or collision.left
    paper = next((paper for paper in papers if paper[0].id == home.source_id), None)
    if paper is None or not lost:
        return None
    desk = lay_out(
        agent,
        paper[0],
        Analysis(statements=(), workflows=(), questions=()),
        [other for other in papers if other[0].id != home.source_id],
        None,
        reserved,
    )
    desk.statements = ()
    statement = _statement(paper, kept) if kept else None
    if statement is not None:
        _follow(desk, statement, lost)
    _go(desk, lost, kept)
    no_longer_met(desk)
    tests_within(desk)
    pin_source(desk)
    changes = with_warnings(desk.sketch.changes(), paper[0], paper[1])
    if not changes and not desk.questions:
        return None
    said = sentence_of(statement) if statement else "Neither of two sentences that disagree holds"
    return Proposal(
        id=proposal_id,
        title=f"A decided conflict: “{said}” holds" if statement else f"A decided conflict: {said.lower()}",
        base_digest=digest(agent),
        created_at=created_at,
        engine="embedded",
        changes=changes,
        questions=tuple(desk.questions),
        unaffected=tuple(dict.fromkeys(desk.unaffected)),
    )


def _statement(paper: Paper, ref: StatementRef) -> Statement | None:
    source, found = paper
    every = (*found.statements, *plain_facts(source, found.statements))
    return next((s for s in every if s.fingerprint == ref.citation.fingerprint), None)


def _follow(desk: Desk, statement: Statement, lost: Sequence[StatementRef]) -> None:
    """Put the sentence that holds in the place of the other one, with all that depends on its values."""
    met = [
        Meeting(statement, target, 1.0, False)
        for target in desk.targets
        if target.citation is not None and any(stands_on(target.citation, ref) for ref in lost)
    ]
    met = met or _by_words(desk, statement, lost)
    thresholds: list[tuple[Threshold, tuple[str, ...]]] = []
    for meeting in met:
        went = reword(desk, meeting)
        home = (rule_path(meeting.rule.id),) if meeting.rule else ()
        thresholds += [(threshold, (*home, *went.paths)) for threshold in went.thresholds]
    shifts = [
        (m, [ValueShift(change) for change in value_changes(m.target.text, sentence_of(m.statement))])
        for m in met
    ]
    move_tests(desk, thresholds, shifts)


def _by_words(desk: Desk, statement: Statement, lost: Sequence[StatementRef]) -> list[Meeting]:
    """Return rules without a citation whose words are the losing sentence's."""
    said = {" ".join(ref.citation.quote.split()).rstrip(".").casefold() for ref in lost}
    return [
        Meeting(statement, Target(rule.text, rule, None), 1.0, False)
        for rule in desk.agent.charter.rules
        if not rule.citations and " ".join(rule.text.split()).rstrip(".").casefold() in said
    ]


def _go(desk: Desk, lost: Sequence[StatementRef], kept: StatementRef | None) -> None:
    """Take out what stands on losing sentences alone, and what a rule of the holding one says already."""
    agent = desk.sketch.agent
    gone = list(standing_on(agent, lost))
    if kept is not None:
        same = [rule for rule in agent.charter.rules if any(stands_on(c, kept) for c in rule.citations)]
        before = {
            rule.id for rule in desk.agent.charter.rules if any(stands_on(c, kept) for c in rule.citations)
        }
        gone += [r for r in same if r.id not in before and before and r not in gone]
    for rule in gone:
        _without(desk, rule)
    for flow in desk.sketch.agent.workflows:
        _ask_about_steps(desk, flow, lost)


def _without(desk: Desk, rule: Rule) -> None:
    """Take a rule out, with the step that says it and what other rules and tests demand of it."""
    why = Why(
        f"Rule {rule.id} “{rule.title}” goes",
        "A conflict was decided: its sentence does not hold, or another rule says what holds.",
        rule.citations,
        0.9,
    )
    path = rule_path(rule.id)
    for other in desk.sketch.agent.charter.rules:
        if other.guard and other.guard.needs_disclosure == rule.id:
            guard = other.guard.model_copy(update={"needs_disclosure": None})
            desk.sketch.edit(rule_path(other.id), other, why, guard=guard)
    for flow in desk.sketch.agent.workflows:
        for step in flow.steps:
            if isinstance(step, Disclose) and step.rule == rule.id and step.next:
                _skip(desk, flow.id, step, why)
    for test in desk.sketch.agent.scenarios:
        kept = tuple(
            e for e in test.expectations if not (isinstance(e, ExpectDisclosure) and e.rule == rule.id)
        )
        if kept != test.expectations:
            desk.sketch.edit(join_path("scenarios", test.id), test, why, expectations=kept)
    desk.sketch.put(path, None, why)


def _skip(desk: Desk, flow_id: str, step: Disclose, why: Why) -> None:
    """Take a step out; every way that led to it leads on to what came after it."""
    flow = desk.sketch.agent.workflow(flow_id)
    paths = [desk.sketch.put(step_path(flow_id, step.id), None, why)]
    for other in flow.steps:
        tree = desk.sketch.at(step_path(flow_id, other.id))
        if other.id != step.id and tree is not None and _led(tree, step.id, step.next or ""):
            paths.append(desk.sketch.put(step_path(flow_id, other.id), tree, why))
    if flow.start == step.id:
        paths.append(desk.sketch.put(join_path("workflows", flow_id, "start"), step.next, why))
    desk.sketch.together(paths)


def _led(node: object, old: str, new: str) -> bool:
    """Change every way to a step into one to another, in place; return whether there was one."""
    found = False
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("next", "otherwise", "on_failure") and value == old:
                node[name], found = new, True
            else:
                found = _led(value, old, new) or found
    elif isinstance(node, list):
        for value in node:
            found = _led(value, old, new) or found
    return found


def _ask_about_steps(desk: Desk, flow: Workflow, lost: Sequence[StatementRef]) -> None:
    """Ask about steps that stand on a losing sentence alone: what comes in their place nobody said."""
    for step in flow.steps:
        if is_overruled(step.citations, lost):
            question = f"What happens at “{step.title}” of “{flow.name}” now?"
            desk.questions.append(
                OpenQuestion(
                    id=f"Q-{len(desk.questions) + 1:02d}",
                    text=question,
                    reason="The sentence that the step stands on does not hold, as was decided.",
                    category="overruled",
                    citation=step.citations[0],
                )
            )
