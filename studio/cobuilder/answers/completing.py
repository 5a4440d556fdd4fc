"""A proposal that completes itself: what follows from the answer to one of its questions.

- The sentence with its open words answered is drafted like any other: its rule, every place of its
  matter, its tests. Nothing that was decided is touched: accepted changes stand in the draft, rejected
  ones stay out, ids stay; an item that an undecided change already touches is changed in that one.
- What an earlier answer to the same question brought, and nobody decided, gives way to the new one; once a
  part of it was accepted, the new one changes what stands there instead. Without a new draft all stays.
- An answer that leaves words of its sentence open brings the next question instead.
- Answers that no draft follows from (a conflict, a fact no system tells) are kept, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.cobuilder.answers.merge import Completed, is_held, merged
from studio.cobuilder.answers.undone import TakenBack, taken_back
from studio.cobuilder.answers.words import filled, open_words
from studio.cobuilder.changes.new_rules import held_back
from studio.cobuilder.collisions.conflicts import find_conflicts
from studio.cobuilder.proposals import draft_sentences, pin_source
from studio.cobuilder.questions.answer_cases import MISSING_CASE, decided
from studio.cobuilder.questions.answer_verdicts import names_outcome, says_gone, says_kept, says_no, says_yes
from studio.cobuilder.questions.gaps import wording_gaps
from studio.cobuilder.rules.statements import read_statements
from studio.cobuilder.scenarios.plans import tests_within
from studio.cobuilder.sketch.desk import Desk, Paper, lay_out, sentence_of
from studio.cobuilder.sketch.drafting import Why, rule_path
from studio.cobuilder.sketch.rehearsal import meets, walk
from studio.cobuilder.suspicion.cautions import with_warnings
from studio.cobuilder.words.matching import Target, value_changes
from studio.cobuilder.words.sentences import Sentence
from studio.cobuilder.words.whole import Whole
from studio.cobuilder.workflows.answered import CATEGORY, complete_flow
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply, join_path, lookup
from studio.domain.charter import Rule
from studio.domain.errors import BrokenInput, Stale
from studio.domain.finding import Analysis
from studio.domain.frozen import to_json
from studio.domain.proposal import OpenQuestion, Proposal, ProposedChange
from studio.domain.review import Answer, Verdict
from studio.domain.scenario import ExpectOutcome
from studio.domain.source import AUTHORITY_ORDER, Authority, Block, Citation, Source, SourceDocument
from studio.domain.statement import Statement

_VAGUE = frozenset(
    (
        "threshold",
        "deadline",
        "limit",
        "role",
        "undefined term",
        "open list",
        "unfinished",
        "scope",
        "garbled",
    )
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer is worked out on: the draft, the proposal, what was decided and answered, the papers.

    `papers` are all sources in force with what was read in them, the proposal's own among them;
    `replaced` is the edition that the proposal's document replaces; `reserved` are the new places of other
    proposals that wait.
    """

    draft: Agent
    proposal: Proposal
    verdicts: Mapping[str, Verdict]
    answers: Sequence[Answer]
    papers: Sequence[Paper]
    replaced: Paper | None = None
    authority_order: Sequence[Authority] = AUTHORITY_ORDER
    reserved: frozenset[str] = frozenset()


def complete(ground: Ground, answer: Answer) -> Completed:
    """Return the proposal as the answer completes it."""
    question = next(q for q in ground.proposal.questions if q.id == answer.question_id)
    asked = (question.id, *(q.id for q in _mates(ground, question)))
    back = taken_back(ground.proposal, ground.verdicts, asked, ground.answers)
    if answer.waived:
        return _set_aside(ground, question, back)
    decides = question.category in ("dropped", "scenario")
    before = back.proposal if back.whole or decides else ground.proposal
    undecided = [c for c in before.changes if ground.verdicts.get(c.id) is None]
    try:
        agent = apply(ground.draft, ChangeSet(title="", changes=tuple(c.change for c in undecided)))
    except Stale:
        told = "The draft has changed since; ask CoBuilder anew what the document demands."
        return Completed(ground.proposal, told)
    source = _source(ground, question)
    if source is None:
        return Completed(ground.proposal, "Its document is no longer in force; the answer is kept.")
    desk = _desk(ground, agent, source)
    told = _drafted(ground, desk, question, answer)
    drafted = _warned(ground, desk)
    if not drafted and not decides:
        rest = _rest_of_accepted(ground, agent, source, question, answer)
        if rest is not None:
            desk, drafted = rest
            told = ""
    if not drafted and not decides:
        before = ground.proposal
        brought = any(question.id in c.answers for c in before.changes)
        told = told or "Nothing more follows; the draft says so already."
        told += " What its earlier answer brought stays as it is." if brought else ""
    answered = (question.id, *(q.id for q in _mates(ground, question) if _given(ground, q) is not None))
    made = merged(before, ground.verdicts, desk, drafted, answer, answered)
    taken = _told_back(back) if decides and not drafted else ""
    return Completed(made.proposal, " ".join(part for part in (told, made.told, taken) if part))


