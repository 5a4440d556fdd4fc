"""Mock systems: they answer exactly what a scenario says, and fail exactly as it says.

- Nothing is invented: a tool for which the scenario has neither reply nor fault fails with "no reply",
  and the transcript says so.
- A reply with `verified` turns to false while the customer's wrong data (`Fact.wrong`) is sent.
- The same scenario and the same calls give the same replies; there is no other state than the count
  of the calls.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from studio.domain.frozen import Json
from studio.domain.scenario import Scenario
from studio.ports import ToolFailed


class ScenarioSystems:
    """The systems of one conversation, as a scenario describes them."""

    def __init__(self, scenario: Scenario) -> None:
        self._replies = {system.id: system.reply for system in scenario.systems}
        self._faults = {fault.id: fault for fault in scenario.faults}
        self._wrong = [fact.wrong for fact in scenario.facts if fact.wrong is not None]
        self._called: dict[str, int] = {}

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Return the scenario's reply; raises ToolFailed as its faults say, or for want of a reply."""
        self._called[tool] = count = self._called.get(tool, 0) + 1
        fault = self._faults.get(tool)
        if fault is not None and (fault.times is None or count <= fault.times):
            raise ToolFailed(fault.failure)
        if tool not in self._replies:
            raise ToolFailed("no reply")
        reply = copy.deepcopy(self._replies[tool])
        if "verified" in reply and self._wrong and any(value in self._wrong for value in arguments.values()):
            reply["verified"] = False
        return reply


def connect(scenario: Scenario) -> ScenarioSystems:
    """Return fresh systems for one conversation of a scenario."""
    return ScenarioSystems(scenario)
