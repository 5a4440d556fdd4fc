"""The interpreter: one conversation of an agent, deterministic and guarded."""

from studio.runtime.conversation import TURN_LIMIT, advance, start
from studio.runtime.program import Program
from studio.runtime.state import State

RUNTIME = "cobuilder-runtime 4"
"""Name and version of the runtime; it changes whenever the same agent could talk or be judged differently."""

__all__ = ["RUNTIME", "TURN_LIMIT", "Program", "State", "advance", "start"]
