"""Fact words: how the values of facts are said, with the record they belong to: "orders of 31 to 45 days".

- A fact that a system tells belongs to the record that the system is asked for; what counts days or hours is
  called as the system calls it where the agent's own name says less ("days since delivery"). Where versions
  count from another day, the day is named that the values are counted from; none where that is not said.
- A fact that the customer is asked for is called as it is called there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.domain.agent import Agent
from studio.domain.tool import Tool
from studio.domain.workflow import Slot

COUNTED = re.compile(r"(?:whole |working |full )?(?:minutes|hours|days|weeks|months|years|times)\b", re.I)
_CURRENCY = re.compile(r" in (?:pounds|dollars|euros|yen|[A-Z]{3})$")
_TIMES = re.compile(r"times (\w+ed)\b", re.I)
_READING = frozenset("get find fetch read load show check look up retrieve query list".split())


class FactWords:
    """How the facts of some versions of an agent are said, the newest version first."""

    def __init__(self, agents: Sequence[Agent], counted: Agent | None = None) -> None:
        """Take the versions; `counted` is the one in which the values were counted."""
        self.agents = agents
        self._counted = counted

    def label(self, fact: str, column: str = "") -> str:
        """Return what a fact is called inside a sentence; `column` is what a decision table calls it."""
        told = self._names(self.agents, fact)
        if len(told) > 1 and self._counted is not None:
            told = self._names((self._counted,), fact)
        own = column or next((slot.label for slot in self._slots(fact) if slot.label), "")
        unit = COUNTED.match(own or fact.replace("_", " "))
        if unit and len(told) > 1 and self.record(fact):
            return unit[0].lower()
        if unit and len(told) == 1 and _says_more(own or unit[0], shown := next(iter(told))):
            return shown
        asked = next((slot.label for slot in self._slots(fact) if slot.label), "")
        said = (asked if asked and not told else own) or fact.replace("_", " ")
        return said[:1].lower() + said[1:] if said[1:2].islower() or len(said) == 1 else said

    def _names(self, agents: Sequence[Agent], fact: str) -> set[str]:
        return {result.replace("_", " ") for agent in agents for _, result in _told(agent, fact)}

    def counted(self, fact: str, label: str, span: str) -> str:
        """Return how many days, hours or times, with their record: "orders of 31 to 45 days old"."""
        record = self.record(fact)
        if times := _TIMES.fullmatch(label):
            return f"{record} {times[1]} {span} time{'' if span == '1' else 's'}".strip()
        said = f"{span} {label}"
        one = record.removesuffix("s")
        return said if not record or one in label.casefold() else f"{record} of {said}"

    def money(self, label: str, span: str) -> str:
        """Return an amount of money: "refund of £200.01 to £350"."""
        return f"{_CURRENCY.sub('', label)} of {span}"

    def record(self, fact: str) -> str:
        """Return the records that a fact is told of, in the plural ("orders"); "" where that is not known."""
        newest = next((told for agent in self.agents if (told := list(_told(agent, fact)))), [])
        found = {self._record_of(tool) for tool, _ in newest}
        return found.pop() if len(found) == 1 else ""

    def _record_of(self, tool: Tool) -> str:
        words = [word.rstrip("s") for word in tool.name.replace("-", "_").casefold().split("_")]
        tables = [table for agent in self.agents[:1] for table in agent.records or ()]
        names = [(table.name or table.id).replace("_", " ").casefold() for table in tables]
        if named := next((name for name in names if name.rstrip("s") in words), ""):
            return named
        if len(words) > 1 and words[0] in _READING and words[-1] not in _READING:
            return f"{words[-1]}s"
        return ""

    def _slots(self, fact: str) -> Iterator[Slot]:
        for agent in self.agents:
            yield from (slot for flow in agent.workflows for slot in flow.slots if slot.id == fact)


def _says_more(own: str, shown: str) -> bool:
    """Return whether the system's name counts the same unit and says from when."""
    one, other = own.casefold().split(), shown.casefold().split()
    return one[0] == other[0] and len(other) > len(one)


def _told(agent: Agent, fact: str) -> Iterator[tuple[Tool, str]]:
    """Yield the systems that tell a fact, with their names for it."""
    tools = {tool.name: tool for tool in agent.tools}
    for flow in agent.workflows:
        for step in flow.steps:
            if step.kind == "tool" and step.tool in tools:
                yield from ((tools[step.tool], each.result) for each in step.results if each.fact == fact)
