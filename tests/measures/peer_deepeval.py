"""deepeval's conversation simulator with a canned customer and a canned agent: conversations a second.

Runs in an environment of its own, which has deepeval and not this project: `python FILE CONVERSATIONS TURNS`.
"""

import json
import sys
import time

from deepeval.dataset import ConversationalGolden  # type: ignore[import-not-found]
from deepeval.models import DeepEvalBaseLLM  # type: ignore[import-not-found]
from deepeval.simulator import ConversationSimulator  # type: ignore[import-not-found]
from deepeval.test_case import Turn  # type: ignore[import-not-found]


class Canned(DeepEvalBaseLLM):  # type: ignore[misc]
    """Answers at once, in the form that is asked for."""

    def load_model(self):  # type: ignore[no-untyped-def]
        """Load nothing."""
        return self

    def get_model_name(self):  # type: ignore[no-untyped-def]
        """Return a name."""
        return "canned"

    def generate(self, prompt, schema=None):  # type: ignore[no-untyped-def]
        """Return the same words or the same verdict."""
        fields = schema.model_fields if schema else {}
        if "simulated_input" in fields:
            return schema(simulated_input="My order is W4471.")
        return schema(is_complete=False, reason="") if "is_complete" in fields else "{}"

    async def a_generate(self, prompt, schema=None):  # type: ignore[no-untyped-def]
        """Return the same words or the same verdict."""
        return self.generate(prompt, schema)  # type: ignore[no-untyped-call]


def agent(input):  # type: ignore[no-untyped-def]
    """Answer at once."""
    return Turn(role="assistant", content="Thank you. What is your e-mail address?")


async def agent_async(input):  # type: ignore[no-untyped-def]
    """Answer at once."""
    return agent(input)  # type: ignore[no-untyped-call]


def once(count: int, turns: int, parallel: bool) -> tuple[float, float]:
    """Return the seconds for so many conversations, by the clock and of the processor."""
    goldens = [
        ConversationalGolden(scenario=f"Customer {n} moves a delivery.", expected_outcome="It is moved.")
        for n in range(count)
    ]
    callback = agent_async if parallel else agent
    simulator = ConversationSimulator(
        model_callback=callback, simulator_model=Canned(), async_mode=parallel, max_concurrent=100
    )
    begun, cpu = time.perf_counter(), time.process_time()
    made = simulator.simulate(goldens, max_user_simulations=turns // 2)
    taken = time.perf_counter() - begun, time.process_time() - cpu
    assert len(made) == count and all(len(each.turns) >= turns for each in made), len(made[0].turns)
    return taken


if __name__ == "__main__":
    count, turns = int(sys.argv[1]), int(sys.argv[2])
    once(5, turns, True)
    seconds, cpu = min(once(count, turns, each) for each in (False, True))
    print(json.dumps({"seconds": seconds, "cpu": cpu}))
