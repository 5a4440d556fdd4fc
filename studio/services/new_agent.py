"""The agent of a workspace that begins with nothing: a name, what it says about itself, and no more.

- Its rules, workflows, systems and tests come from the documents, as proposals.
"""

from __future__ import annotations

import re

from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.errors import WrongUse

LONGEST = 80


def new_agent(name: str) -> Agent:
    """Return an agent that serves nobody yet; raises WrongUse for a name that says nothing."""
    called = " ".join(name.split())
    if not re.search(r"\w", called) or len(called) > LONGEST:
        raise WrongUse(
            f"“{called[:LONGEST]}” is no name for an agent.",
            f"Give one of 1 to {LONGEST} letters, such as “Returns desk”.",
        )
    return Agent(
        id=re.sub(r"[^a-z0-9]+", "-", called.lower()).strip("-") or "agent",
        name=called,
        charter=Charter(
            purpose=f"Help the customers of {called}.",
            audience=f"Customers of {called}",
            channel="Chat",
            ai_disclosure=(
                f"Hello, I am the automated assistant of {called}. "
                "A colleague can take over at any time: just ask."
            ),
            capabilities="",
        ),
    )
