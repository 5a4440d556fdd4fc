"""One proposal from one document: what it changes in an agent, what it leaves open, what it leaves alone.

- Embedded and deterministic: same agent, document and papers, same proposal, byte for byte.
- Every change cites the sentence that demands it, verbatim, and names what it cannot stand without.
- A document that demands nothing new gives a proposal without changes, whose title says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from studio.cobuilder.changes.left_aside import tell_sentences
from studio.cobuilder.changes.matters import Threshold
from studio.cobuilder.changes.new_rules import add_rule, held_back, news
from studio.cobuilder.changes.passed_over import OFF_TOPIC, OVERRULED, SAID, is_held_back
from studio.cobuilder.changes.reworded_rules import reword
from studio.cobuilder.changes.shifts import ValueShift
from studio.cobuilder.changes.tests import move_tests
from studio.cobuilder.changes.uncited import continues, uncited
from studio.cobuilder.collisions.conflicts import find_conflicts, settle
from studio.cobuilder.scenarios.drafts import around_exclusion, expect_order, no_longer_met
from studio.cobuilder.scenarios.plans import tests_within
from studio.cobuilder.scenarios.unsaid import tests_of_sayings
from studio.cobuilder.sketch.desk import Desk, Paper, cite, lay_out, sentence_of
from studio.cobuilder.sketch.drafting import Why, rule_path
from studio.cobuilder.sketch.exclusions import Exclusion
from studio.cobuilder.sketch.rehearsal import walk
from studio.cobuilder.suspicion.cautions import with_warnings
from studio.cobuilder.words.matching import Encounters, Meeting, meet, value_changes, value_keys
from studio.cobuilder.workflows.new_workflows import add_workflows, told_there
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.charter import Rule
from studio.domain.finding import Analysis
from studio.domain.frozen import digest
from studio.domain.proposal import OpenQuestion, Proposal, ProposedChange
from studio.domain.source import AUTHORITY_ORDER, Authority, Citation, Source, SourcePin
from studio.domain.statement import Statement

IN_OTHER_WORDS = 0.7
"""From this likeness on, a sentence that does not contradict another one says the same of the same matter."""


def propose(
    agent: Agent,
    source: Source,
    analysis: Analysis,
    *,
    others: Sequence[Paper],
    proposal_id: str,
    created_at: datetime,
    previous: Paper | None = None,
    authority_order: Sequence[Authority] = AUTHORITY_ORDER,
    reserved: frozenset[str] = frozenset(),
    unsettled: frozenset[str] = frozenset(),
    overruled: frozenset[str] = frozenset(),
) -> Proposal:
    """Return what the current version of a source asks of an agent.

    `others` are the papers that are in force beside it, `previous` an earlier version of the same
    source; an edition that the document replaces by name is found among `others`. `reserved` are the new
    places of proposals that wait to be decided; what is new here is called otherwise. `unsettled` are the
    fingerprints of sentences that an earlier edition said, too, but that nobody has decided yet,
    `overruled` those of sentences of this document that lost a decided conflict.
    """
    desk = lay_out(agent, source, analysis, others, previous, reserved)
    desk.authority_order = authority_order
    desk.unsettled = unsettled
    _leave_overruled(desk, overruled)
    add_workflows(desk)  # first: their systems and facts are what new rules are enforced by
    encounters, changed = draft_sentences(desk)
    tests_within(desk)
    tests_of_sayings(desk)
    pin_source(desk)
    _dropped(desk, encounters)
    find_conflicts(desk, [(m, value_changes(m.target.text, sentence_of(m.statement))) for m in changed])
    changes = with_warnings(desk.sketch.changes(), desk.source, desk.analysis)
    left = tell_sentences(desk, encounters, changes)
    return _proposal(desk, changes, left, proposal_id, created_at)


def _leave_overruled(desk: Desk, overruled: frozenset[str]) -> None:
    """Take the sentences off the desk that lost a conflict, as a person decided."""
    lost = [each for each in desk.statements if each.fingerprint in overruled]
    desk.statements = tuple(each for each in desk.statements if each.fingerprint not in overruled)
    desk.unaffected += [f"{OVERRULED}: “{sentence_of(each)}”" for each in lost]


def draft_sentences(desk: Desk, *, whole: bool = True) -> tuple[Encounters, list[Meeting]]:
    """Draft what the sentences on the desk ask: changed rules and their matter, new rules, tests.

    Without `whole` a person vouches for the sentences, which are not all of their document: nothing else
    in it is compared.
    """
    encounters = meet(desk.statements, desk.targets, desk.weights)
    encounters = replace(encounters, meetings=tuple(m for m in encounters.meetings if not continues(desk, m)))
    settled = settle(desk, (m for m in encounters.meetings if not m.same and _is_news(desk, m)))
    changed = sorted(settled.kept, key=lambda meeting: meeting.statement.start)
    _same(desk, encounters)
    encounters = _taken_apart(desk, encounters, settled.apart)
    met = tuple(m.statement for m in encounters.meetings)
    fresh = news(desk, encounters.unmatched, met) if whole else list(encounters.unmatched)
    new = [s for s in fresh if not told_there(desk, s)]
    aside = uncited(desk, encounters.meetings) if whole else []
    new = [s for s in new if not _was_left_out(desk, s, aside)]
    thresholds: list[tuple[Threshold, tuple[str, ...]]] = []
    for meeting in changed:
        went = reword(desk, meeting)
        home = (rule_path(meeting.rule.id),) if meeting.rule else ()
        thresholds += [(threshold, (*home, *went.paths)) for threshold in went.thresholds]
    for meeting in aside:
        changed.append(meeting)
        reword(desk, meeting)
    shut_out = [found for statement in new if (found := add_rule(desk, statement)) is not None]
    _scenarios(desk, thresholds, shut_out, changed)
    return encounters, changed


def _was_left_out(desk: Desk, statement: Statement, aside: list[Meeting]) -> bool:
    """Return whether a sentence only says another value than in the last edition, where it was no rule."""
    first, last = statement.span
    old = next((m for m in aside if m.statement.start < last and first < m.statement.end), None)
    if old is None:
        return False
    desk.unaffected.append(
        f"“{sentence_of(statement)}” said “{' '.join(old.target.text.split())}” before; no rule of the agent "
        "stands on it."
    )
    return True


def _taken_apart(desk: Desk, encounters: Encounters, apart: tuple[Meeting, ...]) -> Encounters:
    """Return the encounters without meetings that were none; what is not said in other words is new."""
    again = [meeting for meeting in apart if meeting.score >= IN_OTHER_WORDS and meeting.rule]
    for meeting in again:
        rule = meeting.rule.id if meeting.rule else ""
        desk.passed[meeting.statement.id] = f"Rule {rule} says so in other words"
    free = [meeting for meeting in apart if meeting not in again]
    return replace(
        encounters,
        meetings=tuple(m for m in encounters.meetings if m not in free),
        unmatched=tuple(
            sorted((*encounters.unmatched, *(m.statement for m in free)), key=lambda each: each.start)
        ),
    )


def _is_news(desk: Desk, meeting: Meeting) -> bool:
    """Return whether a sentence that meets another may change it: a new one, and not left open.

    What stood in the last edition word for word was met there already.
    """
    cited = meeting.target.citation
    settled = meeting.statement.fingerprint not in desk.unsettled
    if (
        desk.replaced is not None
        and settled
        and (cited is None or cited.fingerprint != meeting.statement.fingerprint)
        and _stood_there(meeting.statement, desk.replaced)
    ):
        desk.passed[meeting.statement.id] = SAID
        return False
    return not _is_open(desk, meeting)


def _stood_there(statement: Statement, edition: Paper) -> bool:
    """Return whether an edition said a sentence word for word, or had a value in the same row and column."""
    source, analysis = edition
    if statement.value:
        return any(each.fingerprint == statement.fingerprint for each in analysis.statements)
    return " ".join(statement.quote.split()) in " ".join(source.current.document.text.split())


def _is_open(desk: Desk, meeting: Meeting) -> bool:
    """Return whether a changed sentence waits for an answer: it gives no value any more where it gave one."""
    old, new = (value_keys(text) for text in (meeting.target.text, sentence_of(meeting.statement)))
    if sum(new.values()) >= sum(old.values()) or not is_held_back(desk, meeting.statement):
        return False
    desk.unaffected.append(held_back(meeting.statement))
    return True


def _same(desk: Desk, encounters: Encounters) -> None:
    rules = {m.rule.id: m.rule for m in encounters.meetings if m.same and m.rule}
    changed = {m.rule.id for m in encounters.meetings if not m.same and m.rule}
    for rule_id in sorted(set(rules) - changed):
        said = [sentence_of(m.statement) for m in encounters.meetings if m.rule and m.rule.id == rule_id]
        quoted = " ".join(f"“{sentence}”" for sentence in said)
        if not rules[rule_id].citations:
            _link(desk, rules[rule_id], [m for m in encounters.meetings if m.rule and m.rule.id == rule_id])
            continue
        desk.unaffected.append(
            f"Rule {rule_id} “{rules[rule_id].title}”: the document says the same, {quoted}"
        )


def _link(desk: Desk, rule: Rule, met: list[Meeting]) -> None:
    """Let a rule that stands on no sentence cite what says the same, so that it follows when that changes."""
    why = desk.why(
        f"Rule {rule.id} {rule.title}: stands on {desk.source.name}",
        f"{desk.source.name} says the same, and the rule names no document yet. Its words stay as they are.",
        *(m.statement for m in met),
        confidence=0.95,
    )
    cited = tuple(desk.cite(m.statement) for m in met)
    desk.sketch.edit(rule_path(rule.id), desk.sketch.agent.charter.rule(rule.id), why, citations=cited)


def _scenarios(
    desk: Desk,
    thresholds: list[tuple[Threshold, tuple[str, ...]]],
    shut_out: list[Exclusion],
    changed: list[Meeting],
) -> None:
    moved = [(m, value_changes(m.target.text, sentence_of(m.statement))) for m in changed]
    move_tests(desk, thresholds, [(m, [ValueShift(change) for change in changes]) for m, changes in moved])
    for found in shut_out:
        around_exclusion(desk, found)
    expect_order(desk)
    no_longer_met(desk)
    untouched = [s.id for s in desk.agent.scenarios if not desk.sketch.touched(join_path("scenarios", s.id))]
    if untouched and any(desk.sketch.changes()):
        same = [s.id for s in desk.agent.scenarios if s.id in untouched and _same_course(desk, s.id)]
        if same:
            desk.unaffected.append(f"These scenarios take the same course as before: {', '.join(same)}.")


def _same_course(desk: Desk, scenario_id: str) -> bool:
    scenario = desk.agent.scenario(scenario_id)
    before, after = walk(desk.agent, scenario), walk(desk.sketch.agent, scenario)
    return before is not None and after is not None and before.course == after.course


def pin_source(desk: Desk) -> None:
    """Pin the version that the agent now stands on, if anything in it counts for the agent."""
    changes = desk.sketch.changes()
    if not changes:
        return
    version = desk.source.current
    pin = SourcePin(
        id=desk.source.id,
        name=desk.source.name,
        version=version.number,
        digest=version.digest,
        authority=desk.source.authority,
    )
    known = any(each.id == pin.id for each in desk.agent.sources)
    verb = "now version" if known else "new, version"
    why = Why(
        f"Source {desk.source.name}: {verb} {version.number}",
        "The agent names every document that it stands on, with the fingerprint of its bytes.",
        tuple(dict.fromkeys(c for change in changes for c in change.citations if c.source_id == pin.id))[:1],
        1.0,
    )
    path = desk.sketch.put(join_path("sources", pin.id), pin, why)
    for change in changes:
        desk.sketch.needs(change.change.path, path)


def _dropped(desk: Desk, encounters: Encounters) -> None:
    """Ask about rules that stood on the replaced edition alone and that the new one no longer states."""
    if desk.replaced is None:
        return
    old, old_name = desk.replaced[0].id, desk.replaced[0].name
    met = {m.rule.id for m in encounters.meetings if m.rule}
    document = " ".join(desk.source.current.document.text.split())
    stood = [
        r for r in desk.agent.charter.rules if r.citations and all(c.source_id == old for c in r.citations)
    ]
    gone = [
        rule
        for rule in stood
        if rule.id not in met and not any(_stands(desk, cited, document) for cited in rule.citations)
    ]
    if len(gone) > len(stood) / 2:
        desk.unaffected.append(f"It does not repeat most of {old_name}; the rules it does not mention stay.")
        return
    for rule in gone:
        desk.ask(
            f"Does rule {rule.id} “{rule.title}” still hold? {desk.source.name} no longer says so.",
            f"{old_name} said “{' '.join(rule.citations[0].quote.split())}”",
            "dropped",
            rule.citations[0],
        )


def _stands(desk: Desk, cited: Citation, document: str) -> bool:
    """Return whether the document still says a cited sentence; a table's value, in its row and column."""
    if not cited.value:
        return " ".join(cited.quote.split()) in document
    return any(each.fingerprint == cited.fingerprint for each in desk.statements)


