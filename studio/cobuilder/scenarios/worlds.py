"""Worlds for tests: who comes with which facts, and what the systems answer; and how a fact is set in one.

- A world is taken from a test that the agent has, where there is one; else it is made from the slots'
  examples and choices and from what the systems say they give back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.cobuilder.scenarios.goals import step_beside, steps_of
from studio.cobuilder.words.known_facts import compares
from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.frozen import Json
from studio.domain.scenario import Fact, Persona, Scenario, SystemReply
from studio.domain.tool import Tool
from studio.domain.workflow import Decide, Slot, Step, ToolCall, Verify, Workflow


def worlds_of(agent: Agent, flow: Workflow) -> list[Scenario]:
    """Return plain tests of a workflow without faults and manners, and a made one where none is there."""
    plain = [s for s in agent.scenarios if s.workflow == flow.id and not s.faults and not s.behaviours]
    known = [s for s in plain if all(r.reply.get("verified", True) is not False for r in s.systems)]
    return [*known, made_world(agent, flow)]


def made_world(agent: Agent, flow: Workflow) -> Scenario:
    """Return a world made from examples: every fact known, every system answering."""
    parts = list(steps_of(agent, flow))
    slots = {slot.id: slot for owner in {o.id: o for o, _ in parts}.values() for slot in owner.slots}
    tools = [step.tool for _, step in parts if isinstance(step, ToolCall | Verify)]
    known = {tool.name: tool for tool in agent.tools}
    return Scenario(
        id="T-00",
        title=flow.name,
        workflow=flow.id,
        opening=flow.examples[0] if flow.examples else flow.intent or flow.name,
        persona=Persona(name="Robin Gray"),
        goal=flow.intent or flow.name,
        facts=tuple(Fact(id=slot.id, value=_example(slot)) for slot in slots.values()),
        systems=tuple(
            SystemReply(id=name, reply=_reply(known[name])) for name in dict.fromkeys(tools) if name in known
        ),
    )


def _example(slot: Slot) -> Scalar:
    if slot.type == "yes or no":
        return slot.example.casefold() != "no"
    if slot.type in ("number", "money"):
        return float(slot.example) if slot.example.replace(".", "", 1).isdigit() else 10
    if slot.choices:
        return slot.example if slot.example in slot.choices else slot.choices[0]
    made = {"date": "1990-04-12", "email": "robin.gray@mail.example", "phone": "020 7946 0018"}
    return slot.example or made.get(slot.type, "A-1")


def _reply(tool: Tool) -> dict[str, Json]:
    return {name: _of_schema(name, schema) for name, schema in tool.returns.get("properties", {}).items()}


def _of_schema(name: str, schema: Json) -> Json:
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "string")
    return {"boolean": True, "integer": 1, "number": 10}.get(str(kind), f"{name.replace('_', ' ')} 1")


def with_value(agent: Agent, scenario: Scenario, name: str, value: Scalar) -> Scenario:
    """Return a test in which a fact has a value, wherever the agent takes the fact from."""
    flow = next(each for each in agent.workflows if each.id == scenario.workflow)
    calls = [step for _, step in steps_of(agent, flow) if isinstance(step, ToolCall)]
    for step in calls:
        for binding in step.results:
            if binding.fact == name:
                return _with_reply(scenario, step.tool, binding.result, value)
    facts = tuple(f.model_copy(update={"value": value}) if f.id == name else f for f in scenario.facts)
    known = any(fact.id == name for fact in facts)
    return scenario.model_copy(update={"facts": facts if known else (*facts, Fact(id=name, value=value))})


def _with_reply(scenario: Scenario, tool: str, result: str, value: Json) -> Scenario:
    systems = tuple(
        SystemReply(id=system.id, reply={**system.reply, result: value}) if system.id == tool else system
        for system in scenario.systems
    )
    return scenario.model_copy(update={"systems": systems})


def with_reply(scenario: Scenario, tool: str, result: str, value: Json) -> Scenario:
    """Return a test in which a system answers otherwise."""
    return _with_reply(scenario, tool, result, value)


def domains_of(agent: Agent, flow: Workflow) -> dict[str, list[Scalar]]:
    """Return the values worth trying for each fact that decisions and guards of a workflow read."""
    return _domains(agent, flow, _constants(agent, flow))


def domains_at(agent: Agent, flow: Workflow, step: Step) -> dict[str, list[Scalar]]:
    """Return the values worth trying for each fact that one step of a workflow goes by."""
    found = [*_of_decision(agent, step)]
    if isinstance(step, ToolCall):
        found += _of_guards(agent, {step.tool})
    return _domains(agent, flow, found)


def _domains(
    agent: Agent, flow: Workflow, constants: Iterable[tuple[str, Scalar]]
) -> dict[str, list[Scalar]]:
    found: dict[str, dict[Scalar, Scalar]] = {}
    for name, value in constants:
        known = found.setdefault(name, {})
        for each in _around(name, value):
            known.setdefault(each, each)
    for name, others in _choices(agent, flow) if found else ():
        if name in found:
            for each in others:
                found[name].setdefault(each, each)
    return {name: list(values.values()) for name, values in found.items()}


def _around(name: str, value: Scalar) -> list[Scalar]:
    if isinstance(value, bool):
        return [value, not value]
    if isinstance(value, str):
        return [value]
    step = step_beside(name)
    numbers = [value, round(value + step, 2), round(value - step, 2)]
    return [int(n) if float(n).is_integer() else n for n in numbers]


def _constants(agent: Agent, flow: Workflow) -> Iterator[tuple[str, Scalar]]:
    """Yield the facts that a workflow's decisions and guards read, with the values they are held against."""
    tools: set[str] = set()
    for _, step in steps_of(agent, flow):
        if isinstance(step, ToolCall):
            tools.add(step.tool)
        yield from _of_decision(agent, step)
    yield from _of_guards(agent, tools)


def _of_decision(agent: Agent, step: Step) -> Iterator[tuple[str, Scalar]]:
    if not isinstance(step, Decide):
        return
    for branch in step.branches:
        for test in compares(branch.when):
            yield from _values(test.field, test.value)
    table = next((each for each in agent.tables if each.id == step.table), None)
    for row in table.rows if table else ():
        for cell in row.cells:
            for value in (cell.value, cell.high):
                if value is not None:
                    yield from _values(cell.id, value)


def _of_guards(agent: Agent, tools: set[str]) -> Iterator[tuple[str, Scalar]]:
    for rule in agent.charter.rules:
        if rule.guard is not None and set(rule.guard.tools) & tools:
            for test in compares(rule.guard.forbidden_when):
                yield from _values(test.field, test.value)


def _values(name: str, value: Scalar | tuple[Scalar, ...]) -> Iterator[tuple[str, Scalar]]:
    for each in value if isinstance(value, tuple) else (value,):
        yield name, each


def _choices(agent: Agent, flow: Workflow) -> Iterator[tuple[str, list[Scalar]]]:
    for owner, step in steps_of(agent, flow):
        for slot in owner.slots:
            if slot.choices:
                yield slot.id, list(slot.choices)
        if not isinstance(step, ToolCall):
            continue
        tool = next((each for each in agent.tools if each.name == step.tool), None)
        for binding in step.results if tool else ():
            schema = tool.returns.get("properties", {}).get(binding.result, {}) if tool else {}
            if schema.get("enum"):
                yield binding.fact, list(schema["enum"])
