"""Subjects: what a change is about, read from its path and called by its name.

- The innermost thing that has a name of its own is the subject; the rest of the path is inside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.diff.charter_words import PARTS
from studio.diff.naming import Names, quoted, spaced
from studio.domain.charter_terms import ROLE_WORDS

ROLES: dict[str, str] = {
    role: words if words.isupper() else words.lower() for role, words in ROLE_WORDS.items()
}
"""What an owner's role is called inside a sentence."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change is about: the kind of thing, its name, and the path inside it."""

    kind: str
    name: str
    rest: tuple[str, ...]
    workflow: str = ""
    table: str = ""


def subject_of(path: tuple[str, ...], names: Names) -> Subject:
    """Return what a path is about; the innermost thing that has a name of its own."""
    match path:
        case ("charter", "rules", rule, *rest):
            return Subject("rule", names.rule(rule), tuple(rest))
        case ("charter", "owners", role, *rest):
            return Subject("owner", f"the {ROLES.get(role, role)} owner", tuple(rest))
        case ("charter", "portfolio", intent, *rest):
            return Subject("intent", names.intent(intent), tuple(rest))
        case ("charter", "readiness", measure, *rest):
            return Subject("threshold", f"threshold {quoted(measure)}", tuple(rest))
        case ("charter", part, *rest) if part in PARTS:
            return Subject(part, PARTS[part], tuple(rest))
        case ("workflows", flow, *rest):
            return _in_workflow(flow, tuple(rest), names)
        case ("tables", table, *rest):
            return _in_table(table, tuple(rest), names)
        case ("tools", tool, *rest):
            return Subject("tool", f"system {names.tool(tool)}", tuple(rest))
        case ("scenarios", test, *rest):
            return _in_test(names.scenario(test), tuple(rest), names)
        case ("sources", source, *rest):
            return Subject("source", f"source {names.source(source)}", tuple(rest))
        case ("records", table, *rest):
            return Subject("records", f"table of records {quoted(spaced(table))}", tuple(rest))
        case ("charter", *rest):
            return Subject("charter", "the charter", tuple(rest))
        case _:
            return Subject("agent", "the agent", path)


def _in_workflow(flow: str, rest: tuple[str, ...], names: Names) -> Subject:
    """Return the step, way out, slot or argument of a workflow that a path is about."""
    inside = f"in workflow {names.workflow(flow)}"
    match rest:
        case ("steps", step, "branches", branch, *more):
            name = f"way out {quoted(spaced(branch))} of step {names.step(flow, step)} {inside}"
            return Subject("branch", name, tuple(more), workflow=flow)
        case ("steps", step, "arguments", argument, *more):
            name = f"value {quoted(spaced(argument))} given by step {names.step(flow, step)} {inside}"
            return Subject("argument", name, tuple(more), workflow=flow)
        case ("steps", step, *more):
            return Subject("step", f"step {names.step(flow, step)} {inside}", tuple(more), workflow=flow)
        case ("slots", slot, *more):
            return Subject("slot", f"fact {names.fact(slot)} {inside}", tuple(more), workflow=flow)
        case _:
            return Subject("workflow", f"workflow {names.workflow(flow)}", rest, workflow=flow)


def _in_table(table: str, rest: tuple[str, ...], names: Names) -> Subject:
    """Return the row, cell or input of a decision table that a path is about."""
    inside = f"decision table {names.table(table)}"
    match rest:
        case ("rows", row, "cells", fact, *more):
            name = f"{inside}, {names.row(table, row)}, {names.column(table, fact)}"
            return Subject("cell", name, tuple(more), table=table)
        case ("rows", row, *more):
            return Subject("row", f"{names.row(table, row)} of {inside}", tuple(more), table=table)
        case ("inputs", fact, *more):
            return Subject(
                "input", f"column {names.column(table, fact)} of {inside}", tuple(more), table=table
            )
        case _:
            return Subject("table", inside, rest, table=table)


def _in_test(test: str, rest: tuple[str, ...], names: Names) -> Subject:
    """Return the part of a test that a path is about."""
    match rest:
        case ("facts", fact, *more):
            return Subject("fact", f"{test}: the customer's {names.fact(fact)}", tuple(more))
        case ("systems", tool, *more):
            return Subject("reply", f"{test}: the reply of system {names.tool(tool)}", tuple(more))
        case ("faults", tool, *more):
            return Subject("fault", f"{test}: the failure of system {names.tool(tool)}", tuple(more))
        case ("persona", *more):
            return Subject("persona", f"{test}: the customer", tuple(more) or ("manner",))
        case _:
            return Subject("scenario", test, rest)
