"""The systems that a served agent calls: rehearsed by default, IT's own where they are mapped."""

from __future__ import annotations

from typing import Literal, Protocol

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.scenario import Scenario
from studio.ports import Connector
from studio.runtime import Program
from studio.simulation.concluding import make_ready
from studio.simulation.systems import connect

REHEARSED = (
    "Systems are rehearsed: they answer from the agent's own tables of records, and nothing real is called."
)


class ServedSystems(Protocol):
    """Gives each conversation its systems."""

    @property
    def kind(self) -> Literal["rehearsed", "real"]:
        """Return whether something real is called."""
        ...

    @property
    def note(self) -> str:
        """Return that as a sentence."""
        ...

    def open(self, program: Program, interaction: str) -> Connector:
        """Return the systems of one conversation."""
        ...

    def begin_turn(self, systems: Connector, turn: int) -> None:
        """Hear which turn the next calls belong to."""
        ...

    def missing(self, agent: Agent) -> tuple[str, ...]:
        """Return the tools of an agent that nothing answers for."""
        ...


class RehearsedSystems:
    """The agent's own mock systems, anew for each conversation: what one changes, no other sees."""

    kind: Literal["rehearsed", "real"] = "rehearsed"
    note = REHEARSED

    def open(self, program: Program, interaction: str) -> Connector:
        """Return mock systems on the agent's tables of records."""
        systems = connect(Scenario(id="served", title=f"Served as {interaction}", workflow=""))
        make_ready(systems, program, 0)
        return systems

    def begin_turn(self, systems: Connector, turn: int) -> None:
        """Do nothing: they answer every turn alike."""

    def missing(self, agent: Agent) -> tuple[str, ...]:
        """Return nothing: what has no answer fails in the conversation, as in a rehearsal."""
        return ()


def check_systems(systems: ServedSystems, agent: Agent) -> None:
    """Raise WrongUse where the agent that runs has tools that nothing answers for."""
    if missing := systems.missing(agent):
        raise WrongUse(
            f"No system is mapped for the agent's tools {', '.join(missing)}.",
            "Add them to the mapping file.",
        )
