"""Simulation: customers, runner, verdicts and consequences; a run is one typed, deterministic log."""

from studio.domain.run import Tally
from studio.simulation.consequences import (
    Consequence,
    ScenarioEffect,
    differences,
    manner,
)
from studio.simulation.runner import Connect, compare_runs, run, simulate

__all__ = [
    "Connect",
    "Consequence",
    "ScenarioEffect",
    "Tally",
    "compare_runs",
    "differences",
    "manner",
    "run",
    "simulate",
]
