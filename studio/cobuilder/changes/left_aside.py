"""What a document says that became no change: every binding sentence gets a line with its reason.

- A sentence is accounted for by a change or a question that cites it, by a line that quotes it, or by a
  rule of the agent that says the same; every other one is told here.
- The reason is the one for which the drafting passed it over (`Desk.passed`), in plain words.
"""

from __future__ import annotations

from collections.abc import Iterator

from studio.cobuilder.changes.passed_over import ELSEWHERE, REPEATS, UNSURE
from studio.cobuilder.sketch.desk import Desk, sentence_of
from studio.cobuilder.words.matching import Encounters
from studio.domain.frozen import Json
from studio.domain.proposal import ProposedChange
from studio.domain.statement import Statement, StatementKind

ALREADY = "The agent does so already"
CHANGES_NOTHING = "Changes nothing in the agent"
_ASIDE = (UNSURE, ELSEWHERE)


def tell_sentences(desk: Desk, encounters: Encounters, changes: tuple[ProposedChange, ...]) -> int:
    """Say of every sentence that nothing accounts for why it is left; return how many are left open."""
    cited = {_plain(quote) for change in changes for quote in _quotes(desk, change)}
    cited |= {_plain(question.citation.quote) for question in desk.questions}
    same = {m.statement.id: m.rule for m in encounters.meetings if m.same}
    again = {each.id for each in encounters.repeats}
    left = 0
    for statement in desk.statements:
        rule = same.get(statement.id)
        if _is_accounted(desk, statement, cited):
            continue
        if rule is not None:
            why = f"Rule {rule.id} says so already"
        elif statement.id in same:
            why = ALREADY
        elif statement.id in again:
            why = REPEATS
        else:
            why = desk.passed.get(statement.id) or _step_of(desk, statement) or CHANGES_NOTHING
        left += why in _ASIDE
        desk.unaffected.append(f"{why}: “{sentence_of(statement)}”")
    return left


def _step_of(desk: Desk, statement: Statement) -> str:
    """Return of which procedure a sentence is a step, in words."""
    if not statement.is_step or statement.kind == StatementKind.DEFINITION:
        return ""
    first, last = statement.span
    for finding in desk.analysis.workflows:
        if any(step.start < last and first < step.end for step in finding.steps):
            return f"A step of the procedure “{finding.name}”"
    return "A step of a procedure, not a rule of its own"


def _is_accounted(desk: Desk, statement: Statement, cited: set[str]) -> bool:
    quote, sentence = _plain(statement.quote), sentence_of(statement)
    first, last = statement.span
    if any(q.start < last and first < q.end for q in desk.analysis.questions):
        return True
    if statement.value:  # cells beside it begin with the same words
        return quote in cited
    return any(quote in each or each in quote for each in cited) or any(
        f"“{sentence}”" in line for line in desk.unaffected
    )


def _quotes(desk: Desk, change: ProposedChange) -> Iterator[str]:
    """Return the sentences of the document that a change, or what it brings, stands on."""
    yield from (each.quote for each in change.citations if each.source_id == desk.source.id)
    yield from _cited(change.change.after, desk.source.id)


def _cited(node: Json, source_id: str) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("source_id") == source_id and isinstance(node.get("quote"), str):
            yield node["quote"]
        for value in node.values():
            yield from _cited(value, source_id)
    elif isinstance(node, list):
        for value in node:
            yield from _cited(value, source_id)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
