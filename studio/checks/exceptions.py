"""Exceptions in a rule's words ("unless …", "except …"): carried into its formal reading, or told.

- An exception is carried where its words name exactly one thing the agent knows: a yes or no, or a choice.
- What speaks of a no ("unless it is not opened"), of several things or of none is not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from studio.domain.agent import Agent
from studio.domain.condition import All, Compare, Condition, Not, Scalar
from studio.domain.property import Property
from studio.domain.workflow import ToolCall

_EXCEPTION = re.compile(
    r"\b(?:unless|except(?:ing)?(?:\s+(?:for|when|where|if|that))?|other than|apart from|save (?:for|when|if)"
    r"|excluding|with the exception of|does not apply (?:to|when|if)|do not apply (?:to|when|if))\b([^.;:]*)",
    re.I,
)
_NO = re.compile(r"\b(?:not|no|never|without|nor)\b|n't\b", re.I)
_SMALL = frozenset(
    "the a an of to is are was were be been has have had it its this that they them their his her in on at "
    "by for with and or if when where who whom which what customer customers".split()
)


def exceptions_in(text: str) -> list[str]:
    """Return the exceptions that a text makes, each as its words."""
    return [found[0].strip(" ,") for found in _EXCEPTION.finditer(text) if found[1].strip(" ,")]


def case_of(clause: str, agent: Agent, stem: Callable[[str], str]) -> Condition | None:
    """Return when an exception applies; None where its words do not name one known thing."""
    if _NO.search(clause.split(None, 1)[-1]):
        return None
    said = {stem(word) for word in re.findall(r"[a-z]+", clause.lower())}
    found: dict[tuple[str, Scalar], Condition] = {}
    for name, words, value in _cases(agent):
        own = {stem(word) for word in re.findall(r"[a-z]+", words.lower()) if word not in _SMALL}
        if own and own <= said:
            found[name, value] = Compare(field=name, op="=", value=value)
    return next(iter(found.values())) if len(found) == 1 else None


def _cases(agent: Agent) -> Iterator[tuple[str, str, Scalar]]:
    """Yield what can be the case: the fact, the words for it, the value."""
    for slot in (slot for flow in agent.workflows for slot in flow.slots):
        if slot.type == "yes or no":
            yield slot.id, slot.id.replace("_", " "), True
            yield slot.id, slot.label, True
        elif slot.type == "choice":
            yield from ((slot.id, choice, choice) for choice in slot.choices)
    tools = {tool.name: tool for tool in agent.tools}
    steps = (step for flow in agent.workflows for step in flow.steps if isinstance(step, ToolCall))
    for step in steps:
        known = tools[step.tool].returns.get("properties", {}) if step.tool in tools else {}
        for binding in step.results:
            schema = known.get(binding.result, {})
            if schema.get("type") == "boolean":
                yield binding.fact, binding.fact.replace("_", " "), True
            for value in schema.get("enum", ()) if schema.get("type") == "string" else ():
                yield binding.fact, str(value), value


def except_for(demanded: Property, case: Condition) -> Property | None:
    """Return a property without the cases of an exception; None where it cannot be said of one."""
    if demanded.event.kind != "call" or demanded.kind in ("once", "then"):
        return None
    if demanded.kind == "never" and demanded.other is not None:
        return None
    spared = Not(of=case)
    when = spared if demanded.when is None else All(of=(demanded.when, spared))
    return demanded.model_copy(update={"when": when})
