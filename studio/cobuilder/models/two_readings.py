"""Two readings of one document side by side: what both engines found, what only one did, where they differ.

- Nothing is averaged: each statement names who read it, and a sentence that the engines read differently
  stands in the list of disagreements; what is proposed from it carries that as a warning.
- Where both were asked and differ on a sentence, it counts as the embedded engine read it, and once: the
  other reading stands in the disagreement. So no proposal holds two rules that deny each other.
- Statements that both found keep the embedded engine's ids; those of the model alone are M-001 and on.
- What the language model did not read cannot disagree, nor does a rule that the other takes for a step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.cobuilder.analysis import RULE_KINDS
from studio.cobuilder.procedures.two_procedures import all_procedures, step_differences
from studio.cobuilder.rules.statements import SURE_ENOUGH
from studio.cobuilder.words.spans import Spans
from studio.domain.finding import BESIDE, EMBEDDED, Analysis, Disagreement, Engine
from studio.domain.frozen import Json, to_json
from studio.domain.statement import Question, Statement, StatementKind

_SHARED = 0.5
_CELL = 256


def side_by_side(embedded: Analysis, model: Analysis, engine: Engine) -> Analysis:
    """Return what is proposed from (`model` or `both`), each statement with its finders, and what differs."""
    name, both = model.engine, engine != "model"
    differences = (*_differences(embedded, model), *step_differences(embedded, model))
    return Analysis(
        statements=_statements(embedded, model, both),
        workflows=all_procedures(embedded, model) if both else model.workflows,
        questions=_questions(embedded.questions, model.questions) if both else model.questions,
        engine=f"{BESIDE}{name}" if both else name,
        declined=model.declined,
        suspicions=embedded.suspicions,
        run=model.run,
        disagreements=tuple(sorted(differences, key=lambda each: (each.start, each.end))),
    )


def reading_report(found: Analysis) -> dict[str, Json]:
    """Return what the neutral JSON of a reading adds where a language model read."""
    report: dict[str, Json] = {}
    if found.engine != EMBEDDED:
        report["engine"] = found.engine
    if found.run is not None:
        report["run"] = to_json(found.run)
    if found.read_by != "embedded":
        report["disagreements"] = [
            {"text": each.sentence, "source_quote": each.quote, "place": each.anchor.label}
            for each in found.disagreements
        ]
    return report


def _statements(embedded: Analysis, model: Analysis, both: bool) -> tuple[Statement, ...]:
    """Return the statements of both, or of the model alone, each naming who read it."""
    name = model.engine
    theirs = _Found(model.statements)
    agreed = {
        (old.id, new.id) for old in embedded.statements for new in theirs.of(old) if old.kind == new.kind
    }
    both_old, both_new = {old for old, _ in agreed}, {new for _, new in agreed}
    statements = [
        each.model_copy(update={"found_by": (EMBEDDED, name) if each.id in both_old else (EMBEDDED,)})
        for each in embedded.statements
        if both or each.id in both_old
    ]
    left_out = both_new | (_denied(embedded, model) if both else set())
    alone = [each for each in model.statements if each.id not in left_out]
    statements += [
        each.model_copy(update={"id": f"M-{number:03d}", "found_by": (name,)})
        for number, each in enumerate(alone, start=1)
    ]
    return tuple(sorted(statements, key=lambda each: (each.start, each.end, each.id)))


class _Found:
    """Statements that are found by the words they are about, however many there are."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.all = statements
        self._cells: dict[int, list[Statement]] = {}
        for each in statements:
            for cell in _cells_of(each):
                self._cells.setdefault(cell, []).append(each)

    def of(self, one: Statement) -> list[Statement]:
        """Return those that are about the same words: they share most of the shorter one."""
        near = {id(each): each for cell in _cells_of(one) for each in self._cells.get(cell, ())}
        return [each for each in near.values() if _same(one, each)]


def _cells_of(statement: Statement) -> range:
    start, end = statement.span
    return range(start // _CELL, max(start, end - 1) // _CELL + 1)


def _same(one: Statement, other: Statement) -> bool:
    (first, last), (start, end) = one.span, other.span
    shared = min(last, end) - max(first, start)
    return shared >= _SHARED * max(1, min(last - first, end - start))


def _rules(statements: Sequence[Statement]) -> _Found:
    return _Found([each for each in statements if each.kind in RULE_KINDS and each.confidence >= SURE_ENOUGH])


def _denied(embedded: Analysis, model: Analysis) -> set[str]:
    """Return the model's readings of sentences in which the embedded engine reads something else only."""
    ours, theirs = _rules(embedded.statements), _rules(model.statements)
    return {new.id for new in theirs.all for old in ours.of(new) if not _agree(old, new, ours, theirs)}


def _differences(embedded: Analysis, model: Analysis) -> Iterator[Disagreement]:
    """Yield each sentence in which no reading of one engine is a reading of the other."""
    ours, theirs = _rules(embedded.statements), _rules(model.statements)
    our_steps, their_steps = _steps(embedded), _steps(model)
    unread = Spans(model.run.unread if model.run else ())
    for old in ours.all:
        if unread.meet(*old.span):
            continue
        read = theirs.of(old)
        if read and not any(_agree(old, new, ours, theirs) for new in read):
            yield _differing(old, old.kind, read[0].kind)
        elif not read and not old.is_step and not their_steps.meet(*old.span):
            yield _differing(old, old.kind, None)
    for new in theirs.all:
        if not ours.of(new) and not new.is_step and not our_steps.meet(*new.span):
            yield _differing(new, None, new.kind)


def _agree(old: Statement, new: Statement, ours: _Found, theirs: _Found) -> bool:
    """Say whether the readings of a sentence share a kind; one sentence may bind in two ways."""
    return bool({each.kind for each in ours.of(old)} & {each.kind for each in theirs.of(new)})


def _steps(analysis: Analysis) -> Spans:
    return Spans((step.start, step.end) for flow in analysis.workflows for step in flow.steps)


def _differing(
    statement: Statement, embedded: StatementKind | None, model: StatementKind | None
) -> Disagreement:
    start, end = statement.span
    return Disagreement(
        quote=statement.quote,
        start=start,
        end=end,
        anchor=statement.anchor,
        embedded=embedded,
        model=model,
    )


def _questions(ours: Sequence[Question], theirs: Sequence[Question]) -> tuple[Question, ...]:
    """Return all questions; of two about the same words the embedded engine's stays."""
    more = [q for q in theirs if not any(q.start < known.end and known.start < q.end for known in ours)]
    ordered = sorted((*ours, *more), key=lambda each: each.start)
    return tuple(each.model_copy(update={"id": f"Q-{n:02d}"}) for n, each in enumerate(ordered, 1))