def _open_questions(desk: Desk) -> list[OpenQuestion]:
    """Return what the document leaves open, without what its last edition left open in the same words."""
    old = " ".join(desk.replaced[0].current.document.text.split()) if desk.replaced else ""
    found = []
    for question in desk.analysis.questions:
        if old and " ".join(question.quote.split()) in old:
            desk.unaffected.append(f"Open in the last edition, too: {question.text}")
            continue
        citation = cite(desk.source, question.quote, question.start, question.end, question.anchor)
        found.append(OpenQuestion.of(question, citation))
    return found


def _proposal(
    desk: Desk, changes: tuple[ProposedChange, ...], left: int, proposal_id: str, created_at: datetime
) -> Proposal:
    asked = (*_open_questions(desk), *desk.questions)
    questions = tuple(
        question.model_copy(update={"id": f"Q-{number:02d}"}) for number, question in enumerate(asked, 1)
    )
    return Proposal(
        id=proposal_id,
        title=_title(desk, changes, left),
        base_digest=digest(desk.agent),
        created_at=created_at,
        engine=desk.analysis.engine,
        run=desk.analysis.run,
        disagreements=desk.analysis.disagreements,
        source_ids=(desk.source.id,),
        changes=changes,
        questions=questions,
        unaffected=tuple(dict.fromkeys(desk.unaffected)),
    )