def _rest_of_accepted(
    ground: Ground, agent: Agent, source: Source, question: OpenQuestion, answer: Answer
) -> tuple[Desk, tuple[ProposedChange, ...]] | None:
    """Return what an answer asks besides what was accepted of it, where the rest was taken back since."""
    accepted = [
        c
        for c in ground.proposal.changes
        if question.id in c.answers and ground.verdicts.get(c.id) == "accepted"
    ]
    if not accepted:
        return None
    try:
        back = ChangeSet(title="", changes=tuple(c.change.inverse() for c in reversed(accepted)))
        before = apply(agent, back)
    except (Stale, BrokenInput):
        return None
    desk = _desk(ground, before, source)
    _drafted(ground, desk, question, answer)
    tree = to_json(agent)
    rest = tuple(c for c in _warned(ground, desk) if lookup(tree, c.change.path) == c.change.before)
    known = {c.id for c in rest}
    kept = (c.model_copy(update={"depends_on": tuple(d for d in c.depends_on if d in known)}) for c in rest)
    return (desk, tuple(kept)) if rest else None


def _mates(ground: Ground, question: OpenQuestion) -> list[OpenQuestion]:
    """Return the other questions about open words of the same sentence."""
    if question.category not in _VAGUE:
        return []
    every = (q for q in ground.proposal.questions if q.citation == question.citation)
    return [q for q in every if q.id != question.id and q.category in _VAGUE]


def _given(ground: Ground, question: OpenQuestion) -> Answer | None:
    return next((a for a in ground.answers if a.question_id == question.id and not a.waived), None)


def _set_aside(ground: Ground, question: OpenQuestion, back: TakenBack) -> Completed:
    made = back.proposal
    source = _source(ground, question)
    if back.count and back.whole and source is not None and question.category in _VAGUE:
        cited = question.citation
        statement = _statement(ground, source, cited, " ".join(cited.quote.split()))
        if statement is not None and not any(is_held(line, question) for line in made.unaffected):
            made = made.model_copy(update={"unaffected": (*made.unaffected, held_back(statement))})
    return Completed(made, _told_back(back))


def _told_back(back: TakenBack) -> str:
    parts = []
    if back.count:
        parts.append(f"What its earlier answer brought is taken back ({_counted(back.count, 'change')}).")
    if back.decided:
        stays = (
            "stays in the draft, since it was" if back.decided == 1 else "stay in the draft, since they were"
        )
        parts.append(f"{_counted(back.decided, 'change')} of it {stays} accepted.")
    if back.buried:
        stays = (
            "stays, since another answer builds" if back.buried == 1 else "stay, since other answers build"
        )
        parts.append(f"{_counted(back.buried, 'change')} {stays} on it.")
    return " ".join(parts)


def _source(ground: Ground, question: OpenQuestion) -> Source | None:
    """Return the document that an answer is about: that of the proposal where its last edition is cited."""
    held = {source.id: source for source, _ in ground.papers}
    own = [held[each] for each in ground.proposal.source_ids if each in held]
    if question.category == "dropped" and own:
        return own[0]
    return held.get(question.citation.source_id)


def _warned(ground: Ground, desk: Desk) -> tuple[ProposedChange, ...]:
    """Return what was drafted, with what a reviewer must read first about the sentences that it cites."""
    changes = desk.sketch.changes()
    for source, analysis in (*ground.papers, *([ground.replaced] if ground.replaced else [])):
        changes = with_warnings(changes, source, analysis)
    return changes


def _desk(ground: Ground, agent: Agent, source: Source) -> Desk:
    others = [paper for paper in ground.papers if paper[0].id != source.id]
    nothing = Analysis(statements=(), workflows=(), questions=())
    desk = lay_out(agent, source, nothing, others, ground.replaced, ground.reserved)
    desk.authority_order = ground.authority_order
    desk.statements = ()  # what the rest of the document says stands in the proposal already
    return desk


