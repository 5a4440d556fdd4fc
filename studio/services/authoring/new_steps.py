"""New steps with sensible defaults: what the agent has that fits is chosen, nothing is invented.

- What has to be chosen by a person (words to say, a system among several) is left empty; the checks name it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal, get_args

from studio.domain.agent import Agent
from studio.domain.charter import RuleKind
from studio.domain.errors import WrongUse
from studio.domain.workflow import (
    Ask,
    Branch,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Place,
    Say,
    Step,
    ToolCall,
    Verify,
    Workflow,
)

Kind = Literal["ask", "verify", "tool", "decide", "say", "disclose", "handoff", "end", "call"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TITLES: dict[Kind, str] = {
    "ask": "Ask", "verify": "Verify identity", "tool": "Use a system", "decide": "Decide", "say": "Say",
    "disclose": "Disclose", "handoff": "Hand to a person", "end": "End", "call": "Reusable block",
}  # fmt: skip
USUAL_QUEUE = "Customer service"


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """Return an id made of these words that nothing has yet."""
    used = set(taken)
    base = "-".join("".join(c if c.isalnum() else " " for c in wanted.casefold()).split()) or "step"
    name, number = base, 2
    while name in used:
        name, number = f"{base}-{number}", number + 1
    return name


def free_title(wanted: str, taken: Iterable[str]) -> str:
    """Return a title that nothing has yet: numbered from the second on."""
    used = {title.casefold() for title in taken}
    title, number = wanted, 2
    while title.casefold() in used:
        title, number = f"{wanted} {number}", number + 1
    return title


def new_step(agent: Agent, flow: Workflow, kind: str, title: str = "", place: Place | None = None) -> Step:
    """Return a step of a kind that is not in the workflow yet, its ways open; raises WrongUse."""
    make = _MAKERS.get(kind)
    if make is None:
        raise WrongUse(f"There is no kind of step “{kind}”.", f"Choose one of: {', '.join(KINDS)}.")
    made = make(agent, flow)
    title = title.strip() or free_title(made.title, (step.title for step in flow.steps))
    name = free_id(title, (step.id for step in flow.steps))
    return made.model_copy(update={"id": name, "title": title, "place": place})


def _ask(agent: Agent, flow: Workflow) -> Step:
    asked = {name for step in flow.steps for name in getattr(step, "slots", ())}
    slot = next((slot for slot in flow.slots if slot.id not in asked), None)
    title = f"Ask for {slot.label.lower()}" if slot and slot.label else TITLES["ask"]
    return Ask(id="", title=title, slots=(slot.id,) if slot else ())


def _verify(agent: Agent, flow: Workflow) -> Step:
    able = [tool for tool in agent.tools if "verified" in tool.result_names]
    tool = able[0] if len(able) == 1 else None
    known = {slot.id for slot in flow.slots}
    slots = tuple(name for name in tool.argument_names if name in known) if tool else ()
    return Verify(id="", title=TITLES["verify"], slots=slots, tool=tool.name if tool else "")


def _tool(agent: Agent, flow: Workflow) -> Step:
    only = agent.tools[0].name if len(agent.tools) == 1 else ""
    return ToolCall(id="", title=TITLES["tool"], tool=only)


def _decide(agent: Agent, flow: Workflow) -> Step:
    used = {step.table for each in agent.workflows for step in each.steps if isinstance(step, Decide)}
    table = next((table for table in agent.tables if table.id not in used), None)
    if table is None:
        return Decide(id="", title=TITLES["decide"], branches=(Branch(id="yes"),))
    answers = dict.fromkeys(row.then for row in table.rows)
    return Decide(
        id="", title=table.name, table=table.id, branches=tuple(Branch(id=each) for each in answers)
    )


def _say(agent: Agent, flow: Workflow) -> Step:
    return Say(id="", title=TITLES["say"], text="")


def _disclose(agent: Agent, flow: Workflow) -> Step:
    said = {step.rule for step in flow.steps if isinstance(step, Disclose)}
    rules = [rule for rule in agent.charter.rules if rule.kind == RuleKind.DISCLOSE]
    mine = [rule for rule in rules if not rule.workflows or flow.id in rule.workflows]
    rule = next((rule for rule in (*mine, *rules) if rule.id not in said), None)
    if rule is None:
        return Disclose(id="", title=TITLES["disclose"], rule="", text="")
    return Disclose(id="", title=rule.title or TITLES["disclose"], rule=rule.id, text=rule.text)


def _handoff(agent: Agent, flow: Workflow) -> Step:
    every = Counter(s.queue for each in agent.workflows for s in each.steps if isinstance(s, Handoff))
    queue = every.most_common(1)[0][0] if every else USUAL_QUEUE
    return Handoff(id="", title=TITLES["handoff"], queue=queue)


def _end(agent: Agent, flow: Workflow) -> Step:
    return End(id="", title=TITLES["end"])


def _call(agent: Agent, flow: Workflow) -> Step:
    inside = {step.block for step in flow.steps if isinstance(step, CallBlock)}
    blocks = [each for each in agent.workflows if each.reusable and each.id != flow.id]
    fresh = [each for each in blocks if each.id not in inside] or blocks
    block = fresh[0] if fresh else None
    return CallBlock(id="", title=block.name if block else TITLES["call"], block=block.id if block else "")


_MAKERS: dict[str, Callable[[Agent, Workflow], Step]] = {
    "ask": _ask, "verify": _verify, "tool": _tool, "decide": _decide, "say": _say,
    "disclose": _disclose, "handoff": _handoff, "end": _end, "call": _call,
}  # fmt: skip
