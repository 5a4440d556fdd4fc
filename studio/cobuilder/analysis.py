"""The one reading of a document: statements, procedures and questions, and their neutral JSON form.

- Deterministic and offline: same document and tools, same analysis, byte for byte.
- A document that binds nobody is declined, in words; what is suspicious in it is told all the same.
- Steps of a written procedure are not repeated as rules, unless they carry a rule of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.cobuilder.procedures.procedures import read_procedures
from studio.cobuilder.questions.questions import read_questions
from studio.cobuilder.rules.statements import SURE_ENOUGH, is_mere_instruction, read_bound
from studio.cobuilder.suspicion.passages import find_suspicions
from studio.cobuilder.words.pace import Pace, Told, unheard
from studio.cobuilder.words.spans import Spans
from studio.domain.collector import uncollected
from studio.domain.finding import Analysis, WorkflowFinding
from studio.domain.frozen import Json
from studio.domain.source import SourceDocument
from studio.domain.statement import Statement, StatementKind
from studio.domain.tool import Tool

RULE_KINDS = {
    StatementKind.PROHIBITION: "never",
    StatementKind.OBLIGATION: "must",
    StatementKind.PERMISSION: "allow",
    StatementKind.DISCLOSURE: "disclose",
    StatementKind.ESCALATION: "escalate",
}
"""The neutral names of the kinds that are rules; definitions are none."""

_PIECE = 120
"""About so many characters make a sentence; only the pace hangs on it."""
DECLINED = "It is no procedure or policy: a story, a report, program code or bare data bind nobody."


@uncollected()
def analyze(document: SourceDocument, tools: Sequence[Tool], told: Told = unheard) -> Analysis:
    """Return everything that one reading of a document finds; `told` hears how far it is, and may end it."""
    pace, blocks = Pace(told), len(document.blocks)
    with pace.stage(0.65, 4 * max(blocks, len(document.text) // _PIECE)):
        bound = read_bound(document)
    if bound.declined:
        return Analysis(
            statements=(),
            workflows=(),
            questions=(),
            declined=DECLINED,
            suspicions=find_suspicions(document),
        )
    with pace.stage(0.17, 3 * blocks):
        workflows = read_procedures(document, tools)
    with pace.stage(0.01, blocks):
        statements = mark_steps(document, bound.statements, workflows)
    with pace.stage(0.13, 2 * blocks):
        questions = read_questions(document, statements, tools, workflows)
    with pace.stage(0.04, blocks):
        suspicions = find_suspicions(document)
    return Analysis(statements=statements, workflows=workflows, questions=questions, suspicions=suspicions)


def mark_steps(
    document: SourceDocument, statements: Sequence[Statement], workflows: Sequence[WorkflowFinding]
) -> tuple[Statement, ...]:
    """Return the statements, those that a workflow already carries out as mere steps marked as such."""
    carried_out = Spans((step.start, step.end) for workflow in workflows for step in workflow.steps)
    items = {block.id for block in document.blocks if block.kind == "item"}
    marked = []
    for statement in statements:
        carried = carried_out.meet(*statement.span)
        bare = statement.kind is StatementKind.OBLIGATION and statement.condition is None
        plain = bare or statement.block_id in items
        if carried and plain and is_mere_instruction(statement):
            statement = statement.model_copy(update={"is_step": True})
        marked.append(statement)
    return tuple(marked)


def is_rule(statement: Statement) -> bool:
    """Say whether a statement is proposed as a rule: it binds, surely enough, and is no mere step."""
    return statement.kind in RULE_KINDS and not statement.is_step and statement.confidence >= SURE_ENOUGH


def distinct_rules(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return the statements that are rules; a sentence that a document repeats word for word is one rule."""
    found: dict[tuple[StatementKind, str, str], Statement] = {}
    for statement in statements:
        if is_rule(statement):
            found.setdefault((statement.kind, statement.fingerprint, statement.text), statement)
    return tuple(found.values())


def as_report(analysis: Analysis) -> dict[str, Json]:
    """Return the neutral JSON of an analysis: rules, workflows and questions with verbatim quotes.

    Beside them stands what is suspicious in the document, if anything, and why it was declined, if it was.
    """
    report: dict[str, Json] = {
        "rules": [
            {
                "kind": RULE_KINDS[statement.kind],
                "text": statement.text,
                "source_quote": statement.quote,
            }
            for statement in distinct_rules(analysis.statements)
        ],
        "workflows": [
            {
                "name": workflow.name,
                "steps": [
                    {
                        "kind": step.kind,
                        "text": step.text,
                        "tool": step.tool,
                        "inputs": list(step.inputs),
                        "condition": step.condition,
                        "source_quote": step.quote,
                    }
                    for step in workflow.steps
                ],
            }
            for workflow in analysis.workflows
        ],
        "questions": [
            {"text": question.text, "source_quote": question.quote} for question in analysis.questions
        ],
    }
    if analysis.declined:
        report["declined"] = analysis.declined
    if analysis.suspicions:
        report["suspicions"] = [
            {
                "category": each.category,
                "reason": each.reason,
                "source_quote": each.quote,
                "place": each.anchor.label,
            }
            for each in analysis.suspicions
        ]
    return report
