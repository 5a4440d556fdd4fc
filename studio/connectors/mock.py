"""The mock connector: systems that answer what a scenario says, for trying an agent without real ones.

- The behaviour itself is part of the simulation (`studio.simulation.systems`), which must be the same
  wherever evidence is recomputed; this is its face among the connectors.
"""

from __future__ import annotations

from studio.simulation.systems import ScenarioSystems, connect

__all__ = ["ScenarioSystems", "connect"]