def _drafted(ground: Ground, desk: Desk, question: OpenQuestion, answer: Answer) -> str:
    """Draft on the desk what follows from an answer; return what is to be said where nothing does."""
    if question.category == "dropped":
        return _dropped(desk, question, answer)
    if question.category == "scenario":
        return _expected(desk, question, answer)
    if question.category == "conflict":
        return "It is kept as the decision on the conflict; no change follows from the words alone."
    if question.category == MISSING_CASE:
        return _in_the_case(ground, desk, question, answer)
    if question.category == CATEGORY:
        return _in_the_flow(ground, desk, question)
    if question.category not in _VAGUE:
        return "It is kept; no change follows from the words alone."
    if (says_yes(answer.text) or says_no(answer.text)) and open_words(question):
        return f"It is kept, but it does not say what “{open_words(question)}” is."
    statement = _answered(ground, desk.source, question)
    if statement is None:
        return "It is kept; the sentence binds the agent to nothing."
    more = _still_open(statement, question, ground)
    if more is not None:
        desk.questions.append(more)
        return "One more thing in the same sentence is open before it can be drafted."
    desk.statements = (statement,)
    desk.targets = tuple(_as_drafted(target, statement) for target in desk.targets)
    _, changed = draft_sentences(desk, whole=False)
    tests_within(desk)
    find_conflicts(desk, [(m, value_changes(m.target.text, sentence_of(m.statement))) for m in changed])
    pin_source(desk)
    return ""


def _in_the_flow(ground: Ground, desk: Desk, question: OpenQuestion) -> str:
    """Draft the workflow again with what was answered about its steps."""
    analysis = next((found for source, found in ground.papers if source.id == desk.source.id), None)
    asked = {q.id: q.text for q in ground.proposal.questions if q.category == CATEGORY}
    given = {asked[a.question_id]: a.text for a in ground.answers if a.question_id in asked and not a.waived}
    told = complete_flow(desk, analysis, question, given) if analysis else "It is kept."
    if not told:
        tests_within(desk)
        pin_source(desk)
    return told


def _in_the_case(ground: Ground, desk: Desk, question: OpenQuestion, answer: Answer) -> str:
    """Draft the rule for a case that the document leaves open; what it does say stays as it is."""
    text = decided(question.text, answer.text)
    if not text:
        return "It is kept, but it does not say what should happen then."
    statement = _case_statement(desk.source, question.citation, text)
    if statement is None:
        return "It is kept; as it is worded, it binds the agent to nothing."
    desk.statements, desk.targets = (statement,), ()  # the sentence's own rule speaks of the other case
    draft_sentences(desk, whole=False)
    tests_within(desk)
    pin_source(desk)
    return ""


def _case_statement(source: Source, cited: Citation, text: str) -> Statement | None:
    """Return a case with its answer as a statement that stands on the cited sentence."""
    document = source.current.document
    start = document.text.find(cited.quote)
    found = max(_read(document, cited, text), key=lambda s: s.confidence, default=None)
    if start < 0 or found is None:
        return None
    place = {
        "quote": cited.quote,
        "start": start,
        "end": start + len(cited.quote),
        "value": cited.value,
        "fingerprint": cited.fingerprint,
    }
    sure = {"confidence": max(found.confidence, 0.7), "is_step": False, "text": text}
    return found.model_copy(update={**place, **sure})


# Open words


def _as_drafted(target: Target, statement: Statement) -> Target:
    """Return what a rule that cites the sentence made of it: what an earlier answer said, not open words."""
    cited = target.citation
    if target.rule is None or cited is None or cited.fingerprint != statement.fingerprint:
        return target
    return Target(target.rule.text, target.rule, cited)


def _answered(ground: Ground, source: Source, question: OpenQuestion) -> Statement | None:
    """Return the cited sentence as a statement in which all that was answered is filled in."""
    text = " ".join(question.citation.quote.split())
    mine = {question.id, *(q.id for q in _mates(ground, question))}
    for each in (q for q in ground.proposal.questions if q.id in mine):
        given = _given(ground, each)
        if given is not None:
            text = filled(text, open_words(each), given.text)
    return _statement(ground, source, question.citation, text)


