"""The interpreter: one conversation of an agent, deterministic and guarded."""

from studio.domain.run import RUNTIME
from studio.runtime.conversation import TURN_LIMIT, advance, start
from studio.runtime.program import Program
from studio.runtime.state import State

__all__ = ["RUNTIME", "TURN_LIMIT", "Program", "State", "advance", "start"]
