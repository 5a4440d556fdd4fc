"""The agent: charter, workflows, decision tables, tools, scenarios and the sources it was built from."""

from __future__ import annotations

from typing import TypeVar

from studio.domain.charter import Charter
from studio.domain.frozen import Frozen
from studio.domain.scenario import Scenario
from studio.domain.source import SourcePin
from studio.domain.tool import Tool
from studio.domain.workflow import DecisionTable, Workflow
from studio.domain.world import RecordTable

Item = TypeVar("Item", Workflow, DecisionTable, Tool, Scenario)


class Agent(Frozen):
    """A whole agent; its digest (`frozen.digest`) names exactly this content.

    `records` are the tables that its mock systems work on, where it has any.
    """

    id: str
    name: str
    charter: Charter
    workflows: tuple[Workflow, ...] = ()
    tables: tuple[DecisionTable, ...] = ()
    tools: tuple[Tool, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    sources: tuple[SourcePin, ...] = ()
    records: tuple[RecordTable, ...] | None = None

    def workflow(self, workflow_id: str) -> Workflow:
        """Return the workflow with this id; raises KeyError."""
        return next_by_id(self.workflows, workflow_id)

    def table(self, table_id: str) -> DecisionTable:
        """Return the decision table with this id; raises KeyError."""
        return next_by_id(self.tables, table_id)

    def tool(self, name: str) -> Tool:
        """Return the tool with this name; raises KeyError."""
        return next_by_id(self.tools, name)

    def scenario(self, scenario_id: str) -> Scenario:
        """Return the scenario with this id; raises KeyError."""
        return next_by_id(self.scenarios, scenario_id)


def next_by_id(items: tuple[Item, ...], item_id: str) -> Item:
    """Return the item with this id; raises KeyError."""
    for item in items:
        if item.id == item_id:
            return item
    raise KeyError(item_id)