def _statement(ground: Ground, source: Source, cited: Citation, text: str) -> Statement | None:
    document = source.current.document
    start = document.text.find(cited.quote)
    if start < 0:
        return None
    end = start + len(cited.quote)
    analysis = next((a for s, a in ground.papers if s.id == source.id), None)
    read = [s for s in analysis.statements if s.start < end and start < s.end] if analysis else []
    read = [s for s in read if s.fingerprint == cited.fingerprint] or read
    read = read or list(_read(document, cited, text))
    found = max(read, key=lambda s: s.confidence, default=None)
    if found is None:
        return None
    place = {"quote": cited.quote, "start": start, "end": end, "value": cited.value}
    place["fingerprint"] = cited.fingerprint
    sure = {"confidence": max(found.confidence, 0.7), "is_step": False, "text": text}
    return found.model_copy(update={**place, **sure, "condition": None, "exception": None})


def _read(document: SourceDocument, cited: Citation, text: str) -> Sequence[Statement]:
    """Return what a sentence demands when it is read alone."""
    block = Block(id="b1", kind="paragraph", text=text, start=0, end=len(text), anchor=cited.anchor)
    return read_statements(document.model_copy(update={"text": text, "blocks": (block,)}))


def _still_open(statement: Statement, question: OpenQuestion, ground: Ground) -> OpenQuestion | None:
    """Return the next question about a sentence whose words are still open after the answer."""
    asked = [q for q in ground.proposal.questions if q.citation == question.citation]
    known = {open_words(q).casefold() for q in asked} | {q.text for q in asked}
    given = " ".join(a.text for a in ground.answers)
    sentence = Sentence(question.citation.quote, statement.start, statement.end, statement.block_id)
    for gap in wording_gaps(sentence, binding=True, whole=Whole(statement.text)):
        open_still = gap.term in statement.text.casefold() and gap.term not in given.casefold()
        if gap.category in _VAGUE and open_still and gap.term not in known and gap.text not in known:
            return OpenQuestion(
                id="", text=gap.text, reason=gap.reason, category=gap.category, citation=question.citation
            )
    return None


# Rules that the document no longer states, tests that would end otherwise


def _dropped(desk: Desk, question: OpenQuestion, answer: Answer) -> str:
    rule = _rule_of(desk.agent, question)
    if rule is None:
        return "It is kept; the rule is in the draft no more."
    if not says_gone(answer.text):
        kept = "The rule stays as it is." if says_kept(answer.text) else ""
        return kept or f"It is kept; say “no” if rule {rule.id} shall go, “yes” if it stays."
    said = {step.rule for flow in desk.agent.workflows for step in flow.steps if step.kind == "disclose"}
    needed = {r.id for r in desk.agent.charter.rules if r.guard and r.guard.needs_disclosure == rule.id}
    tested = any(getattr(e, "rule", "") == rule.id for s in desk.agent.scenarios for e in s.expectations)
    if rule.id in said or needed or tested:
        return f"{rule.id} is said in a workflow or expected by a test: take it out there first, by hand."
    why = Why(f"Rule {rule.id} “{rule.title}” goes", "", (question.citation,), 0.8)
    desk.sketch.put(rule_path(rule.id), None, why)
    pin_source(desk)
    return ""


def _rule_of(agent: Agent, question: OpenQuestion) -> Rule | None:
    """Return the rule that a question names, else the only one that cites its sentence."""
    rules = agent.charter.rules
    named = re.match(r"Does rule (\S+)", question.text)
    if named is not None:
        return next((r for r in rules if r.id == named[1]), None)
    citing = [r for r in rules if question.citation in r.citations]
    return citing[0] if len(citing) == 1 else None


def _expected(desk: Desk, question: OpenQuestion, answer: Answer) -> str:
    """Let a test expect where it ends now, if the answer says so."""
    test = next((s for s in desk.agent.scenarios if f"{s.id} “" in question.text), None)
    course = walk(desk.agent, test) if test is not None else None
    if test is None or course is None or not course.outcome:
        return "It is kept; the test itself has to be changed by hand."
    if not names_outcome(answer.text, course.outcome):
        return (
            f"It is kept; the draft ends “{course.outcome}” there. Answer “yes” if that is right; if it is "
            "not, the workflow has to change."
        )
    others = (e for e in test.expectations if not isinstance(e, ExpectOutcome))
    kept = tuple(e for e in others if meets(test.model_copy(update={"expectations": (e,)}), course))
    made = test.model_copy(update={"expectations": (ExpectOutcome(outcome=course.outcome), *kept)})
    why = Why(f"{test.id} {test.title}: now “{course.outcome}”", "", (question.citation,), 0.8)
    desk.sketch.put(join_path("scenarios", test.id), made, why)
    return ""


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
