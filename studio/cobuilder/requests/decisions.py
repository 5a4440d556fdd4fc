"""Requests about the rows of a decision: add, change, remove.

- A row's conditions are over the decision's own columns; a new row stands in front of the rows that take
  every case.
- An answer must be one that the steps asking the decision know; else the checks refuse the proposal.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from studio.cobuilder.requests.conditions import condition, known, number_fact
from studio.cobuilder.requests.flow_edits import slug
from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn
from studio.cobuilder.words.known_facts import KnownFact, compares
from studio.cobuilder.words.values import plain
from studio.domain.changeset import join_path
from studio.domain.condition import Compare, Condition
from studio.domain.workflow import Cell, Decide, DecisionTable, Row


def _facts(turn: Turn, table: DecisionTable) -> list[KnownFact]:
    columns = {each.id: each for each in table.inputs}
    found = [fact for fact in known(turn.agent) if fact.name in columns]
    labelled = []
    for fact in found:
        choices = fact.choices or tuple(
            dict.fromkeys(
                str(c.value)
                for row in table.rows
                for c in row.cells
                if c.id == fact.name and isinstance(c.value, str)
            )
        )
        number = columns[fact.name].type if columns[fact.name].type in ("number", "money") else fact.type
        labelled.append(
            KnownFact(fact.name, fact.workflow, number, f"{fact.label} {columns[fact.name].label}", choices)
        )
    return labelled


def _cells(turn: Turn, table: DecisionTable, text: str) -> tuple[Cell, ...]:
    facts = _facts(turn, table)
    found: Condition | None = condition(text, facts)
    tests = compares(found)
    numbers = [fact for fact in facts if fact.type in ("number", "money")]
    if (
        not any(not isinstance(t.value, str | bool) for t in tests)
        and len(numbers) == 1
        and re.search(r"\d", text)
    ):
        bare = re.sub(r"(\d[\d,.]*).*", r"\1", text)
        single = number_fact(f"{numbers[0].name.replace('_', ' ')} {bare}", numbers)
        if single is not None:
            whole = condition(f"{numbers[0].name.replace('_', ' ')} {text}", numbers)
            op = compares(whole)[0].op if whole is not None else "="
            tests = [*tests, Compare(field=numbers[0].name, op=op, value=plain(single[1]))]
    return tuple(Cell(id=t.field, op=t.op, value=t.value) for t in tests)


def _answer(turn: Turn, table: DecisionTable, text: str) -> str:
    answers = list(dict.fromkeys(row.then for row in table.rows))
    for flow in turn.agent.workflows:
        for step in flow.steps:
            if isinstance(step, Decide) and step.table == table.id:
                answers += [b.id for b in step.branches if b.id not in answers]
    best = max(answers, key=lambda a: fuzz.ratio(a.casefold(), text.casefold()), default=text)
    return best if fuzz.ratio(best.casefold(), text.casefold()) >= 80 else text


def _words(cells: tuple[Cell, ...]) -> str:
    return ", ".join(f"{c.id.replace('_', ' ')} {c.words}" for c in cells) or "in every case"


def _add(turn: Turn) -> Outcome:
    table = turn.agent.table(turn.item("table").id)
    cells = _cells(turn, table, turn.text("case"))
    if not cells:
        columns = ", ".join(each.label for each in table.inputs)
        return No(f"“{turn.text('case')}” says nothing about what “{table.name}” looks at: {columns}.")
    answer = _answer(turn, table, turn.text("answer"))
    if any(set(row.cells) == set(cells) for row in table.rows):
        return No(f"“{table.name}” has a row for “{_words(cells)}” already; change that one.")
    row = Row(id=slug(answer, {r.id for r in table.rows}), cells=cells, then=answer)
    open_rows = [n for n, r in enumerate(table.rows) if all(c.op == "any" for c in r.cells)]
    front: str | None = None
    if open_rows:
        front = table.rows[open_rows[0] - 1].id if open_rows[0] else ""
    title = f"“{table.name}”: new row {_words(cells)} → “{answer}”"
    turn.sketch.put(join_path("tables", table.id, "rows", row.id), row, turn.why(title), after=front)
    return Done(f"I propose a row in “{table.name}”: {_words(cells)} → “{answer}”.", title)


def _row(turn: Turn) -> tuple[DecisionTable, Row]:
    at = turn.item("row")
    table = turn.agent.table(at.holder)
    return table, next(row for row in table.rows if row.id == at.id)


def _change(turn: Turn) -> Outcome:
    table, row = _row(turn)
    path = join_path("tables", table.id, "rows", row.id)
    if turn.text("answer"):
        answer = _answer(turn, table, turn.text("answer"))
        if answer == row.then:
            return No(f"The row answers “{answer}” already.")
        title = f"“{table.name}”, row “{row.id}”: “{row.then}” → “{answer}”"
        turn.sketch.edit(path, row, turn.why(title, *row.citations), then=answer)
        return Done(f"I propose that the row “{row.id}” of “{table.name}” answers “{answer}”.", title)
    new = _cells(turn, table, turn.text("case"))
    if not new:
        return NotMine()
    changed = {cell.id for cell in new}
    cells = tuple(cell for cell in row.cells if cell.id not in changed) + new
    if set(cells) == set(row.cells):
        return No(f"The row “{row.id}” of “{table.name}” says that already.")
    title = f"“{table.name}”, row “{row.id}”: {_words(tuple(row.cells))} → {_words(cells)}"
    turn.sketch.edit(path, row, turn.why(title, *row.citations), cells=cells)
    return Done(f"I propose for the row “{row.id}” of “{table.name}”: {_words(cells)} → “{row.then}”.", title)


def _remove(turn: Turn) -> Outcome:
    table, row = _row(turn)
    title = f"“{table.name}”: remove row “{row.id}” ({_words(row.cells)} → “{row.then}”)"
    if len(table.rows) == 1:
        return No(f"It is the only row of “{table.name}”; without it nothing would be decided.")
    turn.sketch.put(join_path("tables", table.id, "rows", row.id), None, turn.why(title, *row.citations))
    return Done(
        f"I propose to remove the row “{row.id}” ({_words(row.cells)} → “{row.then}”) of “{table.name}”.",
        title,
    )


_THEN = r"(?:→|->|=>|:|,? then|means|gives|,)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "row-add",
        "Decisions",
        "Add a row to a decision: conditions and the answer.",
        ("Add a row to “Does a supervisor have to approve?”: above £500 → supervisor",),
        (
            rf"<add> (?:a |another |new )*row (?:to|in|into) {{table}}(?::| for| <when>) {{case}} "
            rf"?{_THEN} {{answer}}",
            rf"(?:in |to ){{table}},? <add> (?:a |another |new )*row:? {{case}} ?{_THEN} {{answer}}",
            rf"{{table}} needs (?:a |another |new )*row:? (?:<when> )?{{case}} ?{_THEN} {{answer}}",
            r"<add> (?:a |another |new )*row (?:to|in|into) {table} that says {answer} (?:for|<when>) {case}",
            rf"(?:a )?new row (?:in|for|of) {{table}}:? {{case}} ?{_THEN} {{answer}}",
        ),
        _add,
    ),
    Kind(
        "row-change",
        "Decisions",
        "Change a row of a decision: its condition or its answer.",
        ("In “Does a supervisor have to approve?” change the row small to at most £180",),
        (
            r"(?:in|of) {table},? (?:<change>) (?:<the>)?row {row} (?:to|into|so that it says) {case}",
            r"(?:<change>) (?:<the>)?row {row} (?:of|in) {table} (?:to|into|so that it says) {case}",
            r"(?:<change>) (?:<the>)?row {row} (?:of|in) {table} (?P<case>(?:at (?:most|least)"
            r"|more than|less than|above|below|up to|from) .+)",
            r"(?:<the>)?row {row} (?:of|in) {table} (?:<must>) (?:answer|say|give|mean|lead to|be) {answer}",
            r"{table}:? row {row} (?:<must>) (?:answer|say|give|mean|be) {answer}",
        ),
        _change,
    ),
    Kind(
        "row-remove",
        "Decisions",
        "Remove a row of a decision.",
        ("Remove the row “used” from “Can the item be returned?”",),
        (
            r"<remove> (?:<the>)?row {row} (?:from|of|in|out of) {table}",
            r"(?:in|from) {table},? <remove> (?:<the>)?row {row}",
            r"take (?:<the>)?row {row} out of {table}",
            r"{table} (?:does not|doesn't|no longer) needs? (?:<the>)?row {row}(?: <more>)?",
            r"<remove> (?:<the>)?row {row}",
        ),
        _remove,
    ),
)
