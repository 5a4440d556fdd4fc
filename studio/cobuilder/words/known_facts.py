"""What an agent knows in its workflows: facts from customers and from systems, and conditions on them.

- A system's reply value that no step keeps yet is known too, once its step keeps it (`bound` False).
- A condition is only made where every word of the fact's name, or of one of its values, was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from studio.cobuilder.words.matching import topic
from studio.cobuilder.words.vocabulary import stems
from studio.domain.agent import Agent
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Operator, Scalar
from studio.domain.frozen import Json
from studio.domain.workflow import Slot, ToolCall, Workflow

OPPOSITES: dict[Operator, Operator] = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
"""The comparison that holds where another does not."""

_CODE = re.compile(r"\b(?=[^\W_]*\d)(?=[^\W_]*[^\W\d_])[^\W_]+\b")


@dataclass(frozen=True, slots=True)
class KnownFact:
    """One fact of one workflow: its type, its possible values, and the step and result it comes from."""

    name: str
    workflow: str
    type: str
    label: str
    choices: tuple[str, ...] = ()
    step: str | None = None
    tool: str | None = None
    result: str | None = None
    bound: bool = True

    @property
    def words(self) -> frozenset[str]:
        """Return the stems of the fact's name."""
        return frozenset(stems(self.name.replace("_", " ")))


def facts_of(agent: Agent, flow: Workflow) -> list[KnownFact]:
    """Return the facts of a workflow: its slots, and what its tools give back."""
    found = [_from_slot(flow, slot) for slot in flow.slots]
    tools = {tool.name: tool for tool in agent.tools}
    for step in flow.steps:
        if not isinstance(step, ToolCall) or step.tool not in tools:
            continue
        properties = tools[step.tool].returns.get("properties", {})
        kept = {binding.result: binding.fact for binding in step.results}
        for result, schema in properties.items():
            name = kept.get(result, result)
            label = str(schema.get("description", "")) or name.replace("_", " ")
            found.append(
                KnownFact(
                    name,
                    flow.id,
                    _type(schema),
                    label,
                    tuple(str(each) for each in schema.get("enum", ())),
                    step.id,
                    step.tool,
                    result,
                    result in kept,
                )
            )
    return found


def _from_slot(flow: Workflow, slot: Slot) -> KnownFact:
    return KnownFact(slot.id, flow.id, slot.type, slot.label, slot.choices)


def _type(schema: dict[str, Json]) -> str:
    kind = schema.get("type", "string")
    return {"boolean": "yes or no", "integer": "number", "number": "number"}.get(str(kind), "text")


def codes_in(text: str) -> frozenset[str]:
    """Return the words of letters and digits: “w10” and “w100” are two places, though both are a place."""
    return frozenset(_CODE.findall(text.casefold()))


def conditions_in(text: str, facts: Iterable[KnownFact]) -> list[tuple[KnownFact, Compare]]:
    """Return the conditions on known facts that a text names in full, each fact once, the fullest first."""
    said, coded = topic(text), codes_in(text)
    found: list[tuple[int, KnownFact, Compare]] = []
    for fact in facts:
        named = codes_in(fact.name.replace("_", " ")) <= coded
        if fact.type == "yes or no" and fact.words and fact.words <= said and named:
            found.append((len(fact.words), fact, Compare(field=fact.name, op="=", value=True)))
        for choice in fact.choices:
            words = topic(choice)
            if words and words <= said and codes_in(choice) <= coded:
                found.append((len(words), fact, Compare(field=fact.name, op="=", value=choice)))
    best: dict[str, tuple[int, KnownFact, Compare]] = {}
    for each in found:
        if each[1].name not in best or each[0] > best[each[1].name][0]:
            best[each[1].name] = each
    ordered = sorted(best.values(), key=lambda each: (-each[0], each[1].name))
    return [(fact, condition) for _, fact, condition in ordered]


def renamed(condition: Condition, names: dict[str, str]) -> Condition:
    """Return a condition that reads other facts."""
    if isinstance(condition, Compare):
        return condition.model_copy(update={"field": names.get(condition.field, condition.field)})
    if isinstance(condition, Not):
        return Not(of=renamed(condition.of, names))
    parts = tuple(renamed(part, names) for part in condition.of)
    return All(of=parts) if isinstance(condition, All) else AnyOf(of=parts)


def compares(condition: Condition | None) -> list[Compare]:
    """Return all comparisons inside a condition."""
    if condition is None:
        return []
    if isinstance(condition, Compare):
        return [condition]
    if isinstance(condition, Not):
        return compares(condition.of)
    return [each for part in condition.of for each in compares(part)]


def is_amount(name: str, label: str = "") -> bool:
    """Return whether a fact's name or label speaks of money."""
    return bool(
        re.search(
            r"amount|price|total|sum|fee|cost|charge|value|refund|pound|euro|dollar", f"{name} {label}", re.I
        )
    )


def is_span(name: str, label: str = "") -> bool:
    """Return whether a fact's name or label speaks of a length of time."""
    return bool(
        re.search(r"minute|hour|day|week|month|year|age|elapsed|notice|since|until", f"{name} {label}", re.I)
    )


def opposite(condition: Compare, value: Scalar | None = None) -> Compare:
    """Return the comparison that holds where this one does not, for known facts."""
    return Compare.model_validate(
        {
            "field": condition.field,
            "op": OPPOSITES[condition.op],
            "value": condition.value if value is None else value,
        }
    )
