"""A fact renamed everywhere at once: one wish, whatever asks for it, keeps it, reads it or says it.

- The name that people see and the name in conditions change together; nothing is left under the old one.
- A rule that looks at what a system is given goes on looking at that: only what reads the fact is renamed.
- Where a rule means both, or the new name is taken, nothing changes and the sentence says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.charter import Rule
from studio.domain.condition import Compare, Condition, Not, fields_of
from studio.domain.edit import FieldEdit, SetField
from studio.domain.errors import WrongUse
from studio.domain.known import Knowledge, in_words
from studio.domain.scenario import ExpectGuard, ExpectHandoff, Scenario
from studio.domain.workflow import Argument, Decide, DecisionTable, Handoff, Step, ToolCall, Verify, Workflow

_GIVEN = ("segment", "region")
_TEXTS = ("say", "text")


def fact_renamed(agent: Agent, fact_id: str, name: str) -> FieldEdit:
    """Return the wish that renames a fact wherever it stands; raises WrongUse."""
    facts = Knowledge(agent).facts
    if fact_id not in facts:
        raise WrongUse(f"There is no fact “{in_words(fact_id)}”.", "Name one that is asked for or kept.")
    if fact_id in _GIVEN:
        raise WrongUse(f"“{facts[fact_id].label}” is given by the channel.", "It cannot be renamed.")
    name = name.strip()
    new = _id_of(name)
    if new != fact_id and new in facts:
        raise WrongUse(f"Another fact is called “{facts[new].label}”.", "Give it another name.")
    sets = tuple(_Renaming(agent, fact_id, new, name).sets())
    return FieldEdit(sets=sets, title=f"Rename the fact “{facts[fact_id].label}” to “{name}”")


def _id_of(name: str) -> str:
    made = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    if not made:
        raise WrongUse(f"“{name}” is no name for a fact.", "Give it a name of letters.")
    return made if made[0].isalpha() else f"fact_{made}"


class _Renaming:
    """One fact, its new name, and every part of an agent as it is afterwards."""

    def __init__(self, agent: Agent, old: str, new: str, words: str) -> None:
        self._agent, self._old, self._new, self._words = agent, old, new, words

    def sets(self) -> Iterator[SetField]:
        """Yield each part that changes."""
        for flow in self._agent.workflows:
            yield from self._of_flow(flow)
        kinds: tuple[tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], Any]], ...] = (
            (("tables",), self._agent.tables, self._table),
            (("charter", "rules"), self._agent.charter.rules, self._rule),
            (("scenarios",), self._agent.scenarios, self._scenario),
        )
        for where, parts, renamed in kinds:
            for part in parts:
                made = renamed(part)
                if made != part:
                    yield SetField(path=join_path(*where, part.id), value=made)

    def _of_flow(self, flow: Workflow) -> Iterator[SetField]:
        slots = tuple(
            slot.model_copy(update={"id": self._new, "label": self._words, "prompt": self._text(slot.prompt)})
            if slot.id == self._old
            else slot.model_copy(update={"prompt": self._text(slot.prompt)})
            for slot in flow.slots
        )
        if slots != flow.slots:
            yield SetField(path=join_path("workflows", flow.id, "slots"), value=slots)
        for step in flow.steps:
            made = self._step(step)
            if made != step:
                yield SetField(path=join_path("workflows", flow.id, "steps", step.id), value=made)

    def _name(self, name: str) -> str:
        return self._new if name == self._old else name

    def _text(self, text: str) -> str:
        return text.replace(f"{{{self._old}}}", f"{{{self._new}}}")

    def _step(self, step: Step) -> Step:
        new: dict[str, Any] = {
            field: self._text(getattr(step, field)) for field in _TEXTS if hasattr(step, field)
        }
        if hasattr(step, "slots"):
            new["slots"] = tuple(map(self._name, step.slots))
        if isinstance(step, Verify | ToolCall):
            new["arguments"] = self._arguments(step)
        if isinstance(step, ToolCall):
            kept = (each.model_copy(update={"fact": self._name(each.fact)}) for each in step.results)
            new["results"] = tuple(kept)
        if isinstance(step, Decide):
            new["branches"] = tuple(
                each.model_copy(update={"when": self._condition(each.when)}) if each.when else each
                for each in step.branches
            )
        if isinstance(step, Handoff):
            new["context"] = tuple(map(self._name, step.context))
        return step.model_copy(update=new)

    def _arguments(self, step: Verify | ToolCall) -> tuple[Argument, ...]:
        """Return the arguments; a check that sends facts under their own names says from now on which."""
        if not step.arguments and isinstance(step, Verify) and self._old in step.slots:
            taken = next((tool.argument_names for tool in self._agent.tools if tool.name == step.tool), ())
            return tuple(Argument(name=slot, fact=self._name(slot)) for slot in step.slots if slot in taken)
        return tuple(
            each.model_copy(update={"fact": self._name(each.fact)}) if each.fact is not None else each
            for each in step.arguments
        )

    def _condition(self, condition: Condition) -> Condition:
        if isinstance(condition, Compare):
            return condition.model_copy(update={"field": self._name(condition.field)})
        if isinstance(condition, Not):
            return condition.model_copy(update={"of": self._condition(condition.of)})
        return condition.model_copy(update={"of": tuple(self._condition(part) for part in condition.of)})

    def _table(self, table: DecisionTable) -> DecisionTable:
        if all(column.id != self._old for column in table.inputs):
            return table
        if any(column.id == self._new for column in table.inputs):
            raise WrongUse(f"“{table.name}” has a column of that name.", "Give the fact another name.")
        rows = tuple(
            row.model_copy(
                update={
                    "cells": tuple(cell.model_copy(update={"id": self._name(cell.id)}) for cell in row.cells)
                }
            )
            for row in table.rows
        )
        inputs = tuple(
            column.model_copy(update={"id": self._new, "label": self._words})
            if column.id == self._old
            else column
            for column in table.inputs
        )
        return table.model_copy(update={"inputs": inputs, "rows": rows})

    def _rule(self, rule: Rule) -> Rule:
        new: dict[str, Any] = {}
        if rule.guard is not None and rule.guard.forbidden_when is not None:
            when = self._looking(rule, rule.guard.forbidden_when, rule.guard.tools)
            new["guard"] = rule.guard.model_copy(update={"forbidden_when": when})
        if rule.formal is not None and rule.formal.when is not None:
            names = rule.formal.event.names if rule.formal.event.kind in ("call", "failure") else ()
            new["formal"] = rule.formal.model_copy(
                update={"when": self._looking(rule, rule.formal.when, names)}
            )
        return rule.model_copy(update=new) if new else rule

    def _looking(self, rule: Rule, condition: Condition, tools: tuple[str, ...]) -> Condition:
        """Return a condition on calls of systems: it reads what they are given before it reads facts."""
        if self._old not in fields_of(condition):
            return condition
        given = [
            self._old in tool.argument_names
            for tool in self._agent.tools
            if tool.name in tools or (not tools and tool.effect == "write")
        ]
        if not any(given):
            return self._condition(condition)
        if all(given):
            return condition
        raise WrongUse(
            f"“{rule.title}” looks at “{in_words(self._old)}” as a fact and as what a system is given.",
            "Let the rule look at one of them first.",
        )

    def _scenario(self, scenario: Scenario) -> Scenario:
        facts = tuple(each.model_copy(update={"id": self._name(each.id)}) for each in scenario.facts)
        expected = []
        for each in scenario.expectations:
            if isinstance(each, ExpectHandoff):
                each = each.model_copy(update={"context": tuple(map(self._name, each.context))})
            elif isinstance(each, ExpectGuard):
                known = {self._name(name): value for name, value in each.facts.items()}
                each = each.model_copy(update={"facts": known})
            expected.append(each)
        return scenario.model_copy(update={"facts": facts, "expectations": tuple(expected)})
