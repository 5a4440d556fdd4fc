"""Tests as labelled lines: who comes, with what, in which world, and what must happen."""

from __future__ import annotations

from collections.abc import Iterator

from studio.diff.sheets import SheetLine
from studio.domain.condition import spell
from studio.domain.frozen import Json
from studio.domain.scenario import Expectation, Fact, Fault, Scenario, fault_in_words, in_a_clause
from studio.services.sheets_steps import Called, plain

KNOWS, ANSWERS, WRONG, MUST = (
    "What the customer knows", "What systems answer", "What goes wrong", "What must happen"
)  # fmt: skip


def test_sheet(value: Json, called: Called) -> Iterator[SheetLine]:
    """Write down a test."""
    test = Scenario.model_validate(value)
    called = Called(called.names, test.workflow)
    yield SheetLine("Name", test.title)
    yield SheetLine("Workflow", called.workflow(test.workflow))
    for label, text in (("Goal", test.goal), ("Opens with", test.opening and f"“{test.opening}”")):
        if text:
            yield SheetLine(label, text)
    yield SheetLine("Customer", f"{test.persona.name}: {test.persona.words}")
    for label, several in (("Manner", test.behaviours), ("Also asks", test.also), ("Tags", test.tags)):
        if several:
            yield SheetLine(label, ", ".join(several))
    if test.today:
        yield SheetLine("Plays on", test.today)
    for fact in test.facts:
        yield SheetLine(called.fact(fact.id), _fact(fact), KNOWS)
    for reply in test.systems:
        for name, said in reply.reply.items():
            yield SheetLine(f"{plain(reply.id)}: {plain(name)}", _said(said), ANSWERS)
    for own in test.records or ():
        yield SheetLine(f"record {own.id} of {plain(own.table)}", _said(own.model_dump(mode="json")), ANSWERS)
    for fault in test.faults:
        yield SheetLine(plain(fault.id), _fault(fault), WRONG)
    for expected in test.expectations:
        yield _expected(expected, called)


def _fact(fact: Fact) -> str:
    parts = [spell(fact.value)]
    for words, other in (
        ("first says", fact.wrong),
        ("of another person", fact.another),
        ("demands", fact.forbidden),
    ):
        if other is not None:
            parts.append(f"{words} {spell(other)}")
    return ", ".join(parts)


def _fault(fault: Fault) -> str:
    said = fault_in_words(fault).partition("” ")[2]
    if fault.seconds is not None:
        said += f", {fault.seconds:g} seconds"
    if fault.field:
        said += f", without “{plain(fault.field)}”"
    return said + (f", says {_said(fault.values)}" if fault.values else "")


def _said(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{plain(name)} {_said(each)}" for name, each in value.items() if each is not None)
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value)) or "none"
    return spell(value) if isinstance(value, bool | int | float | str) else "nothing"


def _expected(it: Expectation, called: Called) -> SheetLine:
    """Return what is expected; its label says of what, so that two versions meet line by line."""
    match it.kind:
        case "outcome":
            return SheetLine("The conversation ends", it.outcome, MUST)
        case "call":
            often = f", {it.times} times" if it.times is not None else ""
            given = f", with {_said(it.arguments)}" if it.arguments else ""
            return SheetLine(
                f"“{plain(it.tool)}”", ("is never used" if it.never else "is used") + often + given, MUST
            )
        case "disclosure":
            before = f", before “{plain(it.before)}”" if it.before else ""
            return SheetLine(f"Rule {called.rule(it.rule)}", f"is told{before}", MUST)
        case "step":
            after = f", after {called.step(it.after)}" if it.after else ""
            return SheetLine(
                f"Step {called.step(it.step)}", ("is never passed" if it.never else "is passed") + after, MUST
            )
        case "handoff":
            known = f", with {', '.join(map(called.fact, it.context))}" if it.context else ""
            after = f", after {called.step(it.after)}" if it.after else ""
            return SheetLine("The customer is handed to", plain(it.queue) + known + after, MUST)
        case "effort":
            return SheetLine("Effort", in_a_clause(it), MUST)
        case "guard":
            return SheetLine("Code refuses", in_a_clause(it), MUST)
        case "unsaid":
            return SheetLine("The agent", in_a_clause(it), MUST)
        case _:
            return SheetLine("At the end", in_a_clause(it).removeprefix("At the end, "), MUST)
