"""The two ends of a conversation: its systems made ready, and its verdict with whose fault it is.

- A crash of the engine ends its own conversation only: it is kept with what was said so far, is nobody's
  fault but ours (infrastructure), and never counts against the agent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.domain.run import Blame, Conversation, Mark
from studio.domain.scenario import Scenario
from studio.domain.trace import Turn
from studio.ports import Connector
from studio.runtime.program import Program
from studio.runtime.recording import build
from studio.simulation.blame import blame
from studio.simulation.grading import grade
from studio.simulation.systems import ScenarioSystems

Verdict = tuple[tuple[Mark, ...], tuple[Blame, str] | None]
"""The marks of a conversation, and where it was not right, whose fault that is and why."""
Recall = Callable[[tuple[Turn, ...], str, Callable[[], Verdict]], Verdict]
"""Takes the turns, what was wrong with the customer, and what works the verdict out."""
BROKEN_OFF = "broken off"
"""The outcome of a conversation that the engine could not carry on."""


def make_ready(systems: Connector, program: Program, seed: int) -> None:
    """Tell mock systems which agent they serve, and the seed that chance is drawn from."""
    if isinstance(systems, ScenarioSystems):
        systems.begin(program, seed)


def conclude(
    program: Program,
    scenario: Scenario,
    number: int,
    seed: int,
    outcome: str,
    turns: tuple[Turn, ...],
    systems: Connector,
    simulator: str = "",
    crash: str = "",
    recall: Recall | None = None,
) -> Conversation:
    """Return the conversation with its verdict.

    `simulator` says what was wrong with the customer, `crash` what broke in the engine, if anything; `recall`
    may know the verdict on a conversation that went the same way.
    """

    def judge() -> Verdict:
        mock = systems if isinstance(systems, ScenarioSystems) else None
        mistakes: Sequence[str] = mock.mistakes if mock else ()
        marks = grade(program, scenario, outcome, turns, mock.state if mock else None, mistakes)
        if crash:
            return marks, ("infrastructure", crash)
        return marks, blame(program, scenario, marks, turns, mistakes, simulator)

    marks, whose = recall(turns, simulator, judge) if recall is not None and not crash else judge()
    return build(
        Conversation,
        {
            "scenario": scenario.id,
            "customer": number,
            "seed": seed,
            "outcome": outcome,
            "passed": whose is None,
            "marks": marks,
            "turns": turns,
            "blame": whose[0] if whose else None,
            "because": whose[1] if whose else None,
        },
    )
