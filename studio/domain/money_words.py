"""Money words: of which currency an agent speaks, and whether what a system takes is an amount of money.

- A system says it itself ("How much to pay back, in pounds"), or the fact that a step sends it is of money.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.domain.agent import Agent

_SIGNS = {"pounds": "£", "dollars": "$", "euros": "€", "yen": "¥"}
_NAMED = re.compile(rf"\bin ({'|'.join(_SIGNS)})\b", re.I)


def currency(agent: Agent) -> str:
    """Return the sign of the money that an agent speaks of; "" where it names none."""
    words = " ".join(rule.text for rule in agent.charter.rules)
    found = re.search(r"[£$€¥]", words)
    return found[0] if found else ""


def money_sign(agents: Iterable[Agent], tool: str, argument: str) -> str:
    """Return the sign before amounts that a system takes; "" where they are no money or it is not said.

    `agents` are versions of one agent; the first that tells counts.
    """
    for agent in agents:
        for each in agent.tools:
            described = each.parameters.get("properties", {}).get(argument, {}) if each.name == tool else {}
            named = _NAMED.search(str(described.get("description", "")))
            if named:
                return _SIGNS[named[1].lower()]
        if _sent(agent, tool, argument) & _of_money(agent) and (sign := currency(agent)):
            return sign
    return ""


def _sent(agent: Agent, tool: str, argument: str) -> set[str]:
    """Return the facts that steps send to a system as an argument."""
    calls = (s for flow in agent.workflows for s in flow.steps if s.kind == "tool" and s.tool == tool)
    return {each.fact for step in calls for each in step.arguments if each.name == argument and each.fact}


def _of_money(agent: Agent) -> set[str]:
    slots = {slot.id for flow in agent.workflows for slot in flow.slots if slot.type == "money"}
    return slots | {each.id for table in agent.tables for each in table.inputs if each.type == "money"}