def _title(desk: Desk, changes: tuple[ProposedChange, ...], left: int) -> str:
    name = desk.source.name
    if changes:
        return f"{name}: {_headline(desk)}"
    if not desk.analysis.statements and not desk.analysis.workflows:
        return f"{name}: no instructions found, nothing to change"
    if desk.questions or desk.analysis.questions:
        return f"{name}: nothing to change yet, but questions to answer"
    if OFF_TOPIC in desk.unaffected:
        return f"{name}: hardly about what this agent does, nothing to change"
    if left:
        return f"{name}: nothing to change; {left} sentence{'s' * (left != 1)} left aside, with the reasons"
    return f"{name}: nothing new, the agent does all it asks"


def _headline(desk: Desk) -> str:
    before = {rule.id: rule for rule in desk.agent.charter.rules}
    had = {flow.id for flow in desk.agent.workflows}
    flows = [flow for flow in desk.sketch.agent.workflows if flow.id not in had and not flow.reusable]
    titles = [f"new workflow “{flow.name}”" for flow in flows]
    titles += [r.title for r in desk.sketch.agent.charter.rules if before.get(r.id) != r]
    shown = "; ".join(titles[:3]) if titles else "values brought up to date"
    more = f" and {len(titles) - 3} more" if len(titles) > 3 else ""
    return f"{shown}{more}"
